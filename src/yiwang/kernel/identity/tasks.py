"""Housekeeping of identity. 身份日常清理。"""

from __future__ import annotations

from datetime import time

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task

from . import services


@task("identity.clean", label=msg("Forget old failures to sign in and ended sessions"), quick=True)
def clean(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Forget counts and sessions that matter no more. 清理登录记录。"""
    return {
        "guards": services.forget_old_guards(),
        "sessions": services.forget_ended_sessions(),
    }


schedule("identity.clean", daily_at=time(3, 20))
