"""Stopping jobs, and running them again. 任务控制。"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.jobs.models import Job, State
from yiwang.kernel.ledger import services as ledger

from .queue import CANCELLED, give_up
from .reading import get_row

ENDED = (State.FAILED, State.DEAD, State.CANCELLED)


def cancel_job(actor: Actor, job_id: str) -> None:
    """Cancel a job: a waiting one at once, a running one is asked to end. 取消任务。

    Who asked for it may, and holders of `jobs.manage`. A task that does not listen is ended after a
    grace of ten seconds. A request that comes too late changes nothing.
    """
    row = get_row(actor, job_id)
    with ledger.acting(actor, "jobs.job.cancelled", on=_ref(row)):
        waiting = Job.objects.filter(pk=row.pk, state=State.QUEUED)
        if waiting.update(state=State.CANCELLED, finished_at=now()):
            give_up(row, CANCELLED)
            return
        running = Job.objects.filter(pk=row.pk, state=State.RUNNING)
        if not running.update(cancel_requested=True):
            raise Conflict("jobs.job.over", "This work has ended already")


def replay_job(actor: Actor, job_id: str) -> None:
    """Queue a job again that failed, died or was cancelled, with all its attempts. 重新执行。"""
    row = get_row(actor, job_id)
    with ledger.acting(actor, "jobs.job.replayed", on=_ref(row)):
        try:
            with transaction.atomic():
                changed = Job.objects.filter(pk=row.pk, state__in=ENDED).update(
                    state=State.QUEUED,
                    attempts=0,
                    run_at=now(),
                    cancel_requested=False,
                    run_again=False,
                    finished_at=None,
                )
        except IntegrityError:
            raise _waiting() from None
        if not changed:
            raise _waiting()


def _waiting() -> Conflict:
    return Conflict("jobs.job.live", "This work is waiting or running already")


def _ref(row: Job) -> Ref:
    return Ref("jobs.job", row.id, row.kind)
