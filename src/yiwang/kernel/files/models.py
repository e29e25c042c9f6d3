"""Stored files and the keys of their contents. 文件与密钥。"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class ResourceKey(models.Model):
    """The data key of everything that belongs together and is to be destroyed together. 资源密钥。

    `wrapped` is the key under the node's master key; once destroyed it is empty, and what was
    encrypted under it can be read by nobody.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    destroyed_act_id = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(destroyed_at__isnull=True) | models.Q(wrapped=b""),
                name="files_key_destroyed_is_empty",
            ),
        ]


class FileRow(models.Model):
    """A file: what it is called, whose it is, its digest. 文件记录。 The content lies in the home folder."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, editable=False)
    name = models.CharField(max_length=400)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    key = models.ForeignKey(ResourceKey, on_delete=models.PROTECT, related_name="+")
    owner_type = models.CharField(max_length=64)
    owner_id = models.CharField(max_length=200)
    owner_label = models.CharField(max_length=200, blank=True)
    act_id = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["owner_type", "owner_id"], name="files_file_owner"),
            models.Index(fields=["sha256"], name="files_file_sha256"),
        ]
