"""What happened and who looked, written once. 台账。"""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class LedgerRow(models.Model):
    """Who, in which role, for which organization, on what, when. 台账行。

    Actors are pseudonymous ids. There are no foreign keys: a row outlives what it speaks of. Rows
    are only ever inserted; triggers refuse anything else (see `services.guards`).
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    at = models.DateTimeField()
    actor_id = models.CharField(max_length=64)
    roles = models.CharField(max_length=200, blank=True)
    organization = models.CharField(max_length=64, blank=True)
    object_type = models.CharField(max_length=64)
    object_id = models.CharField(max_length=200, blank=True)
    object_label = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class ActRow(LedgerRow):
    """One act that was done, or that was tried and refused. 行为记录。"""

    DONE = "done"
    REFUSED = "refused"

    on_behalf_of = models.CharField(max_length=64, blank=True)
    verb = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    parent_id = models.CharField(max_length=ID_LENGTH, blank=True)
    outcome = models.CharField(max_length=8, default=DONE)
    refusal_code = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at", "id"], name="ledger_act_at"),
            models.Index(fields=["actor_id", "at", "id"], name="ledger_act_actor"),
            models.Index(fields=["object_type", "object_id", "at", "id"], name="ledger_act_object"),
            models.Index(fields=["verb", "at", "id"], name="ledger_act_verb"),
            models.Index(fields=["organization", "at", "id"], name="ledger_act_organization"),
            models.Index(fields=["parent_id"], name="ledger_act_parent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["done", "refused"]), name="ledger_act_outcome"
            ),
        ]


class ReadRow(LedgerRow):
    """One look at personal data: one row per page or export. 个人信息查阅记录。

    `columns` names what was shown, `rows` how many, `where` the filter in words, `unmasked`
    whether the values stood in clear.
    """

    purpose = models.TextField(blank=True)
    columns = models.JSONField(default=list)
    rows = models.PositiveBigIntegerField()
    where = models.TextField(blank=True)
    unmasked = models.BooleanField(default=False)
    act_id = models.CharField(max_length=ID_LENGTH, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at", "id"], name="ledger_read_at"),
            models.Index(fields=["actor_id", "at", "id"], name="ledger_read_actor"),
            models.Index(
                fields=["object_type", "object_id", "at", "id"], name="ledger_read_object"
            ),
            models.Index(fields=["act_id"], name="ledger_read_act"),
        ]
