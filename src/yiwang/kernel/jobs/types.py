"""Tasks, as modules declare them. 任务声明。"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any

from yiwang.kernel.base.act import Actor, Ref, get_actor
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.registry import Registry


class Stopped(Exception):
    """The task ended early because it was asked to; see `JobContext.check`. 任务中止。"""


@dataclass(slots=True)
class Progress:
    """How far a job has come; a keeper writes it to the row from time to time. 进度。"""

    done: int = 0
    total: int | None = None
    message: str = ""


@dataclass
class JobContext:
    """What a running task knows of its job. 任务上下文。

    `attempt` counts from 1. A task may run more than once (at least once, never twice at a time),
    so what it does must bear repetition.
    """

    job_id: str
    kind: str
    attempt: int
    actor_id: str
    act_id: str
    on: Ref | None = None
    shown: Progress = field(default_factory=Progress)
    _stopping: threading.Event = field(default_factory=threading.Event)

    @cached_property
    def actor(self) -> Actor:
        """The one who asked for the work, with the permissions of today. 委托人。"""
        return get_actor(self.actor_id)

    @property
    def stopping(self) -> bool:
        """Whether the task should end soon: it was cancelled, lost its lease or the worker stops. 是否应停止。"""
        return self._stopping.is_set()

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far the work is; `message` is a message id. Costs nothing, call it often. 报告进度。"""
        self.shown = Progress(done, total, message or self.shown.message)

    def check(self) -> None:
        """Give up here if the task should end; call it between pieces of work. 检查中止。

        The job becomes cancelled when somebody cancelled it; when the worker is being stopped it
        goes back to the queue and the attempt does not count.
        """
        if self.stopping:
            raise Stopped

    def stop(self) -> None:
        """Ask the task to end. 请求停止。"""
        self._stopping.set()


TaskFunction = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A job that ended without its work done: who asked, what for, why not. 未完成的任务。"""

    job_id: str
    actor_id: str
    args: dict[str, Any]
    error: YiwangError


GivenUpFunction = Callable[[GivenUp], object]


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of work. 任务类型。

    `lease_seconds` is how long a silent worker keeps the job; `time_limit` how long one attempt may
    take before it is ended; `quick` work has a lane of its own and never waits behind heavy work.
    `outside` work waits for machines of others: it has lanes of its own, so that neither quick nor
    heavy work ever waits behind a server that does not answer.
    `given_up` is told when a job failed, died or was cancelled, in the transaction that says so.
    """

    kind: str
    function: TaskFunction
    label: str
    max_attempts: int = 3
    lease_seconds: int = 60
    time_limit: timedelta = timedelta(hours=6)
    quick: bool = False
    outside: bool = False
    internal: bool = False
    given_up: GivenUpFunction | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a kind of work recurs: every so often, or daily at a time of the city. 计划。"""

    kind: str
    every: timedelta | None = None
    daily_at: time | None = None


TASKS: Registry[Task] = Registry("task")
SCHEDULES: Registry[Schedule] = Registry("schedule")

MANAGE = "jobs.manage"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How a job stands, as far as its reader may know it. 任务状态。

    `whole` says whether the reader may know what the work is about; without it `on` and `result`
    are None and `error` holds only its code. `label` and `message` are message ids.
    """

    id: str
    kind: str
    label: str
    state: str
    live: bool
    attempts: int
    max_attempts: int
    done: int
    total: int | None
    message: str
    created_at: datetime
    run_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_requested: bool
    error: YiwangError | None
    on: Ref | None
    result: Any
    whole: bool


@dataclass(frozen=True, slots=True)
class JobsHealth:
    """How many jobs wait, wait too long, run, lost their worker, used up their attempts. 任务健康。"""

    waiting: int
    late: int
    running: int
    lost: int
    dead: int
