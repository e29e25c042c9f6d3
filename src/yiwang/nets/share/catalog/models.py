"""Catalogue entries, their items and their codes. 资源目录、信息项与编码。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import CatalogueClass, DataFormat, OpenType, SharingType, Stage, UpdateCycle


class CodeSequence(models.Model):
    """The next free number under a code prefix. 编码序列。"""

    prefix = models.CharField(primary_key=True, max_length=40)
    last = models.PositiveIntegerField(default=0)


class Resource(models.Model):
    """One catalogue entry with an owner department. 数据资源。

    Fields follow 政务信息资源目录编制指南(试行). `table` names the pool table behind it, empty
    until something has landed; `grade` is the highest grade of its items.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    owner = models.CharField(max_length=40, db_index=True)
    catalogue_class = models.CharField(
        max_length=1, choices=CatalogueClass, default=CatalogueClass.DEPARTMENT
    )
    abstract = models.TextField(blank=True)
    data_format = models.CharField(
        max_length=12, choices=DataFormat, default=DataFormat.SPREADSHEET
    )
    sharing_type = models.CharField(max_length=14, choices=SharingType, blank=True)
    sharing_basis = models.TextField(blank=True)
    open_type = models.CharField(max_length=12, choices=OpenType, blank=True)
    update_cycle = models.CharField(max_length=12, choices=UpdateCycle, blank=True)
    publish_date = models.DateField(null=True, blank=True)
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.SOURCE)
    grade = models.PositiveSmallIntegerField(default=0)
    key = models.JSONField(default=list)
    table = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    landed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="resource_name_of_owner"),
        ]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="resource_newest")]


class Item(models.Model):
    """One item of a resource. 信息项。

    `element` is confirmed by a person, `suggested` proposed from name and values with its
    `reasons`; `declined` says a person looked and found the suggestion wrong. An item that the
    newest version has no longer is `gone`: earlier versions are still masked by it.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    description = models.CharField(max_length=300, blank=True)
    element = models.CharField(max_length=60, blank=True)
    suggested = models.CharField(max_length=60, blank=True)
    reasons = models.JSONField(default=list)
    declined = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "name"], name="item_name_of_resource"),
        ]
        ordering = ["resource", "position"]


class Unmasking(models.Model):
    """For how long an account sees a resource unmasked, and why. 明文查看许可。"""

    account = models.CharField(max_length=ID_LENGTH)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=now)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "resource", "until"], name="unmasking_running")]
