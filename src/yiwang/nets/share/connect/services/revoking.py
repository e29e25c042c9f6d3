"""Taking back: withdraw a wrong delivery, purge one that should never have come. 撤回与清除。"""

from __future__ import annotations

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.events import services as events
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import DeliveryState, follow

from .finding import get_delivery
from .permissions import PURGE, WITHDRAW
from .receiving import ref_of


def withdraw_delivery(actor: Actor, delivery_id: str, *, reason: str) -> Delivery:
    """Undo a wrong delivery: the resource stands as if it had not come; the bytes stay. 撤回报送。

    Holders of `share.delivery.withdraw` for the owner. Raises Conflict where later deliveries
    build on it, naming what to withdraw first.
    """
    delivery = get_delivery(actor, delivery_id)
    actor.require(WITHDRAW, organization=delivery.owner)
    _need_reason(reason)
    if delivery.state not in (DeliveryState.LANDED, DeliveryState.HELD, DeliveryState.FAILED):
        raise Conflict(
            "connect.withdraw.state",
            "A delivery that is %(state)s cannot be withdrawn",
            state=delivery.state,
        )
    with ledger.acting(actor, "share.delivery.withdraw", on=ref_of(delivery), reason=reason) as act:
        if delivery.state == DeliveryState.LANDED:
            pool.withdraw(act, delivery.pool_version)
        delivery.state, delivery.reason = DeliveryState.WITHDRAWN, reason
        delivery.save(update_fields=["state", "reason"])
        follow(act, delivery.id, "withdrawn")
        _announce(act, "share.delivery.withdrawn", delivery)
    return delivery


def purge_delivery(actor: Actor, delivery_id: str, *, reason: str) -> list[Delivery]:
    """Destroy what should never have come: bytes, rows, listed differences. 清除报送。

    Holders of `share.delivery.purge`. All tables of the same file go together. The digest, the
    name and the reason stay on record; nothing else does.
    """
    delivery = get_delivery(actor, delivery_id)
    actor.require(PURGE, organization=delivery.owner)
    _need_reason(reason)
    together = list(Delivery.objects.filter(file=delivery.file).order_by("-version"))
    if delivery.state == DeliveryState.PURGED:
        raise Conflict("connect.purge.done", "It has been purged already")
    with ledger.acting(actor, "share.delivery.purge", on=ref_of(delivery), reason=reason) as act:
        for one in together:
            _purge_one(act, one, reason)
        files.destroy_key(act, delivery.file_key)
        act.note(sha256=delivery.sha256, tables=len(together))
    return together


def _purge_one(act: Act, delivery: Delivery, reason: str) -> None:
    if delivery.pool_version:
        pool.purge(act, delivery.pool_version)
    if delivery.listed:
        pool.purge(act, delivery.listed)
    delivery.state, delivery.reason = DeliveryState.PURGED, reason
    delivery.listed, delivery.reading, delivery.error = "", {}, None
    delivery.save(update_fields=["state", "reason", "listed", "reading", "error"])
    follow(act, delivery.id, "purged")
    _announce(act, "share.delivery.purged", delivery)


def _announce(act: Act, name: str, delivery: Delivery) -> None:
    facts = {
        "delivery": delivery.id,
        "resource": delivery.resource,
        "pool_version": delivery.pool_version or "",
    }
    events.announce(act, name, facts)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("connect.reason.missing", "Give a reason")
