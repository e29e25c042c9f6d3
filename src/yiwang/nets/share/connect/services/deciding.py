"""What a person decides about a held or refused delivery. 处置报送。"""

from __future__ import annotations

from dataclasses import replace

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.types import Dependent
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import DeliveryState, Instructions

from .finding import get_delivery
from .holding import SEEN
from .permissions import LAND
from .receiving import check_instructions, queue_landing, ref_of


def list_affected(delivery: Delivery) -> list[Dependent]:
    """Who uses columns that go when a held delivery lands anyway. 受影响方。"""
    missing = ((delivery.error or {}).get("extra") or {}).get("missing") or []
    known = catalog.find_of_owner(delivery.owner, delivery.resource_name)
    if delivery.state != DeliveryState.HELD or known is None:
        return []
    return catalog.list_dependents(known.id, missing)


def land_anyway(actor: Actor, delivery_id: str, *, reason: str, seen: str = "") -> Delivery:
    """Land a held delivery after a person has looked. 确认汇聚。

    Holders of `share.delivery.land` for the owner; the reason goes into the ledger. `seen` is the
    sign of the list of those who use columns that go; without it, or where it is another list now,
    the delivery is held once more with the list.
    """
    delivery = get_delivery(actor, delivery_id)
    error = delivery.error or {}
    if delivery.state != DeliveryState.HELD:
        raise Conflict("connect.decide.not_held", "This delivery is not held")
    waived = [str(error.get("code", "")).removeprefix("connect.held.")]
    if seen := seen or str(error.get("extra", {}).get("seen", "")):
        waived.append(SEEN + seen)
    told = Instructions.from_json(delivery.instructions)
    told = replace(told, waived=(*told.waived, *waived))
    return land_again(actor, delivery_id, instructions=told, reason=reason)


def land_again(
    actor: Actor, delivery_id: str, *, instructions: Instructions, reason: str = ""
) -> Delivery:
    """Land a held or refused delivery with other instructions. 重新汇聚。"""
    delivery = get_delivery(actor, delivery_id)
    actor.require(LAND, organization=delivery.owner)
    if delivery.state not in (DeliveryState.HELD, DeliveryState.FAILED):
        raise Conflict(
            "connect.decide.state", "Only a held or refused delivery can be landed again"
        )
    check_instructions(instructions, delivery.owner, delivery.resource_name)
    with ledger.acting(actor, "share.delivery.retry", on=ref_of(delivery), reason=reason) as act:
        delivery.instructions, delivery.kind = instructions.as_json(), instructions.kind
        delivery.save(update_fields=["instructions", "kind"])
        queue_landing(act, delivery)
    return delivery
