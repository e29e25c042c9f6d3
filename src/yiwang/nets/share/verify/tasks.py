"""Counts of days that are over go. 计数清理。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task
from yiwang.nets.share.exchange import services as exchange


@task(
    "verify.forget",
    label=msg("Forget yesterday's counts of answers that found nothing"),
    quick=True,
)
def forget(context: JobContext) -> None:  # noqa: ARG001
    """Remove what was counted on days that are over. 定时清理。"""
    exchange.forget_misses()


schedule("verify.forget", every=timedelta(hours=6))
