"""How a reading ends without rows. 读取失败。"""

from __future__ import annotations

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.events import services as events
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.connect.services.ending import describe_error
from yiwang.nets.share.sources.models import Run, SourceTable
from yiwang.nets.share.sources.types import OPEN, RunState

from .watching import follow_table


def fail_run(run: Run, error: YiwangError) -> None:
    """Note on an open reading why it ended. 记录失败。"""
    on = Ref("share.source_run", run.id, run.table.resource_name)
    with ledger.acting(SYSTEM, "share.source.fail", on=on) as act:
        changed = Run.objects.filter(id=run.id, state__in=OPEN).update(
            state=RunState.FAILED, error=describe_error(error), finished_at=act.at
        )
        if changed:
            SourceTable.objects.filter(id=run.table_id).update(last_state=RunState.FAILED)
            follow_table(act, run.table_id)
            events.announce(act, "share.source.failed", {"run": run.id, "code": error.code})
        act.note(code=error.code)
    run.refresh_from_db()


def give_up(job: jobs.GivenUp) -> None:
    """The job of a reading ended without it. 任务放弃后登记。"""
    run = Run.objects.filter(id=job.args.get("run", "")).select_related("table").first()
    if run is not None:
        fail_run(run, job.error)
