"""What is kept of read texts. 文本数据。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id

CODE_LENGTH = 81


class TextModel(models.Model):
    """One version of what tells categories of an entity's texts; it never changes. 文本分类模型。

    `content` is JSON: plain numbers and pairs of characters, no program; `digest` is its SHA-256.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    entity = models.CharField(max_length=CODE_LENGTH)
    version = models.PositiveIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    examples = models.PositiveIntegerField()
    categories = models.PositiveIntegerField()
    created_by = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="texts_model_version", fields=["entity", "version"]),
        ]


class TextGroup(models.Model):
    """Texts about one matter: repeats of one letter, or letters on one hot topic. 归并组。"""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    entity = models.CharField(max_length=CODE_LENGTH)
    created_at = models.DateTimeField()


class TextTrace(models.Model):
    """What is kept of a record's text to find those like it, and the group it is in. 文本特征。

    `vector` holds pieces of two characters and their weights, not the text. `repeats` is the record
    that says the same; `placed_by` the account that put it into its group, empty for the machine.
    """

    entity = models.CharField(max_length=CODE_LENGTH)
    record = models.CharField(max_length=ID_LENGTH)
    group = models.ForeignKey(TextGroup, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    vector = models.JSONField()
    at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    repeats = models.CharField(max_length=ID_LENGTH, blank=True)
    likeness = models.FloatField(default=0)
    placed_by = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="texts_trace_once", fields=["entity", "record"]),
        ]
        indexes = [models.Index(name="texts_trace_at", fields=["entity", "-at"])]


class TextKey(models.Model):
    """A rare pair of characters under which a text is found. 特征键。"""

    trace = models.ForeignKey(TextTrace, models.CASCADE, related_name="+")
    entity = models.CharField(max_length=CODE_LENGTH)
    key = models.CharField(max_length=8)

    class Meta:
        indexes = [models.Index(name="texts_key_found", fields=["entity", "key", "-trace"])]


class TextCursor(models.Model):
    """How far the texts of an entity are grouped, and which pieces are rare among them. 归并进度。"""

    entity = models.CharField(primary_key=True, max_length=CODE_LENGTH)
    changed_at = models.CharField(max_length=40, blank=True)
    rare = models.TextField(default="{}")
    counted = models.PositiveIntegerField(default=0)
