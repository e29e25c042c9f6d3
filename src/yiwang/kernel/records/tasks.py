"""What records do in the background. 业务对象后台任务。"""

from __future__ import annotations

from datetime import time

from django.db import transaction

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.events.services import subscribe
from yiwang.kernel.events.types import Event
from yiwang.kernel.identity.types import MOVED
from yiwang.kernel.jobs.services import CANCELLED, GivenUp, JobContext, schedule, task
from yiwang.kernel.ledger.services import acting

from .models import BundleVersion, RecordChange
from .services import tables
from .services.drafts import forget_drafts
from .services.expiring import expire_records
from .services.publishing import REBUILD, publish_prepared
from .services.slots import recount_all
from .services.snapshot import snapshot
from .services.tables.changes import PREPARE
from .services.tables.layout import SETTLE
from .services.tables.upkeep import UPKEEP
from .services.uploads import sweep_uploads
from .services.words import rebuild_words

KILLED_AT_MOST = 20
"""A long change survives many restarts of its worker: it goes on where it was. 重启上限。"""


def _give_up(job: GivenUp) -> None:
    """A version that will not be prepared leaves no half of it behind. 放弃准备。"""
    changes = tables.list_open_changes().filter(version=job.args["version"])
    tables.cancel_changes(list(changes), None if job.error is CANCELLED else job.error)


@task(
    PREPARE,
    label=msg("Prepare tables for a new version"),
    max_attempts=KILLED_AT_MOST,
    given_up=_give_up,
)
def prepare(context: JobContext, version: str) -> dict[str, int]:
    """Do what a version of an app waits for, then publish it. 准备并发布。"""
    row = BundleVersion.objects.get(pk=version)

    def report(done: int, total: int) -> None:
        context.progress(done, total)
        context.check()

    if not tables.prepare_version(row, report):
        return {}
    return {"version": publish_prepared(context.actor, row).version}


@task(SETTLE, label=msg("Clear up after a field changed its kind"), quick=True)
def settle(context: JobContext, table: str, column: str) -> None:  # noqa: ARG001 - tasks' shape
    """Take the trigger away once nobody works by the version before. 切换后清理。"""
    with transaction.atomic():
        tables.settle_retype(table, column)


@task(UPKEEP, label=msg("Put the rows of records right"), max_attempts=KILLED_AT_MOST)
def upkeep(context: JobContext, change: str) -> dict[str, int]:
    """Pass over the rows of an entity until none is wrong. 维护行数据。"""
    row = RecordChange.objects.select_related("entity", "target").get(pk=change)

    def report(done: int, total: int) -> None:
        context.progress(done, total)
        context.check()

    on = Ref("records.entity", row.entity.code)
    changed = tables.run_upkeep(row, report)
    with acting(SYSTEM, "records.upkeep", on=on) as act:
        act.note(operation=row.operation, rows=changed, field=row.key)
    return {"rows": changed}


@subscribe(MOVED, name="records.refill")
def organizations_moved(event: Event) -> None:
    """Records move with their organizations: who sees them is asked of their rows. 机构移动。"""
    on = Ref("identity.organization", ", ".join(event.payload["organizations"])[:60])
    with acting(SYSTEM, "records.refill", on=on) as act:
        act.note(tables=len(tables.refill_levels(act)))


@task("records.expire", label=msg("Destroy records whose time has ended"))
def expire(context: JobContext) -> dict[str, int]:
    """Destroy records that need not be kept any longer. 到期销毁。"""
    return {"records": expire_records(context.check)}


@task("records.check_levels", label=msg("Look whether records stand under their organizations"))
def check_levels(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """A record that was written while its organization moved is put right at night. 夜间核对。"""
    with acting(SYSTEM, "records.refill", on=Ref("records.entity", "")) as act:
        return {"tables": len(tables.refill_levels(act))}


@task("records.check_slots", label=msg("Look whether taken places are counted right"))
def check_slots(context: JobContext) -> dict[str, int]:
    """Work out taken places from the records anew, and put right what differs. 夜间核对名额。"""
    return {"wrong": recount_all(context.check)}


@task("records.tune", label=msg("Keep the indexes of records in order"))
def tune(context: JobContext) -> dict[str, int]:
    """Drop what no list asks for any more, and look at how values are spread. 整理索引。"""
    dropped = 0
    for bundle in snapshot().bundles.values():
        for entity in bundle.entities.values():
            context.check()
            # A version that is being prepared has indexes that only it asks for.
            if not tables.list_open_changes(bundle.app).exists():
                dropped += tables.drop_unwanted(bundle, entity)
            tables.refresh_statistics(entity)
    return {"dropped": dropped}


@task(REBUILD, label=msg("Index the words of records anew"))
def rebuild(context: JobContext, entity: str) -> dict[str, int]:
    """Index the words of every record of an entity. 重建词索引。"""
    found = snapshot().entities.get(entity)
    return {"records": rebuild_words(found, context.check) if found else 0}


@task("records.tidy", label=msg("Forget old drafts and files that nobody handed in"), quick=True)
def tidy(context: JobContext) -> dict[str, int]:  # noqa: ARG001 - tasks' shape
    """Forget drafts untouched for 90 days, then destroy files that nothing names. 清理草稿与附件。"""
    return {"drafts": forget_drafts(), "files": sweep_uploads()}


schedule("records.tidy", daily_at=time(3, 15))
schedule("records.expire", daily_at=time(3, 30))
schedule("records.check_levels", daily_at=time(4, 15))
schedule("records.check_slots", daily_at=time(4, 30))
schedule("records.tune", daily_at=time(4, 45))
