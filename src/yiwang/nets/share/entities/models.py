"""Which resource an entity is, and what its snapshots came to. 业务对象资源。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH, new_id
from yiwang.nets.share.sources.types import OPEN, Cycle, RunState

CODE_LENGTH = 81


class EntityResource(models.Model):
    """The tie between an entity and its resource. 业务对象资源。

    `columns` are key, item and physical column of each field, in order, the record's id first.
    `mark` says what the newest version was laid down from: the newest change and the columns.
    """

    code = models.CharField(primary_key=True, max_length=CODE_LENGTH)
    app = models.CharField(max_length=CODE_LENGTH)
    resource = models.OneToOneField("catalog.Resource", models.PROTECT, related_name="+")
    title = models.JSONField(default=dict)
    app_title = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    key = models.JSONField(default=list)
    declared = models.PositiveIntegerField(default=0)
    cycle = models.CharField(max_length=8, choices=Cycle, default=Cycle.DAILY)
    mark = models.CharField(max_length=200, blank=True)
    next_at = models.DateTimeField(null=True, db_index=True)
    good_at = models.DateTimeField(null=True)
    laid_at = models.DateTimeField(null=True)
    rows = models.PositiveBigIntegerField(null=True)
    last_state = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=now)
    retired_at = models.DateTimeField(null=True)

    @property
    def owner(self) -> str:
        """The owner of its resource, where that is loaded. 提供方。"""
        return self.resource.owner


class SnapshotRun(models.Model):
    """One laying-down of an entity's rows as a version. 快照执行。

    `mark` is what the rows were read from, `delivery` what they came with. At most one of an
    entity is open at a time.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    entity = models.ForeignKey(EntityResource, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    asked_by = models.CharField(max_length=ID_LENGTH)
    planned = models.BooleanField(default=False)
    job = models.CharField(max_length=ID_LENGTH, blank=True)
    mark = models.CharField(max_length=200, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    delivery = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    version = models.PositiveIntegerField(null=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity"], condition=Q(state__in=OPEN), name="snapshot_open_once"
            )
        ]
        indexes = [models.Index(fields=["entity", "-created_at"], name="snapshot_newest")]
