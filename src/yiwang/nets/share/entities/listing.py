"""Lists of entities in the catalogue. 业务对象资源列表。"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from yiwang.kernel.base.errors import fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec
from yiwang.nets.share.sources.types import LIGHTS, Cycle, RunState

from .services import EntityResource, SnapshotRun, is_late, list_late

RETIRED = Light(msg("Retired"), "")
LATE = Light(msg("Late"), "red")
NEVER = Light(msg("No snapshot yet"), "")
WORDS = {
    RunState.READING: msg("Reading rows"),
    RunState.DONE: msg("Laid down"),
    RunState.NOTHING: msg("Nothing has changed"),
}
CYCLES = {Cycle.MANUAL: msg("Only when somebody asks")}


def light_of(state: str) -> Light:
    """How a snapshot stands. 快照状态灯。"""
    if not state:
        return NEVER
    return Light(WORDS.get(RunState(state)) or str(RunState(state).label), LIGHTS.get(state, ""))


def light_of_entity(entity: EntityResource) -> Light:
    """How an entity stands: late before everything. 业务对象状态灯。"""
    if entity.retired_at:
        return RETIRED
    return LATE if is_late(entity) else light_of(entity.last_state)


def url_of(entity: EntityResource) -> str:
    """The page of an entity among those of its resource. 业务对象地址。"""
    return reverse("entities:of_resource", args=[entity.resource_id])


def explain(run: SnapshotRun) -> str:
    """Why it came to nothing, in the reader's language. 失败说明。"""
    return fill(gettext(run.error["message"]), run.error["extra"]) if run.error else ""


def narrow_late(rows: QuerySet[EntityResource], _: Any) -> QuerySet[EntityResource]:
    """Those whose last good snapshot is older than the schedule promises. 筛选迟到。"""
    return rows.filter(code__in=list_late(rows))


def state_choices(_: HttpRequest) -> list[tuple[str, str]]:
    """The states to filter by. 状态选项。"""
    return [(state.value, light_of(state).text) for state in RunState if state != RunState.HELD]


ENTITIES = ListSpec(
    name="entities",
    columns=(
        Column("title", msg("Entity"), lambda one: in_language(one.title) or one.code, link=url_of),
        Column("app", msg("App"), lambda one: in_language(one.app_title) or one.app),
        Column("resource", msg("Resource"), "resource.name"),
        Column("owner", msg("Owner")),
        Column("state", msg("State"), light_of_entity, kind="light"),
        Column("rows", msg("Rows"), kind="number"),
        Column("laid_at", msg("Latest snapshot"), kind="datetime", sort="laid_at"),
        Column("next_at", msg("Next snapshot"), kind="datetime", sort="next_at"),
    ),
    filters=(
        Filter("owner", msg("Owner"), lookup="resource__owner"),
        Filter("state", msg("State"), choices=state_choices, lookup="last_state"),
        Filter("late", msg("Only late ones"), "flag", apply=narrow_late),
    ),
    search=("code", "resource__name"),
    order=("code",),
    empty=Empty(
        msg("No entity is in the catalogue yet"),
        msg("Publish an app, and each of its entities is a resource here."),
    ),
)

RUNS = ListSpec(
    name="snapshots",
    columns=(
        Column("created_at", msg("Asked for"), kind="datetime"),
        Column("state", msg("State"), lambda run: light_of(run.state), kind="light"),
        Column("rows", msg("Rows"), kind="number"),
        Column("version", msg("Version"), kind="number"),
        Column("finished_at", msg("Ended"), kind="datetime"),
        Column("error", msg("What to know"), explain),
    ),
    order=("-created_at",),
    page_size=20,
    empty=Empty(NEVER.text, msg("Ask for one, or wait for its time.")),
)
