"""Housekeeping of the kernel's lowest modules. 内核日常清理任务。"""

from __future__ import annotations

from datetime import time

from yiwang.kernel.base.text import msg
from yiwang.kernel.files import services as files

from .services import JobContext, schedule, task
from .services.cleaning import clean_jobs


@task("jobs.clean", label=msg("Remove work long done"), quick=True)
def clean(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Remove jobs that were done a month ago. 清理任务。"""
    return {"removed": clean_jobs()}


@task("files.sweep", label=msg("Remove stored bytes that belong to nothing"))
def sweep_files(context: JobContext) -> dict[str, int]:
    """Remove contents without a row, name rows without content. 清扫文件。"""
    found = files.sweep_files(context.check)
    return {"removed": found.removed, "missing": len(found.missing)}


schedule("jobs.clean", daily_at=time(3, 10))
schedule("files.sweep", daily_at=time(3, 30))
