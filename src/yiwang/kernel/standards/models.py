"""What the city adds to the vendor's standards. 城市数据元标准。

The vendor layer is read-only YAML in the package; rows here lie over it and are never changed,
only followed by newer ones.
"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class ElementRevision(models.Model):
    """One edit of a data element by the city; the highest number holds. 数据元修订。

    `content` is the whole element as edited, in the vendor file's keys; empty means that the city
    went back to the vendor's element (or withdrew its own).
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id)
    code = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True, default="")
    changed_by = models.CharField(max_length=ID_LENGTH)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="element_revision_number_once")
        ]


class CodeSetImport(models.Model):
    """One version of a code set that the city imported. 代码集导入版本。"""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id)
    code_set = models.CharField(max_length=64)
    version = models.CharField(max_length=32)
    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=200, blank=True, default="")
    source_standard = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    imported_by = models.CharField(max_length=ID_LENGTH)
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code_set", "version"], name="code_set_version_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_from")),
                name="code_set_version_period",
            ),
        ]


class CodeImport(models.Model):
    """One code of an imported version. 导入的代码。"""

    version = models.ForeignKey(CodeSetImport, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    name_en = models.CharField(max_length=300, blank=True, default="")
    parent = models.CharField(max_length=64, blank=True, default="")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="code_once_in_version")
        ]
