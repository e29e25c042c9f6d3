"""Acts that were entered, and the logs that hold them. 存证。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class Log(models.Model):
    """One log of the node: an epoch with a name, a key and a tree. 存证日志。

    `size` entries have their place; of these `signed_size` stand under the newest signed checkpoint
    and `shown_size` under the newest that as many witnesses as are asked for have signed too. The
    private keys are sealed. `holder` sequences until `held_until`; nobody else does meanwhile.
    """

    epoch = models.PositiveIntegerField(primary_key=True)
    origin = models.CharField(max_length=200, unique=True)
    keys = models.JSONField()
    resource_key = models.CharField(max_length=ID_LENGTH)
    sealed = models.BinaryField()
    size = models.PositiveBigIntegerField(default=0)
    signed_size = models.PositiveBigIntegerField(default=0)
    signed_note = models.TextField(blank=True)
    signed_at = models.DateTimeField(null=True)
    shown_size = models.PositiveBigIntegerField(default=0)
    shown_note = models.TextField(blank=True)
    shown_at = models.DateTimeField(null=True)
    holder = models.CharField(max_length=ID_LENGTH, blank=True)
    held_until = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(signed_size__lte=models.F("size"))
                & models.Q(shown_size__lte=models.F("signed_size")),
                name="evidence_log_sizes",
            ),
        ]


class Entry(models.Model):
    """One act that was entered: its record and the leaf that stands for it. 存证条目。

    Written in the act's own transaction; `log` and `place` are given by the sequencer, once. `record`
    is what was hashed, to the byte; emptied, nobody can tell any more what the leaf stood for.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    kind = models.CharField(max_length=64)
    about = models.CharField(max_length=265)
    act_id = models.CharField(max_length=ID_LENGTH)
    at = models.DateTimeField()
    record = models.TextField(blank=True)
    leaf = models.CharField(max_length=300)
    log = models.ForeignKey(Log, models.PROTECT, null=True, related_name="+", db_index=False)
    place = models.PositiveBigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "place"], name="evidence_entry_place"),
            models.CheckConstraint(
                condition=models.Q(log=None, place=None)
                | models.Q(log__isnull=False, place__isnull=False),
                name="evidence_entry_in_log",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="evidence_entry_waiting", condition=models.Q(place=None)
            ),
            models.Index(fields=["about", "id"], name="evidence_entry_about"),
        ]


class WitnessState(models.Model):
    """What a witness said last of a log. 见证状态。

    `size` is the largest tree it has seen; `line` its signature under the checkpoint `body`.
    """

    log = models.ForeignKey(Log, models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    body = models.TextField(blank=True)
    line = models.TextField(blank=True)
    at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["log", "name"], name="evidence_witness_of_log"),
        ]
