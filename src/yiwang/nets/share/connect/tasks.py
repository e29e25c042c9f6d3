"""Background work of deliveries. 报送后台任务。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task

from .services import (
    PREVIEW_TASK,
    TASK,
    expire_previews,
    give_up,
    give_up_preview,
    land_delivery,
    make_preview,
    sweep_waiting,
)


@task(TASK, label=msg("Land a file"), lease_seconds=300, given_up=give_up)
def land(context: JobContext, delivery: str) -> dict[str, object]:
    """Land one received file. 汇聚一个文件。"""
    context.progress(0, 1, msg("Reading the file"))
    landed = land_delivery(context.actor, delivery, context.check)
    context.progress(1, 1, msg("Done"))
    return {"deliveries": [one.id for one in landed], "states": [one.state for one in landed]}


@task(PREVIEW_TASK, label=msg("Look at a file"), lease_seconds=300, given_up=give_up_preview)
def preview(context: JobContext, delivery: str) -> dict[str, object]:
    """Make the preview of one received file. 预览一个文件。"""
    context.progress(0, 1, msg("Reading the file"))
    looked = make_preview(context.actor, delivery)
    context.progress(1, 1, msg("Done"))
    return {"deliveries": [one.id for one in looked]}


@task("connect.expire", label=msg("Let old previews go"), quick=True, internal=True)
def expire(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Destroy files that nobody confirmed. 清除过期预览。"""
    return {"expired": expire_previews()}


@task("connect.sweep", label=msg("Find deliveries that nobody lands"), quick=True, internal=True)
def sweep(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Refuse deliveries that were left behind. 清理滞留报送。"""
    return {"refused": sweep_waiting()}


schedule("connect.sweep", every=timedelta(minutes=10))
schedule("connect.expire", every=timedelta(hours=6))
