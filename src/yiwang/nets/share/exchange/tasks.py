"""What exchange does by itself. 后台任务。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task

from . import services


@task("exchange.sweep", label=msg("Give back the rows of files that were never made"), quick=True)
def sweep(context: JobContext) -> None:  # noqa: ARG001
    """Files whose making was cut off count no more. 清理中断的交付。"""
    services.give_up_abandoned()


schedule("exchange.sweep", every=timedelta(hours=1))
