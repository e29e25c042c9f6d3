"""Records whose time of keeping has ended go, with their history and files. 到期销毁。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.clock import CITY_ZONE, today
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records.types import Entity

from .plans.statements import columns_of, find_row
from .slots import Taking
from .snapshot import snapshot
from .streaming import system_desk
from .tables import Expired, find_expired, remove_expired
from .uploads import destroy_files_of
from .words import forget_words

BATCH = 500


def expire_records(check: Callable[[], None] = lambda: None) -> int:
    """Destroy what need not be kept any longer, for every entity that says how long; how many. 到期销毁。

    A record to which another still points stays until that one has gone. One act for each batch:
    the ledger says how many went, never which values they held.
    """
    count = 0
    for bundle in snapshot().bundles.values():
        for entity in bundle.entities.values():
            while found := _find(entity):
                check()
                _destroy(entity, found)
                count += len(found.records) + len(found.removed)
    return count


def _find(entity: Entity) -> Expired | None:
    """The next records that may go, and removed ones whose history may. 查找到期记录。"""
    if entity.retention is None:
        return None
    day = years_before(today(), entity.retention.years)
    since = entity.fields.get(entity.retention.since)
    column = since.column if since else "updated_at"
    before = day.isoformat() if since and since.kind == "date" else _end_of(day)
    # A day counts until it ends; moments are texts in UTC, so one comparison serves both.
    found = find_expired(entity, column, before, _end_of(day), BATCH)
    return found if found.records or found.removed else None


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; of a leap day, the one before it. 若干年前。"""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _end_of(day: date) -> str:
    midnight = datetime.combine(day + timedelta(days=1), time(), CITY_ZONE).astimezone(UTC)
    return midnight.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _destroy(entity: Entity, found: Expired) -> None:
    on = Ref("records.entity", entity.code, entity.title["zh"])
    with acting(SYSTEM, "records.expire", on=on) as act:
        taking = Taking(system_desk(), entity)
        for one in found.records:
            if found_row := find_row(entity, one):
                row = dict(zip(columns_of(entity), found_row, strict=True))
                forget_words(entity, row)
                taking.change(row, {})
        remove_expired(entity, found)
        taking.settle()
        _destroy_files(act, [*found.records, *found.removed])
        act.note(records=len(found.records), removed=len(found.removed))
        events.announce(
            act, "records.changed", {"entity": entity.code, "verb": "expire", "records": []}
        )


def _destroy_files(act: Act, ids: Sequence[str]) -> None:
    for one in ids:
        destroy_files_of(act, one)
