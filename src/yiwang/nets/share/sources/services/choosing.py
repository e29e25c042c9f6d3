"""What is read of a source, into which resource, how and when. 选择读取内容。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import time
from typing import Any

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.live.types import LiveTable
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.sources.models import Source, SourceTable
from yiwang.nets.share.sources.types import Cycle, Mode

from .entering import clean_name, describe_table, kind_of
from .finding import get_source, get_table
from .permissions import MANAGE
from .planning import next_time


@dataclass(frozen=True, slots=True)
class Plan:
    """How a table is read, and when. 读取方案。

    `columns` maps the chosen columns to confirmed elements ("" for none), all where it is empty.
    `overlap` goes back behind the watermark for rows that came late (seconds for times, days for
    dates, else a number). 0 is no limit for `rows_per_second`, `most_rows` and `most_bytes`.
    `opens` and `closes` bound the hours of the day in which the source may be read.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    mode: str = Mode.FULL
    key: Sequence[str] = ()
    watermark: str = ""
    overlap: int = 0
    cycle: str = Cycle.MANUAL
    at: time | None = None
    opens: time | None = None
    closes: time | None = None
    rows_per_second: int = 0
    most_rows: int = 0
    most_bytes: int = 0


def ref_of_table(table: SourceTable) -> Ref:
    """The pointer that acts carry. 引用。"""
    return Ref("share.source_table", table.id, table.resource_name)


def propose_elements(table: LiveTable) -> dict[str, str]:
    """The likeliest element of each column by its comment, else by its name. 推荐数据元。"""
    found = {}
    for column in table.columns:
        best = [
            one
            for text in (column.comment, column.name)
            if text
            for one in standards.suggest_elements(text, [], limit=1)
        ]
        found[column.name] = best[0].code if best else ""
    return found


def add_table(
    actor: Actor, source_id: str, *, name: str, resource: str, plan: Plan | None = None
) -> SourceTable:
    """Read a table of a source from now on, as a resource of the owner. 添加读取表。

    Holders of `share.source.manage` for the owner. The source is asked whether the table and the
    columns are there; for a folder `name` is a pattern (`*.csv`). Raises InvalidInput for a plan
    that cannot be meant.
    """
    source = get_source(actor, source_id)
    actor.require(MANAGE, organization=source.owner)
    plan = plan or Plan()
    columns = _look(actor, source, name, plan)
    table = SourceTable(
        source=source, name=name.strip()[:400], resource_name=clean_name(resource), columns=columns
    )
    _refuse_taken(table)
    _set(table, plan)
    with ledger.acting(actor, "share.source.choose", on=ref_of_table(table)) as act:
        table.save(force_insert=True)
        act.note(source=source.id, table=table.name, mode=table.mode, cycle=table.cycle)
    return table


def change_table(actor: Actor, table_id: str, *, plan: Plan) -> SourceTable:
    """Change how or when a table is read. 修改读取方案。

    Another mode, watermark or choice of columns begins anew: the next reading reads everything.
    """
    table = get_table(actor, table_id)
    actor.require(MANAGE, organization=table.source.owner)
    before = (table.mode, table.watermark, table.columns)
    columns = _look(actor, table.source, table.name, plan)
    with ledger.acting(actor, "share.source.plan", on=ref_of_table(table)) as act:
        table = SourceTable.objects.select_for_update().get(id=table.id)
        table.columns = columns
        _set(table, plan)
        names = [one["name"] for one in before[2]]
        if (table.mode, table.watermark) != before[:2] or [one["name"] for one in columns] != names:
            table.since = ""
        table.save()
        act.note(mode=table.mode, cycle=table.cycle, anew=not table.since)
    return get_table(actor, table_id)


def pause_table(actor: Actor, table_id: str, *, paused: bool) -> SourceTable:
    """Stop reading a table by itself, or go on. 暂停或恢复读取。"""
    table = get_table(actor, table_id)
    actor.require(MANAGE, organization=table.source.owner)
    verb = "share.source.pause" if paused else "share.source.resume"
    with ledger.acting(actor, verb, on=ref_of_table(table)):
        table.paused = paused
        table.next_at = None if paused else next_time(table, now())
        table.save(update_fields=["paused", "next_at"])
    return table


