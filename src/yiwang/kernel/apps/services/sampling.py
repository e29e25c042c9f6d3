"""Rows that an app brings along, taken in as a person would take in a sheet. 示例数据装载。"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from yiwang.kernel.apps.models import SampleRow
from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records import services as records
from yiwang.kernel.records.types import Entity

from .installing import get_standing
from .permissions import MANAGE
from .reading import list_samples

Row = dict[str, str | None]
_DAY = re.compile(r"\$today(?:([+-])(\d{1,4}))?")
REASON = "示例数据"


def load_sample(actor: Actor, app: str) -> dict[str, int]:
    """Take in the sample rows of an installed app, all or none; how many by entity. 装载示例数据。

    Each table goes through the import: checks, permissions, history, ledger. Holders of
    `apps.manage` who may import those records. Conflict where the app keeps records already, or
    brings no samples; InvalidInput names the first wrong cell.
    """
    actor.require(MANAGE)
    samples = list_samples(get_standing(app).files)
    if not samples:
        raise Conflict("apps.sample.none", "The app %(app)s brings no sample rows", app=app)
    with acting(actor, "apps.sample", on=Ref("apps.app", app), reason=REASON) as act:
        if records.count_app_rows(app, 1):
            raise Conflict(
                "apps.sample.rows", "The app %(app)s keeps records already; samples are for an empty one", app=app
            )  # fmt: skip
        desk = records.at_desk(actor)
        # What a sample brought before, and somebody removed since, is no business of this one.
        SampleRow.objects.filter(app=app).delete()
        found = {}
        for entity in _in_order([desk.entity(f"{app}.{name}") for name in samples]):
            name = entity.code.partition(".")[2]
            plan = records.import_rows(desk, entity.code, read_rows(samples[name]), reason=REASON)
            SampleRow.objects.bulk_create(
                SampleRow(app=app, entity=entity.code, record=one) for one in plan.made
            )
            found[entity.code] = len(plan.made)
        act.note(rows=sum(found.values()))
    return found


def read_rows(text: str) -> list[Row]:
    """The rows of a sample; `$today+3` is the day three days from now. 读取示例表。"""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return [{name: _tell_day(cell) for name, cell in row.items() if name} for row in rows]


def _tell_day(cell: str | None) -> str | None:
    found = _DAY.fullmatch((cell or "").strip())
    if found is None:
        return cell
    days = int(found[2] or 0) * (-1 if found[1] == "-" else 1)
    return (today() + timedelta(days=days)).isoformat()


def _in_order(entities: list[Entity]) -> Iterator[Entity]:
    """Each after those to which it points. 按关联先后。"""
    waiting = {one.code: one for one in entities}
    while waiting:
        ready = [one for one in waiting.values() if not _points_into(one, waiting)]
        for one in ready or list(waiting.values()):
            yield waiting.pop(one.code)


def _points_into(entity: Entity, others: Mapping[str, Entity]) -> bool:
    return any(one.to in others and one.to != entity.code for one in entity.fields.values())
