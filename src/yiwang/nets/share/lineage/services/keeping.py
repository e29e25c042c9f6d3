"""Keeping lineage in step with the modules below, thing by thing, or all of it anew. 血缘维护。"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import F

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.compare.services import Comparison
from yiwang.nets.share.exchange.services import Grant
from yiwang.nets.share.lineage.models import Edge
from yiwang.nets.share.lineage.types import Flow, Link

from . import naming
from .collecting import (
    ENDED,
    describe_landing,
    flow_of_comparison,
    flow_of_grant,
    flow_of_landing,
    list_landed,
)
from .handing import sweep_handed
from .permissions import REBUILD
from .recording import hold_job, record_job, write_edges
from .telling import tell_flow

Tell = Callable[[str], None]
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def keep_resource(resource_id: str) -> Flow | None:
    """Bring to what is now where the columns of a resource come from. 更新资源血缘。"""
    resource = Resource.objects.filter(id=resource_id).first()
    if resource is None:
        return None
    return record_job(naming.land_job(resource), lambda: flow_of_landing(resource))


def keep_grant(grant_id: str) -> Flow | None:
    """Bring to what is now what a grant allows. 更新授权血缘。"""
    found = Grant.objects.select_related("request").filter(id=grant_id).first()
    if found is None:
        return None
    job = naming.name_job("grant", found.request.number)
    return record_job(job, lambda: flow_of_grant(_load_grant(grant_id)))


def keep_grants_of(resource_id: str) -> int:
    """The grants of a resource, whose masks may be others now. 更新资源的授权血缘。"""
    live = Grant.objects.filter(resource=resource_id, revoked_at=None).order_by("id")
    found = list(live.values_list("id", flat=True))
    for grant_id in found:
        keep_grant(grant_id)
    return len(found)


def keep_comparison(comparison_id: str) -> Flow | None:
    """Bring to what is now which columns a comparison reads. 更新比对血缘。"""
    job = naming.name_job("compare", comparison_id)
    return record_job(job, lambda: flow_of_comparison(comparison_id))


def _load_grant(grant_id: str) -> Grant:
    return Grant.objects.select_related("resource", "request").get(id=grant_id)


def follow_resource(resource_id: str) -> None:
    """The same after something has landed or was taken back, told to those outside too. 汇聚后更新。"""
    flow = keep_resource(resource_id)
    if flow:
        tell_flow(flow, f"land/{flow.run}")


def follow_grant(grant_id: str) -> None:
    """The same after a grant was made, narrowed or revoked. 授权后更新。"""
    flow = keep_grant(grant_id)
    if flow and not flow.run.endswith(ENDED):
        tell_flow(flow, f"grant/{flow.run}", grant=grant_id)


def follow_comparison(comparison_id: str) -> None:
    """The same after a comparison is done. 比对后更新。"""
    tell_flow(keep_comparison(comparison_id), f"compare/{comparison_id}")


def rebuild(actor: Actor, *, tell: Tell = lambda _what: None) -> dict[str, int]:
    """Make the lineage of this node anew from what its modules hold. 重建血缘。

    Holders of `share.lineage.rebuild`. Done twice it changes nothing; what was told from outside
    stays. Gives how many resources, grants and comparisons were read, and how many edges hold.
    """
    actor.require(REBUILD)
    resources = Resource.objects.exclude(table="").order_by("id")
    found = {
        "resources": sum(_redo_resource(one, tell) for one in resources),
        "grants": sum(_redo_grant(one, tell) for one in _ids(Grant)),
        "comparisons": sum(keep_comparison(one) is not None for one in _ids(Comparison)),
        "uses": sweep_handed(since=BEGINNING, tell=False),
        "edges": Edge.objects.filter(ended_at=None).count(),
    }
    with ledger.acting(actor, "share.lineage.rebuild", on=Ref("share.lineage", "", "")) as act:
        act.note(**found)
    return found


def _ids(model: type[Grant] | type[Comparison]) -> list[str]:
    return list(model.objects.order_by("id").values_list("id", flat=True))


def _redo_resource(resource: Resource, tell: Tell) -> int:
    """Every landing of a resource in order, so that what was first seen when is known again."""
    tell(resource.name)
    landed = list_landed([resource.id]).order_by(F("landed_at").asc(nulls_first=True), "id")
    with transaction.atomic():
        job = hold_job(naming.land_job(resource), owner=resource.owner)
        first: dict[tuple[Link, ...], datetime] = {}
        for delivery in landed.iterator(chunk_size=200):
            flow = describe_landing(resource, delivery)
            if flow.links not in first:
                first[flow.links] = flow.at
                write_edges(job, flow)
    keep_resource(resource.id)
    return 1


def _redo_grant(grant_id: str, tell: Tell) -> int:
    tell(grant_id)
    keep_grant(grant_id)
    return 1
