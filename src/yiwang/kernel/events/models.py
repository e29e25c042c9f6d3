"""Events and their deliveries. 事件与投递。"""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class EventRow(models.Model):
    """Something that happened, written in the transaction in which it happened. 事件记录。"""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    type = models.CharField(max_length=100)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=64)
    act_id = models.CharField(max_length=ID_LENGTH)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["type", "at", "id"], name="events_event_type"),
            models.Index(fields=["at", "id"], name="events_event_at"),
        ]


class EventDelivery(models.Model):
    """One event for one subscriber, and whether it has arrived. 事件投递。

    `job_id` names the job that carries it; retries, dead letters and replay are the job's.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    event = models.ForeignKey(EventRow, on_delete=models.CASCADE, related_name="+")
    subscriber = models.CharField(max_length=100)
    job_id = models.CharField(max_length=ID_LENGTH)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["event", "subscriber"], name="events_delivery_once_per_subscriber"
            ),
        ]
