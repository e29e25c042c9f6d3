"""What is known of declared entities beside their tables. 业务对象元数据。

The rows of an entity lie in a table of their own (`r_<id>`), which no model describes: its columns
(`f<id>`) are given once and never renamed, so that every process reads it whichever declaration it
has in hand.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yiwang.kernel.base.ids import ID_LENGTH, new_id

APP_LENGTH, KEY_LENGTH, CODE_LENGTH = 40, 40, 81


class Epoch(models.Model):
    """One row that every publishing counts up; who reads it knows whether to read anew. 版本纪元。"""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="records_one_epoch", condition=Q(id=1))]


class BundleVersion(models.Model):
    """One published version of what an app declares; it never changes, held by triggers. 声明版本。

    `files` is the JSON text of the files as they were sent, by name: the order of keys means
    something, which a JSON column would not keep on every database.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    app = models.CharField(max_length=APP_LENGTH)
    version = models.PositiveIntegerField()
    files = models.TextField()
    digest = models.CharField(max_length=64)
    published_by = models.CharField(max_length=ID_LENGTH)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="records_bundle_version", fields=["app", "version"]),
        ]


class LiveBundle(models.Model):
    """Which version of an app's declarations holds now. 现行版本。"""

    app = models.CharField(primary_key=True, max_length=APP_LENGTH)
    version = models.ForeignKey(BundleVersion, models.PROTECT, related_name="+")
    owner = models.CharField(max_length=32)


class EntityTable(models.Model):
    """An entity and the number in the name of its table. 业务对象表。"""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    app = models.CharField(max_length=APP_LENGTH)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class FieldColumn(models.Model):
    """A field and the number in the name of its column. 字段列。

    `building` while its rows are being filled, `live` in use, `hidden` kept after the field went
    or was retyped, `erased` when its values are gone. `target` is the table that a link points to;
    `follows` the column whose values this one took over in another kind.
    """

    BUILDING, LIVE, HIDDEN, ERASED = "building", "live", "hidden", "erased"

    id = models.AutoField(primary_key=True)
    entity = models.ForeignKey(EntityTable, models.PROTECT, related_name="+")
    key = models.CharField(max_length=KEY_LENGTH)
    kind = models.CharField(max_length=12)
    decimals = models.PositiveSmallIntegerField(default=0)
    target = models.ForeignKey(EntityTable, models.PROTECT, null=True, related_name="+")
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, default=LIVE)
    created_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="records_one_live_column", fields=["entity", "key"], condition=Q(state="live")
            ),
        ]


class RecordChange(models.Model):
    """Work on the rows of an entity that goes on while everybody works: a retyped field, an index. 在线变更。

    Changes that belong to a `version` are done before it is published. `wanted` is what the
    operation needs to know; `cursor` the last row it has dealt with, `done` how many of `total`,
    `left` how many the last look still found. It goes on from here after the worker died.
    """

    RETYPE, INDEX, REFILL, RECOMPUTE, ERASE = "retype", "index", "refill", "recompute", "erase"
    WAITING, FILLING, READY, DONE = "waiting", "filling", "ready", "done"
    FAILED, CANCELLED = "failed", "cancelled"
    OPEN = (WAITING, FILLING, READY)

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    app = models.CharField(max_length=APP_LENGTH)
    version = models.ForeignKey(BundleVersion, models.PROTECT, null=True, related_name="+")
    entity = models.ForeignKey(EntityTable, models.PROTECT, related_name="+")
    operation = models.CharField(max_length=10)
    key = models.CharField(max_length=KEY_LENGTH, blank=True)
    source = models.ForeignKey(FieldColumn, models.PROTECT, null=True, related_name="+")
    target = models.ForeignKey(FieldColumn, models.PROTECT, null=True, related_name="+")
    wanted = models.JSONField(default=dict)
    phase = models.CharField(max_length=10, default=WAITING)
    cursor = models.CharField(max_length=ID_LENGTH, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    left = models.PositiveBigIntegerField(default=0)
    error = models.JSONField(default=dict)
    started_by = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(name="records_change_app", fields=["app", "phase"])]


class Draft(models.Model):
    """A form that somebody saved to go on later. 草稿。 Only its account ever sees it."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.CharField(max_length=ID_LENGTH)
    form = models.CharField(max_length=CODE_LENGTH)
    record = models.CharField(max_length=ID_LENGTH, blank=True)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(name="records_draft_account", fields=["account", "-updated_at"])]


class Submission(models.Model):
    """A key drawn by a form or a program, and what came of it: sent twice, done once. 幂等提交。"""

    id = models.BigAutoField(primary_key=True)
    account = models.CharField(max_length=ID_LENGTH)
    key = models.CharField(max_length=64)
    record = models.CharField(max_length=ID_LENGTH)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="records_submission_key", fields=["account", "key"]),
        ]


class SlotCount(models.Model):
    """How many places of one slot are taken, of one thing that is booked on one day. 时段计数。

    `thing` is the record that is booked, `since` the minute of the day at which the slot begins.
    Every change goes through one statement that carries its own condition; counters can always be
    worked out again from the records of `entity`.
    """

    id = models.BigAutoField(primary_key=True)
    entity = models.ForeignKey(EntityTable, models.PROTECT, related_name="+")
    thing = models.CharField(max_length=ID_LENGTH)
    day = models.CharField(max_length=10)
    since = models.PositiveSmallIntegerField()
    taken = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="records_slot_counter", fields=["entity", "thing", "day", "since"]
            ),
        ]


class KnownValue(models.Model):
    """What was known of a field when its record was filled in: agreed with, or put right. 已知与更正。

    The value itself stays in its source, at `revision`, and here in the record: a correction stands
    beside the source and never overwrites it.
    """

    id = models.BigAutoField(primary_key=True)
    entity = models.CharField(max_length=CODE_LENGTH)
    record = models.CharField(max_length=ID_LENGTH)
    key = models.CharField(max_length=KEY_LENGTH)
    source = models.CharField(max_length=CODE_LENGTH)
    source_record = models.CharField(max_length=ID_LENGTH)
    source_key = models.CharField(max_length=KEY_LENGTH)
    revision = models.PositiveIntegerField()
    is_corrected = models.BooleanField()
    by = models.CharField(max_length=ID_LENGTH)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="records_known_value", fields=["record", "key"]),
        ]
        indexes = [
            models.Index(
                name="records_correction", fields=["source", "-at"], condition=Q(is_corrected=True)
            ),
        ]
