"""The limits of a case: started, paused and stopped by how the case stands. 流程时钟。

No verb touches a clock. After each act `keep_clocks` looks at how the case stands and says what its
clocks do, so a verb that is added later cannot forget them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
from yiwang.kernel.calendar.types import LONGEST, Clock, Light, Limit, WorkCalendar
from yiwang.kernel.workflow.types import DELAY, NEVER, RUNNING, CaseState, Event, TimeLimit

from .draft import Draft
from .evolving import CHASE

PROMISED = "promised"
NODE, FEEDBACK = "node", "feedback"
OF_STEP = (NODE, FEEDBACK, CHASE)
"""Clocks that no type names among its limits. 环节时钟。"""
LOUD: tuple[Light, ...] = ("yellow", "red")


def keep_clocks(draft: Draft) -> None:
    """Start, pause, resume and stop the clocks of a case as it stands now. 同步时钟。"""
    if not draft.state.clocks and draft.state.seq == len(draft.events):
        for name, limit in draft.type.limits.items():
            start_named(draft, name, limit)
    if any(event.kind == "migrated" for event in draft.events):
        _take_limits(draft)
    if any(event.kind == "entered" for event in draft.events):
        _start_node(draft)
    elif any(event.kind == "reported" for event in draft.events):
        _start_feedback(draft)
    _grant_delay(draft)
    if CHASE in draft.state.clocks and not is_red(draft.state):
        draft.say("clock_dropped", clock=CHASE)
    for name, clock in clocks_of(draft.state):
        wanted = _as_wanted(draft, clock)
        if wanted is not clock:
            _set(draft, name, wanted)


def tick(draft: Draft) -> list[tuple[str, Light]]:
    """Say each light that nobody has heard of yet; which ones. 亮灯。"""
    found = []
    for name, clock in clocks_of(draft.state):
        light = light_of(clock, draft.world.at)
        if name != CHASE and light in LOUD and draft.state.told.get(name) != light:
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


@dataclass(frozen=True, slots=True)
class Moments:
    """When a case is due, its step is, somebody has to be told next; the soonest of what counts. 关键时刻。

    A limit that stands still does not count, unless it was overdue before: that no pause heals.
    """

    due_at: datetime | None
    node_due_at: datetime | None
    tick_at: datetime | None
    next_due_at: datetime
    yellow_at: datetime


def moments_of(state: CaseState) -> Moments:
    """The moments that the rows of a case keep. 关键时刻。"""
    clocks = dict(clocks_of(state))
    whole = clocks.get(PROMISED) or clocks.get("legal")
    node = clocks.get(NODE)
    ticks = [at for name, clock in clocks.items() if (at := _tick(clock, state.told.get(name, "")))]
    counting = [clock for name, clock in clocks.items() if name != CHASE and _counts(clock)]
    return Moments(
        due_at=whole.due_at if whole else None,
        node_due_at=node.due_at if node else None,
        tick_at=min(ticks, default=None),
        next_due_at=min((clock.due_at for clock in counting), default=NEVER),
        yellow_at=min((one.yellow_at for one in counting if one.yellow_at), default=NEVER),
    )


def _counts(clock: Clock) -> bool:
    if clock.stopped_at:
        return False
    return clock.paused_at is None or clock.paused_at >= clock.red_at


def _tick(clock: Clock, told: str) -> datetime | None:
    """The next change of light that nobody has heard of, be it long past."""
    if told == "red" or clock.stopped_at or clock.paused_at:
        return None
    return next_moment(clock, clock.started_at) if not told else clock.red_at


def is_red(state: CaseState) -> bool:
    """Whether people heard of a red light that still shows. 是否红灯。"""
    return any(light == "red" for name, light in state.told.items() if name != CHASE)


def _start_feedback(draft: Draft) -> None:
    """What was reported is not missed any more, and the next one is due. 反馈时钟。"""
    feedback, clock = draft.node.feedback, draft.state.clocks.get(FEEDBACK)
    if feedback and draft.state.live:
        start_named(draft, FEEDBACK, feedback.limit, **({"was": clock["due_at"]} if clock else {}))


def _grant_delay(draft: Draft) -> None:
    """The promised limit longer by what was granted; the old one stays in the log. 延期。"""
    days = sum(
        event.body["days"] for event in draft.events if event.kind == "answered" and _grants(event)
    )
    clock = draft.state.clocks.get(PROMISED)
    if days and clock:
        value = delayed(clock_from_json(clock), days, draft.world.calendar)
        _set(draft, PROMISED, value, was=clock["due_at"], why="delay")


def _grants(event: Event) -> bool:
    return bool(event.body["request"] == DELAY and event.body["agreed"])


def delayed(clock: Clock, days: int, calendar: WorkCalendar) -> Clock:
    """A clock whose limit is longer by so many of its unit. 延长后的时钟。"""
    limit = replace(clock.limit, amount=clock.limit.amount + days)
    return recalculate_clock(replace(clock, limit=limit), calendar=calendar).clock


def start_named(draft: Draft, name: str, limit: TimeLimit, **told: str) -> None:
    """Start a clock, or start it over. 启动时钟。"""
    clock = start_clock(
        at=draft.world.at,
        limit=_within(draft.state, limit),
        kind="promised" if name == PROMISED else "legal",
        calendar=draft.world.calendar,
        yellow=limit.yellow,
    )
    _set(draft, name, clock, **told)


def _within(state: CaseState, limit: TimeLimit) -> Limit:
    """How long: what a field says, where one does and it makes sense. 时限。"""
    said = state.data.get(limit.by) if limit.by else None
    if isinstance(said, int) and 0 < said <= LONGEST[limit.within.unit]:
        return replace(limit.within, amount=limit.within.amount * 0 + said)
    return limit.within


def _take_limits(draft: Draft) -> None:
    """Another version may have other limits: those it has not go, new ones begin now."""
    for name in [*draft.state.clocks]:
        if name not in OF_STEP and name not in draft.type.limits:
            draft.say("clock_dropped", clock=name)
    for name, limit in draft.type.limits.items():
        if name not in draft.state.clocks:
            start_named(draft, name, limit)


def _start_node(draft: Draft) -> None:
    for name in (NODE, FEEDBACK):
        if name in draft.state.clocks:
            draft.say("clock_dropped", clock=name)
    limit = draft.node.limit
    if limit and draft.state.live:
        start_named(draft, NODE, limit)
    _start_feedback(draft)


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
