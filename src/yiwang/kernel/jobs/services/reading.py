"""How jobs stand, for those who may know. 任务查看。

Whoever asked for a job sees all of it. Holders of `jobs.manage` see kinds, states and codes of all
jobs, but neither arguments nor what the work was about: administrators see no business data.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import NotFound, YiwangError
from yiwang.kernel.base.ids import is_id
from yiwang.kernel.jobs.models import Job, State
from yiwang.kernel.jobs.types import MANAGE, TASKS, JobStatus


def list_own_jobs(actor: Actor) -> QuerySet[Job]:
    """The jobs that the actor asked for. 我的任务。"""
    internal = [task.kind for task in TASKS.values() if task.internal]
    return Job.objects.filter(actor_id=actor.id).exclude(kind__in=internal)


def list_all_jobs(actor: Actor) -> QuerySet[Job]:
    """The jobs of everybody, without what they are about; needs `jobs.manage`. 全部任务。"""
    actor.require(MANAGE)
    return Job.objects.defer("args", "result", "error_extra", "on_id", "on_label")


def get_job(actor: Actor, job_id: str) -> JobStatus:
    """One job as far as the actor may know it; NotFound for those of others. 查看任务。"""
    return describe_job(get_row(actor, job_id), actor)


def find_last_job(actor: Actor, on: Ref, *, kind: str = "") -> JobStatus | None:
    """The latest job about a thing, for a page of that thing whose reader was let in. 最近任务。"""
    rows = Job.objects.filter(on_type=on.type, on_id=on.id)
    row = (rows.filter(kind=kind) if kind else rows).order_by("-id").first()
    return describe_job(row, actor, whole=True) if row else None


def list_live(job_ids: Iterable[str]) -> set[str]:
    """Which of these jobs may still change by themselves. 进行中的任务。"""
    live = Job.objects.filter(state__in=[State.QUEUED, State.RUNNING])
    return set(live.filter(pk__in=set(job_ids)).values_list("pk", flat=True))


def count_dead() -> int:
    """How many jobs used up their attempts, at most 1,000 counted. 死信数。"""
    return len(Job.objects.filter(state=State.DEAD).values_list("pk")[:1000])


def get_row(actor: Actor, job_id: str) -> Job:
    """The row of a job that the actor may know of. 任务记录。"""
    seen = Q() if actor.may(MANAGE) else Q(actor_id=actor.id)
    row = Job.objects.filter(seen, pk=job_id).first() if is_id(job_id) else None
    if row is None:
        raise NotFound("jobs.job.missing", "There is no job %(job_id)s", job_id=job_id)
    return row


def describe_job(row: Job, actor: Actor, *, whole: bool = False) -> JobStatus:
    """What the actor may know of a row. 任务状态。"""
    whole = whole or row.actor_id == actor.id
    task = TASKS.find(row.kind)
    return JobStatus(
        id=row.id,
        kind=row.kind,
        label=task.label if task else row.kind,
        state=row.state,
        live=row.live,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        done=row.progress_done,
        total=row.progress_total,
        message=row.progress_message,
        created_at=row.created_at,
        run_at=row.run_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        cancel_requested=row.cancel_requested,
        error=_error(row, whole=whole),
        on=row.on if whole else None,
        result=row.result if whole else None,
        whole=whole,
    )


def _error(row: Job, *, whole: bool) -> YiwangError | None:
    if not row.error_code:
        return None
    if not whole:
        return YiwangError(row.error_code, row.error_code)
    return YiwangError(row.error_code, row.error_message, **row.error_extra)
