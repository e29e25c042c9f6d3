"""Cases about tables that are late or failed: opened by the clock, closed by the data. 数据源催报。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.types import AboutCase, Arrival
from yiwang.nets.share.sources.models import SourceTable
from yiwang.nets.share.sources.types import RunState

from .permissions import MANAGE
from .planning import is_late

LATE = "share.late_source"
BY_ITSELF = frozenset({"arrived", "dropped"})
"""Outcomes after which the next trouble is a new one, whenever it comes."""


def trouble_of(table: SourceTable, moment: datetime) -> str:
    """What is wrong with a table that is read: `failed`, `late`, or nothing. 数据源异常。"""
    if not is_read(table):
        return ""
    if table.last_state == RunState.FAILED:
        return "failed"
    return "late" if is_late(table, moment) else ""


def is_read(table: SourceTable) -> bool:
    """Whether anybody expects it to be read. 是否在用。"""
    return not (table.removed_at or table.paused or table.source.paused)


def follow_table(act: Act, table_id: str) -> None:
    """Open the case of a table that is in trouble, end it once that is over. 催报联动。"""
    _follow(act, _tables().get(id=table_id), now())


def watch_tables() -> int:
    """Look at all tables: how many cases were opened or ended. 巡查数据源。"""
    moment = now()
    known = workflow.list_open_subjects(LATE)
    changed = [
        one
        for one in _tables().order_by("id").iterator(chunk_size=500)
        if (one.id in known) != bool(trouble_of(one, moment))
    ]
    return sum(_watch_one(one.id) for one in _not_excused(changed, known))


def catch_up(act: Act) -> int:
    """The cases of tables that were in trouble before there were cases. 补立催报流程。"""
    changed = watch_tables()
    act.note(cases=changed)
    return changed


def excuse_table(act: Act, arrival: Arrival) -> None:
    """Leaving it takes the right to manage sources of that owner. 暂不处置。"""
    table = _tables().get(id=arrival.subject)
    act.actor.require(MANAGE, organization=table.source.owner)


def list_cases(actor: Actor, table_id: str) -> list[AboutCase]:
    """The open case about a table. 读取表在办流程。"""
    return workflow.list_about(actor, [LATE], [table_id]).get(table_id, [])


def table_page(table_id: str) -> str:
    """The page of a table. 读取表地址。"""
    return reverse("sources:table", args=[table_id])


def _tables() -> QuerySet[SourceTable]:
    return SourceTable.objects.select_related("source")


def _not_excused(tables: Iterable[SourceTable], known: set[str]) -> list[SourceTable]:
    """Without those that somebody chose to leave since they were last read."""
    found = list(tables)
    ended = workflow.find_last_ended(LATE, [one.id for one in found if one.id not in known])
    return [one for one in found if not _is_left(one, ended.get(one.id))]


def _is_left(table: SourceTable, ended: tuple[str, datetime] | None) -> bool:
    since = table.good_at or table.created_at
    return ended is not None and ended[0] not in BY_ITSELF and ended[1] > since


def _watch_one(table_id: str) -> bool:
    with ledger.acting(SYSTEM, "share.source.watch", on=Ref("share.source_table", table_id)) as act:
        return _follow(act, _tables().get(id=table_id), now())


def _follow(act: Act, table: SourceTable, moment: datetime) -> bool:
    trouble = trouble_of(table, moment)
    if trouble:
        return _open(act, table, trouble)
    return workflow.tell_about(act, LATE, table.id, "arrived" if is_read(table) else "gone")


def _open(act: Act, table: SourceTable, trouble: str) -> bool:
    told = {"name": table.name, "source": table.source.name, "owner": table.source.owner}
    if workflow.tell_about(act, LATE, table.id, "", trouble=trouble):
        return False
    return bool(
        workflow.open_about(
            act, LATE, table.id, title=table.resource_name, organization=table.source.owner,
            data={**told, "trouble": trouble},
        )
    )  # fmt: skip
