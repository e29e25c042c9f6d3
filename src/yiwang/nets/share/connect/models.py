"""What departments sent, and what became of it. 报送记录。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import DeliveryKind, DeliveryState


class Batch(models.Model):
    """Files sent together. 批次。"""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    sender = models.CharField(max_length=ID_LENGTH)
    owner = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=now)


class Delivery(models.Model):
    """One table of one file that a department sent. 报送。

    The bytes stay in the file store under `file`; several tables of one file share it. `version` is
    the number it became, `differences` counts by kind, `listed` the pool version that lists them
    cell by cell. `tables` says on the first how many tables the file holds. `preview` names the
    stored picture of its first rows and says whether it can land as proposed.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="deliveries")
    owner = models.CharField(max_length=40)
    resource = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    resource_name = models.CharField(max_length=200)
    sender = models.CharField(max_length=ID_LENGTH)
    received_at = models.DateTimeField(default=now)
    landed_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=8, choices=DeliveryKind, default=DeliveryKind.FULL)
    state = models.CharField(
        max_length=10, choices=DeliveryState, default=DeliveryState.RECEIVED, db_index=True
    )
    file = models.CharField(max_length=ID_LENGTH)
    file_key = models.CharField(max_length=ID_LENGTH)
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    member = models.CharField(max_length=500, blank=True)
    tables = models.PositiveIntegerField(default=1)
    instructions = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    rows = models.PositiveBigIntegerField(default=0)
    differences = models.JSONField(default=dict)
    listed = models.CharField(max_length=ID_LENGTH, blank=True)
    version = models.PositiveIntegerField(null=True)
    pool_version = models.CharField(max_length=ID_LENGTH, blank=True)
    job = models.CharField(max_length=ID_LENGTH, blank=True)
    error = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["-received_at", "-id"], name="delivery_newest")]


class Mapping(models.Model):
    """How the deliveries of a resource are read, one version of it. 报送映射。

    `told` are instructions without what belongs to one delivery; empty means that a person reset
    it. Only new versions follow, so that each says who chose what, when and from which delivery.
    `ending` is what the file called itself; sheet, header and encoding hold for such files only.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    resource = models.CharField(max_length=ID_LENGTH)
    number = models.PositiveIntegerField()
    told = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    ending = models.CharField(max_length=60, blank=True)
    delivery = models.CharField(max_length=ID_LENGTH, blank=True)
    set_by = models.CharField(max_length=ID_LENGTH)
    set_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="mapping_number_once")
        ]
