"""The limits of a case: started, paused and stopped by how the case stands. 流程时钟。

No verb touches a clock. After each act `keep_clocks` looks at how the case stands and says what its
clocks do, so a verb that is added later cannot forget them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from yiwang.kernel.calendar.services import (
    clock_from_json,
    clock_to_json,
    light_of,
    next_moment,
    pause_clock,
    recalculate_clock,
    resume_clock,
    start_clock,
    stop_clock,
)
from yiwang.kernel.calendar.types import Clock, Light, WorkCalendar
from yiwang.kernel.workflow.types import RUNNING, CaseState, TimeLimit

from .draft import Draft

NODE = "node"
LOUD: tuple[Light, ...] = ("yellow", "red")


def keep_clocks(draft: Draft) -> None:
    """Start, pause, resume and stop the clocks of a case as it stands now. 同步时钟。"""
    if not draft.state.clocks and draft.state.seq == len(draft.events):
        for name, limit in draft.type.limits.items():
            _start(draft, name, limit)
    if any(event.kind == "migrated" for event in draft.events):
        _take_limits(draft)
    if any(event.kind == "entered" for event in draft.events):
        _start_node(draft)
    for name, clock in clocks_of(draft.state):
        wanted = _as_wanted(draft, clock)
        if wanted is not clock:
            _set(draft, name, wanted)


def tick(draft: Draft) -> list[tuple[str, Light]]:
    """Say each light that nobody has heard of yet; which ones. 亮灯。"""
    found = []
    for name, clock in clocks_of(draft.state):
        light = light_of(clock, draft.world.at)
        if light in LOUD and draft.state.told.get(name) != light:
            draft.say("lit", clock=name, light=light, due=clock.due_at.isoformat())
            found.append((name, light))
    return found


def recalculate(draft: Draft) -> bool:
    """Count all clocks anew after a notice; the old deadline stays in the log. 重算期限。"""
    changed = False
    for name, clock in clocks_of(draft.state):
        found = recalculate_clock(clock, calendar=draft.world.calendar)
        if found.clock != clock:
            _set(draft, name, found.clock, was=draft.state.clocks[name]["due_at"], why="calendar")
            changed = True
    return changed


def is_recounted(state: CaseState, calendar: WorkCalendar) -> bool:
    """Whether a calendar gives any clock of a case another deadline or certainty. 是否需要重算。"""
    return any(
        recalculate_clock(clock, calendar=calendar).clock != clock for _, clock in clocks_of(state)
    )


def clocks_of(state: CaseState) -> Iterator[tuple[str, Clock]]:
    """The clocks of a case by name. 时钟。"""
    for name, value in state.clocks.items():
        yield name, clock_from_json(value)


def moments_of(state: CaseState) -> tuple[datetime | None, datetime | None, datetime | None]:
    """When the case is due, its step is, and when somebody has to be told next. 关键时刻。"""
    clocks = dict(clocks_of(state))
    whole = clocks.get("promised") or clocks.get("legal")
    node = clocks.get(NODE)
    ticks = [at for name, clock in clocks.items() if (at := _tick(clock, state.told.get(name, "")))]
    return whole.due_at if whole else None, node.due_at if node else None, min(ticks, default=None)


def _tick(clock: Clock, told: str) -> datetime | None:
    """The next change of light that nobody has heard of, be it long past."""
    if told == "red" or clock.stopped_at or clock.paused_at:
        return None
    return next_moment(clock, clock.started_at) if not told else clock.red_at


def _start(draft: Draft, name: str, limit: TimeLimit) -> None:
    clock = start_clock(
        at=draft.world.at,
        limit=limit.within,
        kind="promised" if name == "promised" else "legal",
        calendar=draft.world.calendar,
        yellow=limit.yellow,
    )
    _set(draft, name, clock)


def _take_limits(draft: Draft) -> None:
    """Another version may have other limits: those it has not go, new ones begin now."""
    for name in [*draft.state.clocks]:
        if name != NODE and name not in draft.type.limits:
            draft.say("clock_dropped", clock=name)
    for name, limit in draft.type.limits.items():
        if name not in draft.state.clocks:
            _start(draft, name, limit)


def _start_node(draft: Draft) -> None:
    if NODE in draft.state.clocks:
        draft.say("clock_dropped", clock=NODE)
    limit = draft.node.limit
    if limit and draft.state.live:
        _start(draft, NODE, limit)


def _as_wanted(draft: Draft, clock: Clock) -> Clock:
    """The clock as the case has it: stopped once it ended, paused while it stands still."""
    if clock.stopped_at:
        return clock
    at, calendar = draft.world.at, draft.world.calendar
    if not draft.state.live:
        return stop_clock(clock, at=at)
    runs = draft.state.status == RUNNING
    if runs and clock.paused_at:
        return resume_clock(clock, at=at, calendar=calendar)
    if not runs and not clock.paused_at:
        return pause_clock(clock, at=at, calendar=calendar)
    return clock


def _set(draft: Draft, name: str, clock: Clock, **told: str) -> None:
    draft.say("clock_set", clock=name, value=clock_to_json(clock), **told)
