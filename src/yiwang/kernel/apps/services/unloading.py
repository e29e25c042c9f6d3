"""Taking the sample rows of an app away again, as long as they are what the app brought. 示例数据清除。"""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.kernel.apps.models import SampleRow
from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records import services as records
from yiwang.kernel.records.services import Desk
from yiwang.kernel.records.types import Record

from .installing import get_standing
from .permissions import MANAGE
from .reading import list_samples

NAMED = 10
"""So many records a refusal names. 提示条数。"""


def find_sample(app: str) -> tuple[bool, int]:
    """Whether the samples of an installed app can be loaded now, and how many of them lie here. 示例数据状态。"""
    loaded = SampleRow.objects.filter(app=app).count()
    brings = bool(list_samples(get_standing(app).files))
    return brings and not records.count_app_rows(app, 1), loaded


def remove_sample(actor: Actor, app: str, *, reason: str) -> int:
    """Take out what `load_sample` brought, all or none; gives how many. 清除示例数据。

    Holders of `apps.manage` who may remove those records. What somebody removed already is passed
    over. Conflict, naming them, where some were changed since or other records point at them, and
    where none were loaded.
    """
    actor.require(MANAGE)
    with acting(actor, "apps.sample.remove", on=Ref("apps.app", app), reason=reason) as act:
        get_standing(app)
        rows = list(SampleRow.objects.filter(app=app).order_by("-id").select_for_update())
        if not rows:
            raise Conflict("apps.sample.not_loaded", "No sample rows of %(app)s lie here", app=app)
        desk, found = records.at_desk(actor), list(_find(rows))
        _refuse_changed(desk, found)
        for record in found:
            _remove(desk, record, reason)
        SampleRow.objects.filter(app=app).delete()
        act.note(rows=len(found))
    return len(found)


def _find(rows: list[SampleRow]) -> Iterator[Record]:
    """Those that are still there, whoever may see them, the last one loaded first: it points at others."""
    desk = records.system_desk()
    entities = desk.snapshot.entities
    for row in rows:
        entity = entities.get(row.entity)
        found = records.find_record(desk, entity, row.record) if entity else None
        if found:
            yield found


def _refuse_changed(desk: Desk, found: list[Record]) -> None:
    changed = [one for one in found if one.rev != 1]
    if changed:
        names = [_name(desk, one) for one in changed[:NAMED]]
        raise Conflict(
            "apps.sample.changed",
            "%(count)s sample rows were changed since, so nothing was removed: %(records)s",
            count=len(changed),
            records=", ".join(names),
        )


def _remove(desk: Desk, record: Record, reason: str) -> None:
    try:
        records.remove_record(desk, record.entity, record.id, rev=record.rev, reason=reason)
    except Conflict as error:
        if error.code != "records.record.linked":
            raise
        raise Conflict(
            "apps.sample.linked",
            "Other records point at %(record)s, so nothing was removed",
            record=_name(desk, record),
        ) from None


def _name(desk: Desk, record: Record) -> str:
    """What it is called, as far as the reader may know, and what kind of record it is."""
    title = desk.snapshot.entities[record.entity].title["zh"]
    names = records.name_records(desk, record.entity, [record.id])
    return f"{title} {names.get(record.id, record.id)}"
