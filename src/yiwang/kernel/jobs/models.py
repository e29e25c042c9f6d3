"""Background work as rows. 后台任务。"""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from yiwang.kernel.base.act import Ref
from yiwang.kernel.base.ids import ID_LENGTH, new_id


class State(models.TextChoices):
    """Where a job stands. 任务状态。

    `failed`: it said why and trying again would not help. `dead`: its attempts are used up.
    """

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Job(models.Model):
    """One piece of work, who asked for it and how it goes. 任务。

    A worker that claims it holds a lease, which it renews while it works; a job whose lease has run
    out is taken to have lost its worker. `worker` and `attempts` together fence off a worker that
    comes back late.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    kind = models.CharField(max_length=100)
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    priority = models.PositiveSmallIntegerField(default=1)
    unique_key = models.CharField(max_length=200, blank=True)
    run_again = models.BooleanField(default=False)

    actor_id = models.CharField(max_length=64)
    act_id = models.CharField(max_length=ID_LENGTH, blank=True)
    on_type = models.CharField(max_length=64, blank=True)
    on_id = models.CharField(max_length=200, blank=True)
    on_label = models.CharField(max_length=200, blank=True)

    created_at = models.DateTimeField()
    run_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField()
    lease_seconds = models.PositiveIntegerField()
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    worker = models.CharField(max_length=64, blank=True)
    cancel_requested = models.BooleanField(default=False)

    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True)
    progress_message = models.CharField(max_length=200, blank=True)

    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error_code = models.CharField(max_length=100, blank=True)
    error_message = models.TextField(blank=True)
    error_extra = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "priority", "run_at", "id"], name="jobs_job_claim"),
            models.Index(fields=["state", "lease_until"], name="jobs_job_lease"),
            models.Index(fields=["actor_id", "id"], name="jobs_job_actor"),
            models.Index(fields=["on_type", "on_id", "id"], name="jobs_job_on"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(unique_key=""),
                name="jobs_job_unique_key",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="jobs_job_state"
            ),
        ]

    @property
    def on(self) -> Ref | None:
        """What the work is about. 任务对象。"""
        return Ref(self.on_type, self.on_id, self.on_label) if self.on_type else None

    @property
    def live(self) -> bool:
        """Whether it may still change by itself. 是否进行中。"""
        return self.state in (State.QUEUED, State.RUNNING)

    def to_json(self) -> dict[str, Any]:
        """How it stands, without business arguments. 状态摘要。"""
        return {
            "id": self.id,
            "kind": self.kind,
            "state": self.state,
            "attempts": self.attempts,
            "done": self.progress_done,
            "total": self.progress_total,
            "message": self.progress_message,
            "error_code": self.error_code,
        }


class ScheduleRow(models.Model):
    """When a recurring kind of work is due next; whoever moves it on owns that run. 计划记录。"""

    kind = models.CharField(primary_key=True, max_length=100)
    next_run_at = models.DateTimeField()
