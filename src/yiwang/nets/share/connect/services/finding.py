"""Finding deliveries. 查询报送。"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import NotFound
from yiwang.nets.share.connect.models import Batch, Delivery
from yiwang.nets.share.connect.types import DeliveryState

from .permissions import SEE


def visible_deliveries(actor: Actor) -> QuerySet[Delivery]:
    """Deliveries within the actor's reach. 可见报送。"""
    scope = actor.permissions.get(SEE)
    if scope == "all":
        return Delivery.objects.all()
    if scope is None:
        return Delivery.objects.none()
    return Delivery.objects.filter(owner__in=sorted(actor.organizations))


def get_delivery(actor: Actor, delivery_id: str) -> Delivery:
    """The delivery of that id, if the actor may know of it. 取报送。"""
    found = visible_deliveries(actor).filter(id=delivery_id).first()
    if found is None:
        raise NotFound("connect.delivery.missing", "There is no delivery %(id)s", id=delivery_id)
    return found


def list_of_resource(actor: Actor, resource_id: str, limit: int = 50) -> list[Delivery]:
    """The latest deliveries of a resource. 资源的报送记录。"""
    found = visible_deliveries(actor).filter(resource=resource_id)
    return list(found.order_by("-received_at", "-id")[:limit])


def get_batch(actor: Actor, batch_id: str) -> Batch:
    """A batch, if the actor may know of its deliveries. 取批次。"""
    found = Batch.objects.filter(id=batch_id).first()
    if found is None or not actor.may(SEE, organization=found.owner):
        raise NotFound("connect.batch.missing", "There is no batch %(id)s", id=batch_id)
    return found


def count_states(deliveries: QuerySet[Delivery]) -> dict[str, int]:
    """How many deliveries stand where. 各状态数量。"""
    rows = deliveries.order_by().values("state").annotate(number=Count("id"))
    found = {row["state"]: row["number"] for row in rows}
    return {state: found[state] for state in DeliveryState.values if state in found}


def list_made_from(version_ids: Iterable[str]) -> dict[str, str]:
    """Those versions that are another one written anew, with that other. 整册更正的来源版本。"""
    found = Delivery.objects.filter(pool_version__in=list(version_ids))
    made = {one.pool_version: one.instructions.get("stands_on", "") for one in found}
    return {version: base for version, base in made.items() if base}
