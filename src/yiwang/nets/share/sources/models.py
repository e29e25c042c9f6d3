"""Sources that are read again and again, and what each reading came to. 数据源。"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import OPEN, Cycle, Mode, RunState


class Source(models.Model):
    """A database or a folder of a department. 数据源。

    `secret` holds passwords and keys, encrypted under `secret_key`; nothing shows them again.
    `keeper` is the account whose rights each reading has.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    owner = models.CharField(max_length=40, db_index=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    settings = models.JSONField(default=dict)
    secret = models.BinaryField(default=bytes)
    secret_key = models.CharField(max_length=ID_LENGTH)
    keeper = models.CharField(max_length=ID_LENGTH)
    paused = models.BooleanField(default=False)
    answered = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=Q(removed_at__isnull=True),
                name="source_name_of_owner",
            )
        ]


class SourceTable(models.Model):
    """What is read of a source: a table, or files of a pattern, and when. 读取表。

    `columns` are name and confirmed element, in order. `since` is the watermark up to which rows
    have landed; it moves in the transaction that commits their version, never else.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    name = models.CharField(max_length=400)
    resource_name = models.CharField(max_length=200)
    columns = models.JSONField(default=list)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.FULL)
    key = models.JSONField(default=list)
    watermark = models.CharField(max_length=200, blank=True)
    overlap = models.PositiveIntegerField(default=0)
    since = models.CharField(max_length=200, blank=True)
    cycle = models.CharField(max_length=8, choices=Cycle, default=Cycle.MANUAL)
    at = models.TimeField(null=True)
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    rows_per_second = models.PositiveIntegerField(default=0)
    most_rows = models.PositiveBigIntegerField(default=0)
    most_bytes = models.PositiveBigIntegerField(default=0)
    paused = models.BooleanField(default=False)
    next_at = models.DateTimeField(null=True, db_index=True)
    good_at = models.DateTimeField(null=True)
    last_state = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)


class Run(models.Model):
    """One reading of a table. 读取记录。

    `since` and `upper` are the watermarks it read between, `delivery` what its rows came with.
    At most one of a table is open at a time.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    table = models.ForeignKey(SourceTable, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    asked_by = models.CharField(max_length=ID_LENGTH)
    planned = models.BooleanField(default=False)
    job = models.CharField(max_length=ID_LENGTH, blank=True)
    since = models.CharField(max_length=200, blank=True)
    upper = models.CharField(max_length=200, blank=True)
    rows = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    expected = models.PositiveBigIntegerField(null=True)
    delivery = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    version = models.PositiveIntegerField(null=True)
    error = models.JSONField(null=True)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["table"], condition=Q(state__in=OPEN), name="run_open_once"
            )
        ]
        indexes = [models.Index(fields=["table", "-created_at"], name="run_newest")]


class SeenFile(models.Model):
    """A file of a watched folder that has been taken in, or is being. 已取文件。

    One row per name and digest: the same bytes under the same name land once.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    table = models.ForeignKey(SourceTable, models.PROTECT, related_name="+")
    name = models.CharField(max_length=400)
    size = models.PositiveBigIntegerField()
    modified_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    delivery = models.CharField(max_length=ID_LENGTH, db_index=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "name", "sha256"], name="seen_file_once")
        ]
