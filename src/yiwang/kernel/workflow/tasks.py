"""What the case kernel does on its own. 流程后台任务。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.calendar.types import YEAR_CHANGED
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.jobs.services import JobContext, enqueue, schedule, task
from yiwang.kernel.ledger.services import acting

from .services.absences import move_begun
from .services.attachments import sweep_uploads
from .services.bulk import forget_old_runs
from .services.pushing.opening import END, SPREAD
from .services.pushing.reminding import REMIND, urge_targets
from .services.pushing.spreading import end_push, spread_push
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


@task("workflow.bulk", label=msg("Forget old results of what was done together"), quick=True)
def forget_runs(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Drop what the ledger and the logs tell too. 清理批量结果。"""
    return {"runs": forget_old_runs()}


KILLED_AT_MOST = 20
"""Sending to thousands survives many restarts of its worker: it goes on where it was. 重启上限。"""


def _reporting(context: JobContext) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        context.progress(done, total)
        context.check()

    return report


@task(SPREAD, label=msg("Send to organizations"), max_attempts=KILLED_AT_MOST)
def spread(context: JobContext, push: str) -> dict[str, int]:
    """Open the case of each organization that a step sends to. 逐批下发。"""
    return {"cases": spread_push(push, _reporting(context))}


@task(END, label=msg("Take back what nobody answered"), max_attempts=KILLED_AT_MOST)
def end_answers(context: JobContext, push: str) -> dict[str, int]:
    """End the cases whose answers nobody waits for. 收回未办。"""
    return {"cases": end_push(push, _reporting(context))}


@task(REMIND, label=msg("Urge who is late"), max_attempts=KILLED_AT_MOST)
def remind(context: JobContext, push: str, under: str, *, everybody: bool) -> dict[str, int]:
    """Urge those who have not answered. 逐批催办。"""
    report = _reporting(context)
    return {"urged": urge_targets(context.actor, push, under, report, everybody=everybody)}


@task("workflow.uploads", label=msg("Destroy files that no case took"), quick=True)
def tidy_uploads(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Destroy what was sent more than two days ago and no case claimed. 清理附件。"""
    return {"files": sweep_uploads()}


@subscribe(YEAR_CHANGED, name="workflow.recalculate")
def year_changed(event: Event) -> None:
    """A notice came: count open deadlines anew, in the background. 节假日安排变更。"""
    year = int(event.payload["year"])
    with acting(SYSTEM, "workflow.recalculate", on=Ref("calendar.year", str(year))) as act:
        enqueue(act, "workflow.recalculate", {"year": year}, on=Ref("calendar.year", str(year)))


schedule("workflow.tick", every=timedelta(seconds=15))
schedule("workflow.absences", daily_at=time(0, 5))
schedule("workflow.bulk", daily_at=time(3, 40))
schedule("workflow.uploads", daily_at=time(3, 20))
