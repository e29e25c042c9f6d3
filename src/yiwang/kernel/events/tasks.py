"""Deliveries as background work. 投递任务。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, task

from .services.announcing import DELIVER
from .services.delivering import deliver


@task(DELIVER, label=msg("Deliver an event"), max_attempts=8, quick=True)
def deliver_event(context: JobContext, *, delivery_id: str) -> None:  # noqa: ARG001 - tasks' shape
    """Carry one event to one subscriber. 投递。"""
    deliver(delivery_id)
