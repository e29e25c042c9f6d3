"""Jobs into the queue, out of it, and back. 任务队列。

All changes of state stand here. Every change by a worker names the worker and the attempt it
belongs to, so a worker whose lease was given to another changes nothing.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Q, QuerySet, Value, When

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.models import Job, State
from yiwang.kernel.jobs.types import TASKS, GivenUp, JobContext

logger = logging.getLogger(__name__)

QUICK, NORMAL, OUTSIDE = 0, 1, 2
OURS = (QUICK, NORMAL)
"""What needs nobody else: a lane for it never takes what waits for other machines. 内部工作。"""
BACKOFF_FIRST = timedelta(seconds=5)
BACKOFF_MOST = timedelta(minutes=10)
CRASHED = YiwangError("jobs.task.crashed", msg("The worker process died while it did this work"))
CANCELLED = YiwangError("jobs.task.cancelled", msg("The work was cancelled"))
FAULT = YiwangError("jobs.task.fault", msg("The work ended with an unexpected fault"))


def enqueue(
    act: Act,
    kind: str,
    args: Mapping[str, Any],
    *,
    on: Ref | None = None,
    run_at: datetime | None = None,
    unique_key: str = "",
) -> Job:
    """Put work into the queue, in the transaction of the act. 入队。

    `args` is JSON and holds ids rather than contents. With `unique_key` there is at most one live
    job of that key: asked for again, a waiting job is given back as it is, and a running one will
    run once more when it ends, so nothing that happened meanwhile is missed.
    """
    return put(
        kind,
        args,
        actor_id=act.actor.id,
        act_id=act.id,
        on=on,
        run_at=run_at,
        unique_key=unique_key,
    )


def put(
    kind: str,
    args: Mapping[str, Any],
    *,
    actor_id: str,
    act_id: str = "",
    on: Ref | None = None,
    run_at: datetime | None = None,
    unique_key: str = "",
) -> Job:
    """Like `enqueue`, for the scheduler and tasks, which act for nobody. 内部入队。"""
    task = TASKS.get(kind)
    on = on or Ref("", "")
    job = Job(
        kind=kind,
        args=dict(args),
        priority=OUTSIDE if task.outside else QUICK if task.quick else NORMAL,
        unique_key=unique_key,
        actor_id=actor_id,
        act_id=act_id,
        on_type=on.type,
        on_id=on.id,
        on_label=on.label[:200],
        created_at=now(),
        run_at=run_at or now(),
        max_attempts=task.max_attempts,
        lease_seconds=task.lease_seconds,
    )
    if not unique_key:
        job.save(force_insert=True)
        return job
    return _put_unique(job)


def _put_unique(job: Job) -> Job:
    """Insert unless a live job of the key stands; the loop ends when either is seen. 唯一入队。"""
    live = Job.objects.filter(unique_key=job.unique_key, state__in=[State.QUEUED, State.RUNNING])
    while True:
        Job.objects.bulk_create([job], ignore_conflicts=True)
        if Job.objects.filter(pk=job.pk).exists():
            return job
        live.filter(state=State.RUNNING).update(run_again=True)
        found = live.first()
        if found and (found.state == State.QUEUED or found.run_again):
            return found


def claim(worker: str, takes: Collection[int] = (QUICK, NORMAL, OUTSIDE)) -> Job | None:
    """Take the next due job of some priorities for a worker, or None. 领取任务。

    On PostgreSQL rows that others are claiming are skipped; on SQLite the transaction is IMMEDIATE,
    so claims follow one another. Looking first without a transaction keeps an idle worker from
    taking the write lock.
    """
    due = Job.objects.filter(state=State.QUEUED, run_at__lte=now(), priority__in=takes)
    due = due.order_by("priority", "run_at", "id")
    if not due.exists():
        return None
    with transaction.atomic():
        job = due.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        _start(job, worker)
    return job


def _start(job: Job, worker: str) -> None:
    moment = now()
    job.state = State.RUNNING
    job.worker = worker
    job.attempts += 1
    job.started_at = job.heartbeat_at = moment
    job.finished_at = None
    job.lease_until = moment + timedelta(seconds=job.lease_seconds)
    job.save(
        update_fields=[
            "state", "worker", "attempts", "started_at", "heartbeat_at", "finished_at", "lease_until",
        ]
    )  # fmt: skip


def held(job: Job) -> QuerySet[Job]:
    """The row of a job as long as this very attempt holds it. 本次执行持有的记录。"""
    return Job.objects.filter(
        pk=job.pk, state=State.RUNNING, worker=job.worker, attempts=job.attempts
    )


def keep(job: Job, context: JobContext) -> bool:
    """Renew the lease and write the progress; False when the task should end. 续租。"""
    moment = now()
    shown = context.shown
    kept = held(job).update(
        heartbeat_at=moment,
        lease_until=moment + timedelta(seconds=job.lease_seconds),
        progress_done=shown.done,
        progress_total=shown.total,
        progress_message=shown.message[:200],
    )
    return bool(kept) and not held(job).filter(cancel_requested=True).exists()


def finish(job: Job, context: JobContext, result: Any) -> bool:
    """Mark the attempt done; False when another worker has taken the job over. 完成。"""
    moment = now()
    again = {
        "state": Case(When(run_again=True, then=Value(State.QUEUED)), default=Value(State.DONE)),
        "attempts": Case(
            When(run_again=True, then=Value(0)),
            default=F("attempts"),
            output_field=PositiveSmallIntegerField(),
        ),
        "run_again": False,
    }
    return bool(
        held(job).update(
            **again,
            finished_at=moment,
            run_at=moment,
            lease_until=None,
            result=_plain(result),
            progress_done=context.shown.done,
            progress_total=context.shown.total,
            progress_message=context.shown.message[:200],
            error_code="",
            error_message="",
            error_extra={},
        )
    )


def fail(job: Job, error: YiwangError, *, final: bool) -> bool:
    """Mark the attempt failed: for good, to be tried again later, or out of attempts. 失败。"""
    moment = now()
    if held(job).filter(cancel_requested=True).exists():
        return _end(job, State.CANCELLED, CANCELLED)
    if final or job.attempts >= job.max_attempts:
        return _end(job, State.FAILED if final else State.DEAD, error)
    return bool(
        held(job).update(
            **_because(error), state=State.QUEUED, run_at=moment + backoff(job.attempts)
        )
    )


def _because(error: YiwangError) -> dict[str, Any]:
    return {
        "lease_until": None,
        "error_code": error.code,
        "error_message": error.message,
        "error_extra": _plain(error.extra),
    }


def _end(job: Job, state: State, error: YiwangError) -> bool:
    """End an attempt's job without its work done; False when another worker holds it. 终止。"""
    with transaction.atomic():
        ended = held(job).update(**_because(error), state=state, finished_at=now())
        if ended:
            give_up(job, error)
    return bool(ended)


