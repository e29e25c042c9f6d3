"""Deliveries as background work. 投递任务。"""

from __future__ import annotations

from datetime import time

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task

from .services.announcing import DELIVER
from .services.cleaning import clean_events
from .services.delivering import deliver


@task(DELIVER, label=msg("Deliver an event"), max_attempts=8, quick=True, internal=True)
def deliver_event(context: JobContext, *, delivery_id: str) -> None:  # noqa: ARG001 - tasks' shape
    """Carry one event to one subscriber. 投递。"""
    deliver(delivery_id)


@task("events.clean", label=msg("Remove events long delivered"), quick=True)
def clean(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Remove events that reached everybody three months ago. 清理事件。"""
    return {"removed": clean_events()}


schedule("events.clean", daily_at=time(3, 20))
