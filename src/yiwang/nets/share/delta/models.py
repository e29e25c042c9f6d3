"""What a grant gives, as files that leave whole. 授权副本。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH, new_id
from yiwang.nets.share.exchange.models import Grant


class Copy(models.Model):
    """What a grant gave of one version of its resource: a Parquet file. 授权副本。

    `number` counts from 0 within the grant and is the table's version for programs. `shape` says
    which columns, rows and masks it has: copies of an earlier shape are never handed out again.
    `changes` is how many rows went or came since the copy before of the same shape, -1 where there
    was none. Removed ones keep their row; the file is gone.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    terms = models.PositiveIntegerField()
    pool_version = models.CharField(max_length=ID_LENGTH)
    shape = models.CharField(max_length=64)
    columns = models.JSONField()
    rows = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    changes = models.BigIntegerField(default=-1)
    changes_size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "number"], name="copy_of_grant")]