def read_anew(actor: Actor, table_id: str, *, reason: str) -> SourceTable:
    """Forget the watermark: the next reading reads everything and replaces what is there. 重新全量。"""
    table = get_table(actor, table_id)
    actor.require(MANAGE, organization=table.source.owner)
    if not reason.strip():
        raise InvalidInput("sources.reason.missing", "Give a reason", field="reason")
    with ledger.acting(actor, "share.source.anew", on=ref_of_table(table), reason=reason):
        table.since = ""
        table.save(update_fields=["since"])
    return table


def remove_table(actor: Actor, table_id: str) -> None:
    """Do not read it any more; what has landed stays. 移除读取表。"""
    table = get_table(actor, table_id)
    actor.require(MANAGE, organization=table.source.owner)
    with ledger.acting(actor, "share.source.unchoose", on=ref_of_table(table)) as act:
        table.removed_at, table.next_at = act.at, None
        table.save(update_fields=["removed_at", "next_at"])


def plan_of(table: SourceTable) -> Plan:
    """How a table is read now. 当前方案。"""
    values = {one.name: getattr(table, one.name) for one in fields(Plan) if one.name != "columns"}
    return Plan(columns={one["name"]: one["element"] for one in table.columns}, **values)


def _look(actor: Actor, source: Source, name: str, plan: Plan) -> list[dict[str, Any]]:
    """The chosen columns in the table's order, once the source was asked. 核对字段。"""
    if kind_of(source).shape == "files":
        if plan.mode == Mode.UPSERT and not plan.key:
            raise _no_key()
        return []
    table = describe_table(actor, source.id, name)
    known = standards.get_elements()
    for column, element in plan.columns.items():
        if table.find(column) is None:
            raise InvalidInput(
                "sources.column.missing",
                "%(table)s has no column %(column)s",
                table=table.name,
                column=column,
            )
        if element and element not in known:
            raise InvalidInput(
                "sources.element.missing", "There is no data element %(element)s", element=element
            )
    _check_mode(table, plan)
    chosen = [one.name for one in table.columns if not plan.columns or one.name in plan.columns]
    return [{"name": one, "element": plan.columns.get(one, "")} for one in chosen]


def _check_mode(table: LiveTable, plan: Plan) -> None:
    if plan.mode != Mode.FULL:
        column = table.find(plan.watermark)
        if column is None or not column.moves:
            raise InvalidInput(
                "sources.watermark.needed",
                "Say which column grows with each change: a number, a date or a time",
                field="watermark",
            )
    chosen = plan.columns or {one.name for one in table.columns}
    if plan.mode == Mode.UPSERT and not plan.key:
        raise _no_key()
    for name in plan.key:
        if name not in chosen:
            raise InvalidInput(
                "sources.key.missing",
                "The key column %(column)s is not among those that are read",
                column=name,
                field="key",
            )


def _no_key() -> InvalidInput:
    return InvalidInput("sources.key.needed", "Say which columns are the key of a row", field="key")


def _set(table: SourceTable, plan: Plan) -> None:
    if plan.mode not in Mode.values or plan.cycle not in Cycle.values:
        raise InvalidInput("sources.plan.unknown", "There is no such way or time of reading")
    if plan.overlap and plan.mode == Mode.APPEND:
        raise InvalidInput(
            "sources.overlap.append",
            "Going back behind the watermark needs a key, or rows would come twice",
            field="overlap",
        )
    if (plan.opens is None) != (plan.closes is None) or (plan.opens and plan.opens == plan.closes):
        raise InvalidInput(
            "sources.window.half", "Say both when reading may begin and when it ends", field="opens"
        )
    for one in fields(Plan):
        if one.name != "columns":
            setattr(table, one.name, getattr(plan, one.name))
    table.key = list(plan.key)
    table.watermark = plan.watermark if plan.mode != Mode.FULL else ""
    table.next_at = None if table.paused else next_time(table, now())


def _refuse_taken(table: SourceTable) -> None:
    same = SourceTable.objects.filter(
        source__owner=table.source.owner, resource_name=table.resource_name, removed_at=None
    )
    if same.exists():
        raise Conflict(
            "sources.resource.taken",
            "%(resource)s is read from another table already",
            resource=table.resource_name,
            field="resource",
        )
