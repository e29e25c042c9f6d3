"""Finding entities in the catalogue and their snapshots. 查询业务对象资源。"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.entities.models import EntityResource, SnapshotRun
from yiwang.nets.share.entities.types import ColumnFrom
from yiwang.nets.share.sources import services as sources
from yiwang.nets.share.sources.types import Cycle

from .permissions import LAY, SEE


def visible_entities(actor: Actor) -> QuerySet[EntityResource]:
    """Entities whose resource the actor may know of. 可见业务对象资源。"""
    if not actor.may(SEE):
        return EntityResource.objects.none()
    rows = EntityResource.objects.filter(resource__in=catalog.visible_resources(actor))
    return rows.select_related("resource")


def entities_to_keep(actor: Actor) -> QuerySet[EntityResource]:
    """Entities in use whose snapshots the actor may ask for. 可管理业务对象资源。"""
    rows = visible_entities(actor).filter(retired_at=None)
    scope = actor.permissions.get(LAY)
    if scope == "all":
        return rows
    reach = sorted(actor.organizations) if scope else []
    return rows.filter(resource__owner__in=reach)


def visible_runs(actor: Actor) -> QuerySet[SnapshotRun]:
    """Snapshots of them. 可见快照。"""
    rows = SnapshotRun.objects.filter(entity__in=visible_entities(actor))
    return rows.select_related("entity__resource")


def get_entity(actor: Actor, text: str) -> EntityResource:
    """The entity of that code, or of the resource of that id or code. 取业务对象资源。"""
    found = (
        visible_entities(actor)
        .filter(Q(code=text) | Q(resource=text) | Q(resource__code=text))
        .first()
    )
    if found is None:
        raise NotFound(
            "entities.entity.missing", "No entity %(what)s is in the catalogue", what=text[:200]
        )
    return found


def find_of_resource(actor: Actor, resource_id: str) -> EntityResource | None:
    """The entity that keeps the rows of a resource, or None. 按资源查业务对象。"""
    return visible_entities(actor).filter(resource=resource_id).first()


def get_run(actor: Actor, run_id: str) -> SnapshotRun:
    """One snapshot. 取快照。"""
    found = visible_runs(actor).filter(id=run_id).first()
    if found is None:
        raise NotFound("entities.run.missing", "There is no snapshot %(id)s", id=run_id[:60])
    return found


def list_columns(entity: EntityResource) -> list[ColumnFrom]:
    """Which field each item of the resource comes from. 字段血缘。"""
    return [ColumnFrom(*one) for one in entity.columns]


def is_late(entity: EntityResource) -> bool:
    """Whether the last good snapshot is older than the schedule promises. 是否迟到。"""
    if entity.retired_at:
        return False
    return sources.is_overdue(entity.cycle, entity.good_at or entity.created_at, now())


def list_late(rows: QuerySet[EntityResource]) -> list[str]:
    """Codes of those that are late. 迟到清单。"""
    planned = rows.filter(retired_at=None).exclude(cycle=Cycle.MANUAL).order_by("code")
    return [one.code for one in planned if is_late(one)]
