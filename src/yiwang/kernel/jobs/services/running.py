"""One attempt at one job. 执行任务。"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection

from yiwang.kernel.base.errors import TooMany, Unavailable, YiwangError
from yiwang.kernel.base.ids import new_ulid
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.types import TASKS, JobContext, Stopped

from .queue import FAULT, claim, fail, finish, keep, release

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 1.0


def run_due(limit: int = 100) -> list[Job]:
    """Run due jobs here and now, one after another: for the command line and tests. 就地执行。"""
    worker = f"here:{new_ulid()}"
    ran: list[Job] = []
    while len(ran) < limit:
        job = claim(worker)
        if job is None:
            break
        run_attempt(job)
        job.refresh_from_db()
        ran.append(job)
    return ran


def run_attempt(job: Job, context: JobContext | None = None) -> None:
    """Run a claimed job once and write down how it ended. 执行一次。"""
    context = context or make_context(job)
    try:
        with _keeping(job, context):
            result = TASKS.get(job.kind).function(context, **job.args)
    except Stopped:
        release(job)
    except (Unavailable, TooMany) as error:
        fail(job, error, final=False)
    except YiwangError as error:
        fail(job, error, final=True)
    except Exception:
        logger.exception("job %s (%s) failed on attempt %s", job.id, job.kind, job.attempts)
        fail(job, FAULT, final=False)
    else:
        finish(job, context, result)


def make_context(job: Job) -> JobContext:
    """What the task will know. 生成上下文。"""
    return JobContext(
        job_id=job.id,
        kind=job.kind,
        attempt=job.attempts,
        actor_id=job.actor_id,
        act_id=job.act_id,
        on=job.on,
    )


@contextmanager
def _keeping(job: Job, context: JobContext) -> Iterator[None]:
    """Renew the lease from a thread of its own while the block runs. 后台续租。"""
    ended = threading.Event()
    thread = threading.Thread(
        target=_keep_until, args=(job, context, ended), name=f"keep {job.id}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _keep_until(job: Job, context: JobContext, ended: threading.Event) -> None:
    """Write when progress changed, at the latest after a third of the lease. 定期续租。"""
    pause = min(PROGRESS_SECONDS, job.lease_seconds / 3)
    silent, told = 0.0, context.shown
    try:
        while not ended.wait(pause):
            silent += pause
            if context.shown is told and silent < job.lease_seconds / 3:
                continue
            silent, told = 0.0, context.shown
            if not _keep_once(job, context):
                context.stop()
    finally:
        connection.close()


def _keep_once(job: Job, context: JobContext) -> Any:
    try:
        return keep(job, context)
    except DatabaseError:
        # Busy or away for a moment: the lease still stands, the next round tries again.
        logger.warning("job %s: the lease could not be renewed", job.id, exc_info=True)
        connection.close()
        return True
