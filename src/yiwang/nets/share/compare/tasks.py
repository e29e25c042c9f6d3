"""Comparisons as background work. 比对任务。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, task

from . import services


@task("compare.run", label=msg("Compare two registers"), lease_seconds=300)
def run(context: JobContext, *, comparison_id: str) -> None:
    """Do the work of a registered comparison. 执行比对。"""
    services.perform(
        context.actor,
        comparison_id,
        progress=context.progress,
        stopping=lambda: context.stopping,
    )


@subscribe("share.delivery.purged", name="compare.forget")
def forget(event: Event) -> None:
    """What should never have come goes from the lists of differences too. 清除比对明细。"""
    version = str(event.payload.get("pool_version", ""))
    if version:
        services.forget_version(version)
