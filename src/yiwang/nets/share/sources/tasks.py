"""Background work of live sources. 数据源后台任务。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task

from .services import TASK, give_up, perform, run_due, sweep_runs, watch_tables


@task(TASK, label=msg("Read a live source"), lease_seconds=120, given_up=give_up)
def read(context: JobContext, run: str) -> dict[str, object]:
    """Do a reading that was asked for. 执行读取。"""

    def tell(rows: int, total: int | None) -> None:
        context.progress(rows, max(total, rows) if total else None, READING_ROWS)

    done = perform(context.actor, run, check=context.check, tell=tell)
    return {"run": done.id, "state": done.state, "rows": done.rows}


READING_ROWS = msg("Rows read")


@task("sources.due", label=msg("Ask for readings that are due"), quick=True, internal=True)
def due(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Begin what is due, end what was lost, open and end cases of what is late. 触发到期读取。"""
    return {"lost": sweep_runs(), "asked": len(run_due()), "cases": watch_tables()}


schedule("sources.due", every=timedelta(minutes=1))