def give_up(job: Job, error: YiwangError) -> None:
    """Tell the task's module that the work will not be done; its fault is no fault of ours. 告知放弃。"""
    task = TASKS.find(job.kind)
    if task is None or task.given_up is None:
        return
    try:
        with transaction.atomic():
            task.given_up(GivenUp(job.id, job.actor_id, dict(job.args), error))
    except Exception:
        logger.exception("job %s (%s): nobody could be told that it ended", job.id, job.kind)


def _plain(value: Any) -> Any:
    """The value as JSON can hold it; what JSON does not know becomes text. 转为 JSON。"""

    def encode(other: Any) -> Any:
        try:
            return DjangoJSONEncoder().default(other)
        except TypeError:
            return str(other)

    return json.loads(json.dumps(value, default=encode))


def release(job: Job) -> bool:
    """Give a job back that was interrupted from outside; the attempt does not count. 交还。"""
    if held(job).filter(cancel_requested=True).exists():
        return fail(job, CANCELLED, final=True)
    return bool(
        held(job).update(
            state=State.QUEUED, attempts=job.attempts - 1, lease_until=None, run_at=now()
        )
    )


def expire_leases(spared: Collection[str] = ()) -> None:
    """Take jobs back whose worker fell silent: to be run again, or dead at the cap. 回收过期租约。

    `spared` names workers that the caller sees at work: one that could not renew its lease because
    a long transaction held the database is not to lose its job for that.
    """
    moment = now()
    lost = Job.objects.filter(state=State.RUNNING, lease_until__lt=moment)
    lost = lost.exclude(worker__in=spared)
    over = Q(cancel_requested=True) | Q(attempts__gte=F("max_attempts"))
    for job in lost.filter(over):
        if job.cancel_requested:
            _end(job, State.CANCELLED, CANCELLED)
        else:
            _end(job, State.DEAD, CRASHED)
    if lost.exists():
        lost.update(state=State.QUEUED, run_at=moment + BACKOFF_FIRST, **_because(CRASHED))


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: 5 s, 10 s, 20 s … at most 10 min. 退避时长。"""
    return min(BACKOFF_FIRST * (1 << min(attempts - 1, 16)), BACKOFF_MOST)
