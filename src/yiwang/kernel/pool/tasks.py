"""The pool's own upkeep. 数据池维护任务。"""

from __future__ import annotations

from datetime import time, timedelta

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs.services import JobContext, schedule, task
from yiwang.kernel.ledger import services as ledger

from . import services


@task("pool.compact", label=msg("Write fragmented tables anew"), lease_seconds=600)
def compact(context: JobContext) -> None:
    """Write anew the newest state of tables read from many files. 合并碎片。"""
    found = services.list_fragmented()
    for done, version_id in enumerate(found):
        context.progress(done, len(found))
        context.check()
        with ledger.acting(
            SYSTEM, "pool.version.compact", on=Ref("pool.version", version_id)
        ) as act:
            services.compact(act, version_id, stopping=lambda: context.stopping)


@task("pool.sweep", label=msg("Clear away files that no version knows of"))
def sweep(context: JobContext) -> int:
    """Remove orphaned files. 清扫孤立文件。"""
    context.check()
    return services.sweep_orphans()


schedule("pool.compact", every=timedelta(hours=6))
schedule("pool.sweep", daily_at=time(3, 20))
