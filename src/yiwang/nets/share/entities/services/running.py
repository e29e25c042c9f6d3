"""One snapshot, from the rows of an entity to a version of its resource. 执行快照。

As with live sources the rows are a delivery: its bytes are kept, in the transaction that names it
on the snapshot, before anything of it lands. One that is killed before that begins anew, one that
is killed after it goes on with the kept bytes.
"""

from __future__ import annotations

from collections.abc import Callable

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, NotFound, TooMany, Unavailable, YiwangError
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.connect.services import Delivery
from yiwang.nets.share.connect.services.ending import describe_error, fail
from yiwang.nets.share.connect.types import DeliveryState, Instructions
from yiwang.nets.share.entities.models import EntityResource, SnapshotRun
from yiwang.nets.share.sources import services as sources
from yiwang.nets.share.sources.types import OPEN, RunState

from .asking import ask_snapshot
from .failing import fail_run
from .following import refuse_republished
from .permissions import NODE
from .rows import mark_of, read_blocks
from .taking import ref_of

Check = Callable[[], None]
Tell = Callable[[int], None]


def snapshot_here(actor: Actor, text: str) -> SnapshotRun:
    """Lay the rows down now, while the caller waits. 立即快照。"""
    run = ask_snapshot(actor, text, queue=False)
    try:
        return perform(run.id)
    except (Unavailable, TooMany) as error:
        fail_run(run, describe_error(error))
        raise


def perform(
    run_id: str, *, check: Check = lambda: None, tell: Tell = lambda _rows: None
) -> SnapshotRun:
    """Make a snapshot that was asked for; done twice it changes nothing. 执行快照。

    What may pass by itself (`Unavailable`) leaves it open for another attempt; any other failure
    ends it, and is raised.
    """
    run = _get(run_id)
    with sources.alone(f"entity-{run.entity_id}", run.entity_id):
        run = _get(run_id)
        if run.state not in OPEN:
            return run
        try:
            if run.delivery:
                land(run, check)
            else:
                read(run, check, tell)
        except (Unavailable, TooMany):
            raise
        except YiwangError as error:
            fail_run(run, describe_error(error))
            raise
        return run


def _get(run_id: str) -> SnapshotRun:
    found = SnapshotRun.objects.filter(id=run_id).select_related("entity__resource").first()
    if found is None:
        raise NotFound("entities.run.missing", "There is no snapshot %(id)s", id=run_id)
    return found


def read(run: SnapshotRun, check: Check, tell: Tell) -> None:
    """Read the rows, keep them as a delivery, land it; nothing new ends it. 读取并汇聚。"""
    run.state, run.started_at, run.mark = RunState.READING, now(), mark_of(run.entity)
    run.save(update_fields=["state", "started_at", "mark"])
    if run.mark == run.entity.mark:
        end_with_nothing(run)
        return

    def watch(rows: int) -> None:
        check()
        tell(rows)

    names = [item for _, item, _ in run.entity.columns]
    staged = pool.stage_rows(names, read_blocks(run.entity), progress=watch)
    try:
        run.rows = staged.rows
        keep(run, staged)
        land(run, check, staged)
    finally:
        pool.discard(staged)


def keep(run: SnapshotRun, staged: Staged) -> None:
    """Keep the rows as the file of a delivery, and name it on the snapshot. 留存为报送。

    Fewer rows or other columns hold nothing up: both were decided in the app.
    """
    entity = run.entity

    def name_it(act: Act, delivery: Delivery) -> None:
        held = SnapshotRun.objects.select_for_update().get(id=run.id)
        if held.state not in OPEN or held.delivery:
            raise Conflict("entities.run.over", "This snapshot has ended meanwhile")
        act.note(entity=entity.code, run=run.id)
        run.delivery, run.state = delivery.id, RunState.LANDING
        run.save()

    with staged.parts[0].path.open("rb") as stream:
        connect.receive_file(
            NODE,
            stream,
            file_name=f"{entity.code}.parquet",
            owner=entity.resource.owner,
            name=entity.resource.name,
            instructions=Instructions(
                key=tuple(entity.key), waived=("shrink", "drift"), exact=True
            ),
            queue=False,
            along=name_it,
        )


def end_with_nothing(run: SnapshotRun) -> None:
    """Nothing changed since the last snapshot. 无变化。"""
    with ledger.acting(NODE, "share.entity.unchanged", on=ref_of(run.entity)) as act:
        run.state, run.finished_at = RunState.NOTHING, act.at
        run.save(update_fields=["state", "finished_at"])
        EntityResource.objects.filter(code=run.entity_id).update(
            good_at=act.at, last_state=run.state
        )


def land(run: SnapshotRun, check: Check, staged: Staged | None = None) -> None:
    """Land the kept rows; a delivery that is refused says so on the snapshot. 汇聚入池。"""
    delivery = Delivery.objects.get(id=run.delivery)
    try:
        refuse_republished(run, run.entity, delivery)
    except Conflict as error:
        fail(NODE, delivery, error)
        raise
    if staged is None:
        (delivery,) = connect.land_delivery(NODE, run.delivery, check)
    else:
        delivery = connect.land_ready(NODE, run.delivery, staged, check)
    if delivery.state in (DeliveryState.FAILED, DeliveryState.HELD):
        fail_run(run, delivery.error or {})
    run.refresh_from_db()
