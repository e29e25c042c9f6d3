"""Carrying an event to a subscriber. 投递事件。"""

from __future__ import annotations

from django.db import transaction

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.events.models import EventDelivery
from yiwang.kernel.events.types import SUBSCRIBERS, Event


def deliver(delivery_id: str) -> None:
    """Hand the event to its subscriber unless that has been done. 投递一次。

    The row is locked and marked in the transaction in which the subscriber works. A subscriber that
    is no longer installed is an error that stays visible until it is back or the job is cancelled.
    """
    with transaction.atomic():
        delivery = (
            EventDelivery.objects.select_for_update(of=("self",))
            .select_related("event")
            .get(pk=delivery_id)
        )
        if delivery.delivered_at:
            return
        subscriber = SUBSCRIBERS.find(delivery.subscriber)
        if subscriber is None:
            raise NotFound(
                "events.subscriber.missing",
                "No subscriber %(name)s is installed",
                name=delivery.subscriber,
            )
        row = delivery.event
        subscriber.handler(Event(row.id, row.type, row.at, row.actor_id, row.act_id, row.payload))
        delivery.delivered_at = now()
        delivery.save(update_fields=["delivered_at"])
