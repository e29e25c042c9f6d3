"""How background work goes, in a few numbers. 任务健康。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.clock import now
from yiwang.kernel.jobs.models import Job, State
from yiwang.kernel.jobs.types import JobsHealth

LATE = timedelta(minutes=5)


def describe_health() -> JobsHealth:
    """How much waits too long, has lost its worker, or has used up its attempts. 任务健康概况。"""
    moment = now()
    jobs = Job.objects
    running = jobs.filter(state=State.RUNNING)
    return JobsHealth(
        waiting=jobs.filter(state=State.QUEUED).count(),
        late=jobs.filter(state=State.QUEUED, run_at__lt=moment - LATE).count(),
        running=running.count(),
        lost=running.filter(lease_until__lt=moment - LATE).count(),
        dead=jobs.filter(state=State.DEAD).count(),
    )
