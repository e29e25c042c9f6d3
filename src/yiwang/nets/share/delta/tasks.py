"""Files that nobody may have any more go. 副本清理。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, schedule, task

from . import services


@task("delta.sweep", label=msg("Remove files of grants that are over"), quick=True)
def sweep(context: JobContext) -> None:  # noqa: ARG001
    """Remove what ended, and what belongs to nothing. 定时清理。"""
    services.remove_ended()


@subscribe("share.grant.revoked", name="delta.forget")
def forget(event: Event) -> None:
    """What was revoked is taken away at once. 撤销即删。"""
    services.remove_ended(grant_id=str(event.payload.get("grant", "")))


schedule("delta.sweep", every=timedelta(hours=1))
