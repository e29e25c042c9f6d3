"""Lists of live sources. 数据源列表。"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.text import msg
from yiwang.kernel.live.types import LIVE_KINDS
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec

from .models import Run, Source, SourceTable
from .services import MANAGE, is_late
from .types import GRACE, LIGHTS, Cycle, Mode, RunState


def light_of(state: str) -> Light:
    """A state's word and colour. 状态灯。"""
    return Light(str(RunState(state).label), LIGHTS.get(state, "")) if state else NEVER


STEPS = [msg("Kind"), msg("Connection"), msg("Choose a table"), msg("How and when")]
NEVER = Light(msg("Never read"), "")
LATE = Light(msg("Late"), "red")
PAUSED = Light(msg("Paused"), "yellow")


def light_of_table(table: SourceTable) -> Light:
    """How a table stands: late before everything. 读取表状态。"""
    if table.paused or table.source.paused:
        return PAUSED
    if is_late(table, now()):
        return LATE
    return light_of(table.last_state)


def light_of_source(source: Source) -> Light:
    """How a source stands. 数据源状态。"""
    if source.paused:
        return PAUSED
    return Light(msg("Answered"), "green") if source.answered else Light(msg("Not tried yet"), "")


def kind_label(source: Source) -> str:
    """The kind in words. 类型名称。"""
    found = LIVE_KINDS.find(source.kind)
    return found.label if found else source.kind


def narrow_late(rows: QuerySet[SourceTable], _: Any) -> QuerySet[SourceTable]:
    """Tables whose last good reading is older than their cycle promises. 筛选迟到。"""
    moment = now()
    late = [
        one.id for one in rows.filter(cycle__in=list(GRACE)).order_by("id") if is_late(one, moment)
    ]
    return rows.filter(id__in=late)


def state_choices(_: HttpRequest) -> list[tuple[str, str]]:
    """The states to filter by. 状态选项。"""
    return [(state.value, str(state.label)) for state in RunState]


def source_url(source: Source) -> str:
    """The page of a source. 数据源地址。"""
    return reverse("sources:detail", args=[source.id])


def table_url(table: SourceTable) -> str:
    """The page of what is read. 读取表地址。"""
    return reverse("sources:table", args=[table.id])


def run_url(run: Run) -> str:
    """The page of a reading. 读取记录地址。"""
    return reverse("sources:run", args=[run.id])


SOURCES = ListSpec(
    name="sources",
    columns=(
        Column("name", msg("Name"), link=source_url),
        Column("owner", msg("Owner")),
        Column("kind", msg("Kind"), kind_label),
        Column("state", msg("State"), light_of_source, kind="light"),
        Column("answered", msg("What answers there")),
        Column("created_at", msg("Entered"), kind="datetime", sort="created_at"),
    ),
    filters=(Filter("owner", msg("Owner")),),
    search=("name",),
    order=("-created_at",),
    empty=Empty(
        msg("No live sources yet"),
        msg("Enter a database or a folder of a department, and it is read by itself."),
        msg("New source"),
        "/sources/new/",
        MANAGE,
    ),
)

TABLES = ListSpec(
    name="source-tables",
    columns=(
        Column("name", msg("Table"), link=table_url),
        Column("source", msg("Source"), "source.name"),
        Column("resource_name", msg("Resource")),
        Column("cycle", msg("Read by itself"), lambda one: str(Cycle(one.cycle).label)),
        Column("state", msg("State"), light_of_table, kind="light"),
        Column("good_at", msg("Last good reading"), kind="datetime", sort="good_at"),
    ),
    filters=(
        Filter("state", msg("State"), choices=state_choices, lookup="last_state"),
        Filter("late", msg("Only late ones"), "flag", apply=narrow_late),
    ),
    search=("name", "resource_name"),
    order=("name",),
    empty=Empty(msg("Nothing is read yet"), msg("Choose tables of a source, and they stand here.")),
)

RUNS = ListSpec(
    name="source-runs",
    columns=(
        Column("created_at", msg("Asked for"), kind="datetime", link=run_url),
        Column("table", msg("Table"), "table.name"),
        Column("state", msg("State"), lambda run: light_of(run.state), kind="light"),
        Column("rows", msg("Rows"), kind="number"),
        Column("version", msg("Version"), kind="number"),
        Column("finished_at", msg("Ended"), kind="datetime"),
    ),
    filters=(Filter("state", msg("State"), choices=state_choices),),
    order=("-created_at",),
    page_size=20,
    empty=Empty(msg("Not read yet"), msg("Ask for a reading, and it stands here.")),
)


def tables_of(rows: QuerySet[SourceTable]) -> list[dict[str, Any]]:
    """What is read of one source, as its page shows it. 读取表概览。"""
    return [
        {
            "row": one,
            "light": light_of_table(one),
            "mode": str(Mode(one.mode).label),
            "cycle": str(Cycle(one.cycle).label),
        }
        for one in rows.order_by("name")[:200]
    ]
