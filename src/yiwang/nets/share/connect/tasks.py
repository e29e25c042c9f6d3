"""Background work of deliveries. 报送后台任务。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, task

from .services import TASK, land_delivery


@task(TASK, label=msg("Land a file"), lease_seconds=300)
def land(context: JobContext, delivery: str) -> dict[str, object]:
    """Land one received file. 汇聚一个文件。"""
    context.progress(0, 1, msg("Reading the file"))
    landed = land_delivery(context.actor, delivery)
    context.progress(1, 1, msg("Done"))
    return {"deliveries": [one.id for one in landed], "states": [one.state for one in landed]}
