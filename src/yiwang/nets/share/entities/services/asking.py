"""Asking for a snapshot, by a person or by the clock. 发起快照。"""

from __future__ import annotations

from yiwang.kernel.base.act import SYSTEM, Act, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.connect.services.ending import describe_error
from yiwang.nets.share.entities.models import EntityResource, SnapshotRun
from yiwang.nets.share.sources import services as sources
from yiwang.nets.share.sources.types import OPEN

from .failing import fail_run
from .finding import get_entity
from .permissions import LAY
from .rows import is_unchanged
from .taking import ref_of

TASK = "entities.snapshot"
LOST = YiwangError(
    "entities.run.lost", msg("The snapshot was interrupted and nobody takes it up; ask again")
)


def ask_snapshot(actor: Actor, text: str, *, queue: bool = True) -> SnapshotRun:
    """Lay the rows of an entity down as a version, or take up what was cut short. 发起快照。

    Holders of `share.entity.snapshot` for the owner of its resource. Where nothing has changed
    since the last one, no version appears.
    """
    entity = get_entity(actor, text)
    actor.require(LAY, organization=entity.resource.owner)
    if entity.retired_at:
        raise Conflict(
            "entities.run.retired", "%(entity)s is retired; its rows stay as they are", entity=text
        )
    return _ask(actor, entity, queue=queue, planned=False)


def _ask(actor: Actor, entity: EntityResource, *, queue: bool, planned: bool) -> SnapshotRun:
    with ledger.acting(actor, "share.entity.snapshot", on=ref_of(entity)) as act:
        entity = EntityResource.objects.select_for_update().get(code=entity.code)
        run = SnapshotRun.objects.filter(entity=entity, state__in=OPEN).first()
        if run is None:
            run = SnapshotRun.objects.create(entity=entity, asked_by=actor.id, planned=planned)
            act.note(run=run.id)
        if queue:
            _queue(act, run)
    return run


def _queue(act: Act, run: SnapshotRun) -> None:
    on = ref_of(run.entity)
    job = jobs.enqueue(act, TASK, {"run": run.id}, on=on, unique_key=f"entity:{run.entity_id}")
    run.job = job.id
    run.save(update_fields=["job"])


def run_due() -> list[str]:
    """Ask for every snapshot that is due; gives the entities that changed. 触发到期快照。

    The node asks, whoever published the entity. One that has not changed is good as it is: no
    version, no row of a snapshot.
    """
    due = EntityResource.objects.filter(next_at__lte=now(), retired_at=None)
    return [one.code for one in due.select_related("resource")[:200] if _run_one(one)]


def _run_one(entity: EntityResource) -> bool:
    moment = now()
    moved = EntityResource.objects.filter(code=entity.code, next_at=entity.next_at)
    if not moved.update(next_at=sources.next_of_cycle(entity.cycle, moment)):
        return False  # another worker asked for it
    if is_unchanged(entity):
        EntityResource.objects.filter(code=entity.code).update(good_at=moment)
        return False
    _ask(SYSTEM, entity, queue=True, planned=True)
    return True


def sweep_runs() -> int:
    """End snapshots that nobody makes any more: a lost job. 清理滞留快照。"""
    waiting = SnapshotRun.objects.filter(state__in=OPEN).select_related("entity")
    live = jobs.list_live(waiting.exclude(job="").values_list("job", flat=True))
    lost = [run for run in waiting if run.job and run.job not in live]
    for run in lost:
        fail_run(run, describe_error(LOST))
    return len(lost)
