"""The worker: claims jobs and has a child process do each. 工作进程。

A task may eat memory or crash the interpreter, so none runs in the worker itself. Each lane keeps
one warm child with everything imported and hands it one job after another; a child that dies costs
the job one attempt and the worker nothing. Children watch their end of a pipe and end with the
worker, even when it is killed.
"""

from __future__ import annotations

import json
import logging
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.ids import new_ulid
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.types import TASKS

from .queue import CRASHED, OURS, OUTSIDE, QUICK, claim, expire_leases, fail, held, release
from .schedules import run_schedules

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
WATCH_SECONDS = 0.5
GRACE_SECONDS = 10.0
RECYCLE_BYTES = 512 * 1024 * 1024

TOO_LONG = YiwangError("jobs.task.too_long", msg("The work took longer than it may"))
TOO_LARGE = YiwangError("jobs.task.too_large", msg("The work needed more memory than it may"))


def run_worker(stop: threading.Event, *, heavy: int = 1, quick: int = 1, outside: int = 2) -> None:
    """Work until `stop` is set, in lanes that each do one job at a time. 运行工作进程。

    `heavy` lanes take any work of our own, `quick` ones quick work only, `outside` ones what waits
    for machines of others and nothing else.
    On `stop` running tasks are asked to end, after a grace ended, and go back to the queue.
    """
    name = f"{os.getpid()}:{new_ulid()}"
    kinds = [OURS] * heavy + [(QUICK,)] * quick + [(OUTSIDE,)] * outside
    lanes = [Lane(f"{name}:{number}", stop, takes=takes) for number, takes in enumerate(kinds)]
    threads = [threading.Thread(target=lane.run, name=lane.name) for lane in lanes]
    for thread in threads:
        thread.start()
    while not stop.is_set():
        _guarded(lambda: _keep_house(lanes))
        stop.wait(1.0)
    for thread in threads:
        thread.join()
    connection.close()


def _keep_house(lanes: Sequence[Lane]) -> None:
    expire_leases(spared=[lane.name for lane in lanes if lane.busy])
    run_schedules()


def _guarded(step: Callable[[], object]) -> None:
    """Do a step; what goes wrong in it is logged and waited out, so that a lane never ends. 容错执行。"""
    try:
        close_old_connections()
        step()
    except Exception:
        logger.warning("the worker could not go on and waits", exc_info=True)
        connection.close()
        time.sleep(1.0)


class Lane:
    """One job at a time, in one warm child. 执行通道。"""

    def __init__(self, name: str, stop: threading.Event, *, takes: Collection[int]) -> None:
        self.name = name
        self.stop = stop
        self.takes = takes
        self.child = Child()
        self.busy = False

    def run(self) -> None:
        """Claim and run until stopped. 循环执行。"""
        try:
            while not self.stop.is_set():
                _guarded(self._run_next)
        finally:
            self.child.kill()
            connection.close()

    def _run_next(self) -> None:
        job = claim(self.name, self.takes)
        if job is None:
            self.stop.wait(POLL_SECONDS)
            return
        self.busy = True
        try:
            self.child.send(job)
            Watch(job, self.child, self.stop).until_over()
            self.child.recycle()
        finally:
            self.busy = False


@dataclass(slots=True)
class Watch:
    """Looks after one running job from outside. 监看。"""

    job: Job
    child: Child
    stop: threading.Event
    asked_at: float = 0.0

    def until_over(self) -> None:
        """Wait for the end of the attempt, bringing it about where it must be. 等待结束。"""
        task = TASKS.find(self.job.kind)
        ends_at = time.monotonic() + (task.time_limit.total_seconds() if task else GRACE_SECONDS)
        while not self.child.wait(WATCH_SECONDS):
            if not self.child.alive:
                fail(self.job, CRASHED, final=False)
                return
            if time.monotonic() > ends_at:
                self._end(TOO_LONG)
                return
            if self.child.memory > memory_limit():
                self._end(TOO_LARGE)
                return
            if self._overstays():
                self.child.kill()
                release(self.job)
                return

    def _end(self, why: YiwangError) -> None:
        self.child.kill()
        fail(self.job, why, final=False)

    def _overstays(self) -> bool:
        """Ask the task to end when it should; True when it did not within the grace. 是否超时未停。"""
        if self.asked_at:
            return time.monotonic() > self.asked_at + GRACE_SECONDS
        if self.stop.is_set() or held(self.job).filter(cancel_requested=True).exists():
            self.asked_at = time.monotonic()
            self.child.ask_stop(self.job)
        return False


class Child:
    """A process that runs tasks, started when first needed. 子进程。"""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def alive(self) -> bool:
        """Whether the process still runs. 是否存活。"""
        return self._process is not None and self._process.poll() is None

    @property
    def memory(self) -> int:
        """Resident bytes, 0 where the system does not tell. 内存占用。"""
        if self._process is None:
            return 0
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        except (OSError, IndexError):
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def send(self, job: Job) -> None:
        """Hand a claimed job over. 交付任务。"""
        if not self.alive:
            self._process = _start_child()
        claimed = {"id": job.id, "worker": job.worker, "attempts": job.attempts}
        self._tell({"run": claimed})

    def ask_stop(self, job: Job) -> None:
        """Ask the task of that job to end. 请求停止。"""
        self._tell({"stop": job.id})

    def wait(self, seconds: float) -> bool:
        """Whether the child said within that time that the attempt is over. 等待。"""
        out = self._process.stdout if self._process else None
        if out is None:
            return False
        ready, _, _ = select.select([out], [], [], seconds)
        return bool(ready) and out.read(1) == b"."

    def kill(self) -> None:
        """End the process now. 终止。"""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process = None

    def recycle(self) -> None:
        """Let a child go that has grown large. 回收。"""
        if not self.alive or self.memory > RECYCLE_BYTES:
            self.kill()

    def _tell(self, message: dict[str, object]) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            logger.warning("a child process died before it was told %s", sorted(message))


def memory_limit() -> int:
    """How many bytes one task may hold: `job_memory_mb`, or three quarters of the machine. 内存上限。"""
    named = settings.YIWANG_JOB_MEMORY_MB * 1024 * 1024
    return named or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4


def _start_child() -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
        "YIWANG_HOME": str(settings.YIWANG_HOME),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "yiwang.kernel.jobs.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=environment,
        start_new_session=True,
    )
