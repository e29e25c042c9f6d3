"""What the case kernel does on its own. 流程后台任务。"""

from __future__ import annotations

from datetime import time, timedelta

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.calendar.types import YEAR_CHANGED
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, enqueue, schedule, task
from yiwang.kernel.ledger.services import acting

from .services.absences import move_begun
from .services.ticking import recalculate_open, tick_due


# A worker that dies over it must not silence it for long: escalation comes within a minute.
@task("workflow.tick", label=msg("Tell of deadlines"), quick=True, internal=True, lease_seconds=15)
def tick(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Tell of every light that changed, at most half a minute late. 亮灯。"""
    return {"cases": tick_due()}


@task("workflow.recalculate", label=msg("Count deadlines anew"))
def recalculate(context: JobContext, year: int) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Count open deadlines anew after the notice of a year changed. 重算期限。"""
    return {"cases": recalculate_open(f"{year} 年放假安排")}


@task("workflow.absences", label=msg("Hand on the tasks of who is away"), quick=True)
def hand_on(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Hand on the open tasks of everybody whose absence begins today. 转移待办。"""
    return {"tasks": move_begun()}


@subscribe(YEAR_CHANGED, name="workflow.recalculate")
def year_changed(event: Event) -> None:
    """A notice came: count open deadlines anew, in the background. 节假日安排变更。"""
    year = int(event.payload["year"])
    with acting(SYSTEM, "workflow.recalculate", on=Ref("calendar.year", str(year))) as act:
        enqueue(act, "workflow.recalculate", {"year": year}, on=Ref("calendar.year", str(year)))


schedule("workflow.tick", every=timedelta(seconds=15))
schedule("workflow.absences", daily_at=time(0, 5))
