"""Attempts as a child process sees them. 子进程中的执行。"""

from __future__ import annotations

from django.db import close_old_connections

from yiwang.kernel.jobs.models import Job, State
from yiwang.kernel.jobs.types import JobContext

from .running import make_context, run_attempt


class Attempts:
    """Runs one claimed job after another and can be asked to stop the present one. 执行器。"""

    def __init__(self) -> None:
        self._context: JobContext | None = None

    def run(self, *, id: str, worker: str, attempts: int) -> None:  # noqa: A002 - a message's field
        """Run a job that the worker claimed, unless it has been taken from it since. 执行。"""
        close_old_connections()
        job = Job.objects.filter(
            pk=id, worker=worker, attempts=attempts, state=State.RUNNING
        ).first()
        if job is None:
            return
        self._context = make_context(job)
        try:
            run_attempt(job, self._context)
        finally:
            self._context = None

    def stop(self, job_id: str) -> None:
        """Ask the task to end if it still is the running one. 请求停止。"""
        context = self._context
        if context and context.job_id == job_id:
            context.stop()
