"""Background work of entities in the catalogue. 业务对象资源后台任务。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task

from .services import TASK, give_up, perform, run_due, sweep_runs

ROWS_READ = msg("Rows read")


@task(TASK, label=msg("Lay down the rows of an entity"), lease_seconds=300, given_up=give_up)
def lay_down(context: JobContext, run: str) -> dict[str, object]:
    """Make a snapshot that was asked for. 执行快照。"""

    def tell(rows: int) -> None:
        context.progress(rows, None, ROWS_READ)

    done = perform(run, check=context.check, tell=tell)
    return {"run": done.id, "state": done.state, "rows": done.rows}


@task("entities.due", label=msg("Ask for snapshots that are due"), quick=True, internal=True)
def due(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Begin what is due, end what was lost. 触发到期快照。"""
    return {"lost": sweep_runs(), "asked": len(run_due())}


schedule("entities.due", every=timedelta(minutes=1))
