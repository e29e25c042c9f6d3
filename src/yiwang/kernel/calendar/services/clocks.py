"""Clocks as values: each function gives a new one. 时钟运算。

A clock is always counted from its start through its pauses, by one function; so acting on it and
counting it anew after a notice changed cannot disagree. Whoever keeps clocks writes down what
changed; nothing here reads the time or the database.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.calendar.types import (
    Clock,
    ClockKind,
    Light,
    Limit,
    Pause,
    Recalculation,
    WorkCalendar,
    Yellow,
)

from .limits import due_after, left_of, yellow_moment


class Count(NamedTuple):
    """The last stretch of a clock: since when it runs, with how much, until when. 末段。"""

    since: datetime
    rest: Limit
    due_at: datetime
    provisional: bool
    left: Limit | None


def start_clock(
    *,
    at: datetime,
    limit: Limit,
    kind: ClockKind,
    calendar: WorkCalendar,
    yellow: Yellow | None = None,
) -> Clock:
    """A clock that runs from `at`. 启动时钟。"""
    return _recount(Clock(at, limit, kind, due_at=at, yellow=yellow), calendar)


def pause_clock(clock: Clock, *, at: datetime, calendar: WorkCalendar) -> Clock:
    """Let it stand still; what is left is kept. 暂停时钟。

    A clock that is overdue may be paused and stays overdue. Conflict `calendar.clock.*` when it
    is paused or stopped, or `at` lies before what already happened.
    """
    _check_moment(clock, at)
    if clock.paused_at:
        raise Conflict("calendar.clock.paused", "The clock stands still already")
    return _recount(replace(clock, pauses=(*clock.pauses, Pause(at))), calendar)


def resume_clock(clock: Clock, *, at: datetime, calendar: WorkCalendar) -> Clock:
    """Let it run on with what was left. 恢复时钟。

    Conflict `calendar.clock.*` when it runs or has stopped, or `at` lies before the pause.
    """
    _check_moment(clock, at)
    if not clock.paused_at:
        raise Conflict("calendar.clock.running", "The clock does not stand still")
    pauses = (*clock.pauses[:-1], Pause(clock.paused_at, at))
    return _recount(replace(clock, pauses=pauses), calendar)


def stop_clock(clock: Clock, *, at: datetime) -> Clock:
    """End it, running or paused; its deadline never moves again. 停止时钟。

    In time is who stops it up to and with `due_at`. Conflict `calendar.clock.*` as for a pause.
    """
    _check_moment(clock, at)
    return replace(clock, stopped_at=at)


def recalculate_clock(clock: Clock, *, calendar: WorkCalendar) -> Recalculation:
    """Count it anew from its start, after a notice changed the calendar. 重算时钟。

    One that has stopped stays as it was. Where the deadline moved the caller keeps the old one.
    """
    new = clock if clock.stopped_at else _recount(clock, calendar)
    return Recalculation(new, clock.due_at, moved=new.due_at != clock.due_at)


def left_on(clock: Clock, at: datetime, *, calendar: WorkCalendar) -> Limit:
    """What is left of it at a moment after its last pause began or ended. 剩余时间。"""
    count = _count(clock, calendar)
    if count.left:
        return count.left
    until = min(at, clock.stopped_at or at)
    if until >= count.due_at:
        return replace(count.rest, amount=count.rest.amount * 0)
    return left_of(until, count.since, count.rest, calendar)


def light_of(clock: Clock, at: datetime) -> Light:
    """The light it shows at `at`. 状态灯。 What was overdue when it was paused stays red."""
    if clock.stopped_at:
        return "done"
    until = clock.paused_at or at
    if until >= clock.red_at:
        return "red"
    if clock.paused_at:
        return "paused"
    return "yellow" if clock.yellow_at and at >= clock.yellow_at else "green"


def next_moment(clock: Clock, at: datetime) -> datetime | None:
    """When its light changes next by itself; None if it never does. 下次变灯时刻。"""
    if clock.stopped_at or clock.paused_at:
        return None
    coming = [one for one in (clock.yellow_at, clock.red_at) if one and one > at]
    return min(coming, default=None)


def _recount(clock: Clock, calendar: WorkCalendar) -> Clock:
    count = _count(clock, calendar)
    yellow_at = None
    if clock.yellow is not None:
        found = yellow_moment(count.due_at, clock.limit, clock.yellow, calendar)
        yellow_at = max(found, count.since)
    return replace(
        clock,
        due_at=count.due_at,
        provisional=count.provisional,
        left=count.left,
        yellow_at=yellow_at,
    )


def _count(clock: Clock, calendar: WorkCalendar) -> Count:
    since, rest, guessed, left = clock.started_at, clock.limit, False, None
    due = due_after(since, rest, calendar)
    for pause in clock.pauses:
        if pause.paused_at >= due.at:
            # What is overdue is not healed by a pause.
            left = None if pause.resumed_at else replace(rest, amount=rest.amount * 0)
            continue
        rest = left_of(pause.paused_at, since, rest, calendar)
        guessed = guessed or _guesses(since, pause.paused_at, rest, calendar)
        if pause.resumed_at is None:
            left = rest
            break
        since = pause.resumed_at
        due = due_after(since, rest, calendar)
    return Count(since, rest, due.at, due.provisional or guessed, left)


def _guesses(start: datetime, end: datetime, limit: Limit, calendar: WorkCalendar) -> bool:
    """Whether what was used between depends on a notice that is not known."""
    working = limit.unit in ("workday", "workhour")
    return working and not calendar.knows(start.date(), end.date())


def _check_moment(clock: Clock, at: datetime) -> None:
    if clock.stopped_at:
        raise Conflict("calendar.clock.stopped", "The clock has stopped for good")
    last = clock.started_at
    if clock.pauses:
        last = clock.pauses[-1].resumed_at or clock.pauses[-1].paused_at
    if at < last:
        raise Conflict("calendar.clock.earlier", "That lies before what the clock already knows")
