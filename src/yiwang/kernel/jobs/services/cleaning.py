"""Rows of work long done. 任务清理。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.clock import now
from yiwang.kernel.jobs.models import Job, State

KEEP_DONE = timedelta(days=30)
BATCH = 1000


def clean_jobs() -> int:
    """Remove jobs that were done or cancelled a month ago; gives their number. 清理任务。

    Failed and dead ones stay until somebody looked at them.
    """
    old = Job.objects.filter(
        state__in=[State.DONE, State.CANCELLED], finished_at__lt=now() - KEEP_DONE
    )
    removed = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        removed += Job.objects.filter(pk__in=ids).delete()[0]
    return removed
