"""How a snapshot ends without a version. 快照失败。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.events import services as events
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.connect.services.ending import describe_error
from yiwang.nets.share.entities.models import EntityResource, SnapshotRun
from yiwang.nets.share.sources.types import OPEN, RunState

from .taking import ref_of


def fail_run(run: SnapshotRun, error: Mapping[str, Any]) -> None:
    """Note on an open snapshot why it ended. 记录失败。"""
    with ledger.acting(SYSTEM, "share.entity.fail", on=ref_of(run.entity)) as act:
        changed = SnapshotRun.objects.filter(id=run.id, state__in=OPEN).update(
            state=RunState.FAILED, error=dict(error), finished_at=act.at
        )
        if changed:
            EntityResource.objects.filter(code=run.entity_id).update(last_state=RunState.FAILED)
            events.announce(
                act, "share.entity.failed", {"entity": run.entity_id, "code": error.get("code")}
            )
        act.note(code=error.get("code"))
    run.refresh_from_db()


def give_up(job: jobs.GivenUp) -> None:
    """The job of a snapshot ended without it. 任务放弃后登记。"""
    run = SnapshotRun.objects.filter(id=job.args.get("run", "")).select_related("entity").first()
    if run is not None:
        fail_run(run, describe_error(job.error))
