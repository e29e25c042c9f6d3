"""Modules say in their `tasks.py` what work there is. 任务声明。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import TypeVar

from yiwang.kernel.jobs.types import (
    SCHEDULES,
    TASKS,
    GivenUpFunction,
    Schedule,
    Task,
    TaskFunction,
)

F = TypeVar("F", bound=TaskFunction)


def task(
    kind: str,
    *,
    label: str = "",
    max_attempts: int = 3,
    lease_seconds: int = 60,
    time_limit: timedelta = timedelta(hours=6),
    quick: bool = False,
    outside: bool = False,
    internal: bool = False,
    given_up: GivenUpFunction | None = None,
) -> Callable[[F], F]:
    """Declare a function as the work of a kind; called as `function(context, **args)`. 声明任务。

    `label` is a message id for people. A `YiwangError` ends the job with its sentence, except
    `Unavailable` and `TooMany`, which are tried again like any fault, up to `max_attempts`.
    `given_up` is called once when a job ends without its work done (failed, dead or cancelled), so
    that what the work was about does not stand waiting for ever.
    """

    def declare(function: F) -> F:
        TASKS.register(
            kind,
            Task(
                kind,
                function,
                label or kind,
                max_attempts=max_attempts,
                lease_seconds=lease_seconds,
                time_limit=time_limit,
                quick=quick,
                outside=outside,
                internal=internal,
                given_up=given_up,
            ),
        )
        return function

    return declare


def schedule(kind: str, *, every: timedelta | None = None, daily_at: time | None = None) -> None:
    """Let a kind of work recur; one run each time however many workers there are. 声明计划。

    Exactly one of `every` and `daily_at` (a time of the city) is given. A node that slept through
    several runs makes up for one of them.
    """
    if (every is None) == (daily_at is None):
        raise ValueError(f"schedule {kind!r}: give either every or daily_at")
    SCHEDULES.register(kind, Schedule(kind, every, daily_at))
