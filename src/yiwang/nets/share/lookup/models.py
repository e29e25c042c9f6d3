"""Names by which programs know columns, and rows kept by their key. 列短名与键值投影。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH
from yiwang.nets.share.catalog.models import Resource

LONGEST = 64


class ShortName(models.Model):
    """The ASCII name of a column of a resource, given once and kept for good. 列短名。

    Programs are written against it, so it stays when the column gets another element.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    column = models.CharField(max_length=300)
    name = models.CharField(max_length=LONGEST)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "column"], name="short_name_of_column"),
            models.UniqueConstraint(fields=["resource", "name"], name="short_name_once"),
        ]


class Projection(models.Model):
    """Rows of one version of a resource by their key, in a table of their own. 键值投影。

    The table is `lookup_p<id>`: `k` a digest of the key, `r` the number of the row, `v` the cells
    of `columns` as JSON. It is used from `ready_at` on and dropped a while after `ended_at`.
    `vendor` is the database that it was made in: a node that moved makes it anew.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    pool_version = models.CharField(max_length=ID_LENGTH)
    key = models.JSONField()
    columns = models.JSONField()
    rows = models.PositiveBigIntegerField(default=0)
    vendor = models.CharField(max_length=20)
    created_at = models.DateTimeField(default=now)
    ready_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["resource", "pool_version"], name="projection_of_version")]

    @property
    def table(self) -> str:
        """The table that holds it; of its own number, never of a name that was sent. 表名。"""
        return f"lookup_p{self.pk:d}"
