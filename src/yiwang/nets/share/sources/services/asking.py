"""Asking for a reading, by a person or by the clock. 发起读取。"""

from __future__ import annotations

from yiwang.kernel.base.act import Act, Actor, Ref, get_actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.sources.models import Run, SourceTable
from yiwang.nets.share.sources.types import OPEN, RunState

from .choosing import ref_of_table
from .failing import fail_run
from .finding import get_table
from .permissions import MANAGE
from .planning import into_window, is_open, next_time

TASK = "sources.read"
LOST = YiwangError(
    "sources.run.lost", msg("The reading was interrupted and nobody takes it up; run it again")
)


def ref_of_run(run: Run) -> Ref:
    """The pointer that acts and jobs carry. 引用。"""
    return Ref("share.source_run", run.id, run.table.resource_name)


def ask_run(actor: Actor, table_id: str, *, queue: bool = True, planned: bool = False) -> Run:
    """Begin a reading, or take up the one that was cut short. 发起读取。

    Holders of `share.source.manage` for the owner. Raises Conflict outside the hours in which the
    source may be read, and while a delivery of the table waits for a decision.
    """
    table = get_table(actor, table_id)
    actor.require(MANAGE, organization=table.source.owner)
    with ledger.acting(actor, "share.source.run", on=ref_of_table(table)) as act:
        table = SourceTable.objects.select_for_update(of=("self",)).get(id=table.id)
        run = Run.objects.filter(table=table, state__in=OPEN).first()
        if run is None:
            _refuse(table)
            run = Run.objects.create(
                table=table, asked_by=actor.id, planned=planned, since=table.since
            )
            act.note(run=run.id)
        if queue:
            _queue(act, run)
    return run


def _refuse(table: SourceTable) -> None:
    if not is_open(table, now()):
        raise Conflict(
            "sources.window.not_open",
            "%(table)s may be read from %(opens)s to %(closes)s only",
            table=table.name,
            opens=f"{table.opens:%H:%M}",
            closes=f"{table.closes:%H:%M}",
        )
    last = Run.objects.filter(table=table).order_by("-created_at", "-id").first()
    if last is not None and last.delivery and last.state == RunState.HELD:
        raise Conflict(
            "sources.run.held",
            "The last reading of %(table)s is held: decide about its delivery first",
            table=table.name,
            delivery=last.delivery,
        )


def _queue(act: Act, run: Run) -> None:
    job = jobs.enqueue(
        act, TASK, {"run": run.id}, on=ref_of_run(run), unique_key=f"source:{run.table_id}"
    )
    run.job = job.id
    run.save(update_fields=["job"])


def run_due() -> list[str]:
    """Ask for every reading that is due; gives the tables. 触发到期读取。

    Each acts for the keeper of its source, with the rights of today.
    """
    moment = now()
    due = SourceTable.objects.filter(
        next_at__lte=moment, paused=False, removed_at=None, source__paused=False
    )
    return [table.id for table in due.select_related("source")[:200] if _run_one(table)]


def _run_one(table: SourceTable) -> bool:
    moment = now()
    if not is_open(table, moment):
        SourceTable.objects.filter(id=table.id).update(next_at=into_window(table, moment))
        return False
    moved = SourceTable.objects.filter(id=table.id, next_at=table.next_at)
    if not moved.update(next_at=next_time(table, moment)):
        return False  # another worker asked for it
    try:
        ask_run(get_actor(table.source.keeper), table.id, planned=True)
    except YiwangError as error:
        note_refusal(table, error)
        return False
    return True


def note_refusal(table: SourceTable, error: YiwangError) -> None:
    """A planned reading that could not even begin leaves a record, for people to see. 记录未能开始。"""
    if Run.objects.filter(table=table, state__in=[*OPEN, RunState.HELD]).exists():
        return  # what stands in the way is on record itself
    run = Run.objects.create(table=table, asked_by=table.source.keeper, planned=True)
    fail_run(run, error)


def sweep_runs() -> int:
    """End readings that nobody does any more: a lost job, a killed command. 清理滞留读取。"""
    waiting = Run.objects.filter(state__in=OPEN).select_related("table__source")
    live = jobs.list_live(waiting.exclude(job="").values_list("job", flat=True))
    lost = [run for run in waiting if run.job and run.job not in live]
    for run in lost:
        fail_run(run, LOST)
    return len(lost)
