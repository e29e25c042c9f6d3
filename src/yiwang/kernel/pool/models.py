"""Tables of rows, their versions and the files these stand in. 数据池。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class Table(models.Model):
    """A register under one name, version after version. 数据表。

    The pool knows a table's rows, never its meaning: owner, elements and sharing belong to the
    catalogue.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    name = models.CharField(max_length=400)
    act_id = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()


class VersionState(models.TextChoices):
    """Whether a version counts. 版本状态。"""

    LIVE = "live", "Live"
    WITHDRAWN = "withdrawn", "Withdrawn"
    PURGED = "purged", "Purged"


class Version(models.Model):
    """One state of a table, the manifest of its files. 数据版本。

    A version never changes its rows. A full one stands alone; append, upsert and delete stand on
    their `parent`. Withdrawn ones are kept but not built on; of a purged one only this row stays,
    with the digest of what was there.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    table = models.ForeignKey(Table, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.LIVE)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    columns = models.JSONField()
    key = models.JSONField(default=list)
    rows = models.BigIntegerField()
    delivered = models.BigIntegerField()
    next_row = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    act_id = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Of two commits on one parent exactly one gets the next number.
            models.UniqueConstraint(fields=["table", "number"], name="pool_version_number"),
            models.CheckConstraint(
                condition=models.Q(kind="full") | models.Q(parent__isnull=False),
                name="pool_version_parent",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["full", "append", "upsert", "delete"]),
                name="pool_version_kind",
            ),
        ]


class Part(models.Model):
    """One Parquet file of a version. 数据分片。

    `kind` says how it is read: `base` rows, `delta` rows that replace those of equal key,
    `delete` keys that go, `compact` the whole state written anew. `first_row` is the row number
    before its first row; `path` is relative to the pool's folder.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    path = models.CharField(max_length=200, unique=True)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    rows = models.BigIntegerField()
    first_row = models.BigIntegerField()
    smallest_key = models.CharField(max_length=200, blank=True)
    largest_key = models.CharField(max_length=200, blank=True)
    present = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["base", "delta", "delete", "compact"]),
                name="pool_part_kind",
            ),
        ]


class Profile(models.Model):
    """What the columns of a version look like. 数据概况。

    `scope` is `delivery` for what was brought, `version` for the whole state; they are one for a
    full delivery.
    """

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=10)
    columns = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "scope"], name="pool_profile_scope"),
        ]
