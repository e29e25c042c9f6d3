"""Saying what happened, and wanting to hear of it. 发布与订阅。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.events.models import EventDelivery, EventRow
from yiwang.kernel.events.types import SUBSCRIBERS, Handler, Subscriber, When
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.query.rows import rows_of, run_together

DELIVER = "events.deliver"


def announce(act: Act, event_type: str, payload: Mapping[str, Any]) -> str:
    """Say that something happened, in the transaction of the act; gives the event's id. 发布事件。

    One delivery per subscriber is written at once (fan-out on write), so an event and its
    deliveries exist exactly when the act does. `payload` is JSON: ids and short facts, never
    personal data.
    """
    event_id, told = new_id(), dict(payload)
    row = {
        "id": event_id,
        "type": event_type,
        "at": act.at,
        "actor_id": act.actor.id,
        "act_id": act.id,
        "payload": told,
    }
    run_together(rows_of(EventRow).inserting_values([row]))
    for subscriber in SUBSCRIBERS.values():
        if subscriber.wants(event_type, told):
            _address(act, event_id, event_type, subscriber)
    return event_id


def _address(act: Act, event_id: str, event_type: str, subscriber: Subscriber) -> None:
    delivery = EventDelivery(event_id=event_id, subscriber=subscriber.name)
    job = jobs.enqueue(
        act,
        DELIVER,
        {"delivery_id": delivery.id},
        on=Ref("events.event", event_id, f"{event_type} → {subscriber.name}"),
    )
    delivery.job_id = job.id
    delivery.save(force_insert=True)


def subscribe(pattern: str, *, name: str, when: When | None = None) -> Callable[[Handler], Handler]:
    """Declare a function as subscriber of events whose type fits `pattern` (`share.*`). 订阅事件。

    It runs in the worker after the act's commit, at least once, inside a transaction that also
    marks the delivery: what it changes in the database happens exactly once; what it does outside
    must bear repetition. Keep it short and enqueue a job for long work. The name is stable: it
    stands in the deliveries. `when` looks at the payload as the event is announced, in the act's
    transaction, so it asks no database: what nobody wants then leaves no delivery.
    """

    def declare(handler: Handler) -> Handler:
        SUBSCRIBERS.register(name, Subscriber(name, pattern, handler, when))
        return handler

    return declare
