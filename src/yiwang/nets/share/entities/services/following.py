"""What the delivery of a snapshot comes to, the snapshot comes to as well. 与报送联动。

Called in the delivery's own transaction: what the newest version was laid down from is known
exactly when that version appears, and forgotten exactly when it is taken back.
"""

from __future__ import annotations

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.errors import Conflict
from yiwang.nets.share.connect.services import Delivery
from yiwang.nets.share.connect.types import Turn
from yiwang.nets.share.entities.models import EntityResource, SnapshotRun
from yiwang.nets.share.sources.types import RunState

from .rows import is_of_today


def follow_delivery(act: Act, delivery_id: str, turn: Turn) -> None:
    """Move the snapshot of a delivery, and its entity, along. 联动。"""
    run = SnapshotRun.objects.select_for_update().filter(delivery=delivery_id).first()
    if run is None:
        return
    entity = (
        EntityResource.objects.select_for_update(of=("self",))
        .select_related("resource")
        .get(code=run.entity_id)
    )
    if turn == "landed":
        _land(act, run, entity)
    else:
        _take_back(run, entity)


def _land(act: Act, run: SnapshotRun, entity: EntityResource) -> None:
    delivery = Delivery.objects.get(id=run.delivery)
    refuse_republished(run, entity, delivery)
    _refuse_overtaken(run)
    run.state, run.finished_at, run.error = RunState.DONE, act.at, None
    run.rows, run.version = delivery.rows, delivery.version
    run.save()
    entity.good_at, entity.last_state, entity.mark = act.at, run.state, run.mark
    entity.laid_at, entity.rows = act.at, delivery.rows
    entity.save(update_fields=["good_at", "last_state", "mark", "laid_at", "rows"])


def refuse_republished(run: SnapshotRun, entity: EntityResource, delivery: Delivery) -> None:
    """Rows that were kept under other labels or another name do not land under the new. 防新旧混用。"""
    resource = entity.resource
    same = (delivery.owner, delivery.resource_name) == (resource.owner, resource.name)
    if not (same and is_of_today(entity, run.mark)):
        raise Conflict(
            "entities.run.republished",
            "%(entity)s was published anew since these rows were kept; ask for another snapshot",
            entity=entity.code,
        )


def _refuse_overtaken(run: SnapshotRun) -> None:
    """Rows of long ago do not replace newer ones, whoever lands them again. 防旧快照覆盖。"""
    done = SnapshotRun.objects.filter(entity=run.entity_id, state=RunState.DONE)
    if done.filter(created_at__gt=run.created_at).exists():
        raise Conflict(
            "entities.run.overtaken",
            "A newer snapshot of %(entity)s has landed; ask for another one",
            entity=run.entity_id,
        )


def _take_back(run: SnapshotRun, entity: EntityResource) -> None:
    """The next snapshot lays down again what is taken back, changed or not: so it mends itself."""
    if run.state == RunState.TAKEN_BACK:
        return
    run.state = RunState.TAKEN_BACK
    run.save(update_fields=["state"])
    before = SnapshotRun.objects.filter(entity=entity, state=RunState.DONE)
    newest = before.order_by("-created_at").first()
    entity.mark, entity.last_state = "", run.state
    entity.laid_at, entity.rows = (newest.finished_at, newest.rows) if newest else (None, None)
    entity.save(update_fields=["mark", "last_state", "laid_at", "rows"])
