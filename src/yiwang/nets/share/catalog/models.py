"""Catalogue entries, their items and their codes. 资源目录、信息项与编码。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import (
    AuthorityState,
    CatalogueClass,
    ConflictState,
    DataFormat,
    OpenType,
    SharingType,
    Stage,
    Subject,
    UpdateCycle,
)


class CodeSequence(models.Model):
    """The next free number under a code prefix. 编码序列。"""

    prefix = models.CharField(primary_key=True, max_length=40)
    last = models.PositiveIntegerField(default=0)


class Resource(models.Model):
    """One catalogue entry with an owner department. 数据资源。

    Fields follow 政务信息资源目录编制指南(试行). `table` names the pool table behind it, empty
    until something has landed. `grade` is the grade that holds: `grade_computed` from its items and
    from `grade_declared`, or `grade_chosen` by a person, who then saw `grade_over` computed.
    `kept_by` names the entity whose rows these are; empty where departments send them in.
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
    grade_computed = models.PositiveSmallIntegerField(default=0)
    grade_declared = models.PositiveSmallIntegerField(default=0)
    grade_chosen = models.PositiveSmallIntegerField(null=True)
    grade_over = models.PositiveSmallIntegerField(default=0)
    grade_reason = models.CharField(max_length=300, blank=True)
    key = models.JSONField(default=list)
    table = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    kept_by = models.CharField(max_length=100, blank=True)
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
    `reasons`; `declined` says a person looked and found the suggestion wrong. `found` is what the
    finder saw inside its cells (`filled`, `passed`, `looked`, `kinds`); `cleared` says a person
    looked and found no personal data there. An item that the
    newest version has no longer is `gone`: earlier versions are still masked by it. Of a `declared`
    one the element came with the declaration; `grade` is the least that was declared; a `closed`
    one holds a structure with personal data inside, and shows nothing where it is masked.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=300)
    description = models.CharField(max_length=300, blank=True)
    element = models.CharField(max_length=60, blank=True)
    suggested = models.CharField(max_length=60, blank=True)
    reasons = models.JSONField(default=list)
    declined = models.BooleanField(default=False)
    found = models.JSONField(default=dict)
    cleared = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)
    declared = models.BooleanField(default=False)
    closed = models.BooleanField(default=False)
    grade = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "name"], name="item_name_of_resource"),
        ]
        ordering = ["resource", "position"]


class ItemMark(models.Model):
    """How often the items of a resource have changed; triggers count. 信息项变更标记。"""

    resource = models.CharField(primary_key=True, max_length=ID_LENGTH)
    number = models.PositiveBigIntegerField(default=0)


class Unmasking(models.Model):
    """For how long an account sees a resource unmasked, and why. 明文查看许可。"""

    account = models.CharField(max_length=ID_LENGTH)
    resource = models.ForeignKey(Resource, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=300)
    created_at = models.DateTimeField(default=now)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "resource", "until"], name="unmasking_running")]


class GradeRule(models.Model):
    """One version of the rule that grades resources; the newest holds. 定级规则版本。"""

    number = models.PositiveIntegerField(primary_key=True)
    persons = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=300)
    account = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField(default=now)


class ElementSeat(models.Model):
    """What those wait for who deal with the sources of one element. 数源席位。"""

    element = models.CharField(primary_key=True, max_length=60)


class Authority(models.Model):
    """A claim that an item is the authoritative source of its element. 权威数源认领。

    For one kind of subject, or for all where `subject` is empty. One claim of an element and
    subject holds; the others are contested, refused or withdrawn.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    item = models.CharField(max_length=300)
    element = models.CharField(max_length=60, db_index=True)
    subject = models.CharField(max_length=12, choices=Subject, blank=True)
    state = models.CharField(max_length=10, choices=AuthorityState)
    reason = models.CharField(max_length=300)
    account = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["element", "subject"],
                condition=models.Q(state="holding"),
                name="authority_one_holds",
            ),
        ]


class AuthorityConflict(models.Model):
    """Two claims of one element, until one is decided for. 数源冲突。"""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    element = models.CharField(max_length=60)
    subject = models.CharField(max_length=12, choices=Subject, blank=True)
    holder = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    challenger = models.ForeignKey(Authority, models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=ConflictState, db_index=True)
    winner = models.CharField(max_length=ID_LENGTH, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=ID_LENGTH, blank=True)
    opened_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)
