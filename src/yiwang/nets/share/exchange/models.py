"""Requests for data, what was granted, and what was handed out. 共享申请、授权与交付。"""

from __future__ import annotations

from django.db import models

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.ids import ID_LENGTH, new_id
from yiwang.nets.share.catalog.models import Resource

from .types import Handed, Method, RequestState

REASON = 300
WORDS = 500
"""As many characters as a short field of a case. 短文本上限。"""


class Request(models.Model):
    """Who asks for which columns and rows of a resource, for what, until when. 共享申请。

    Asked by an organization (`organization`), by the hand of `account`. `clear` are the columns
    asked unmasked, `masks` what others are to be masked by, `beyond` those that the purpose does not need. `automatic` was worked out when
    it was asked: nobody has to decide. `number` is that of its case.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    number = models.CharField(max_length=40, blank=True, db_index=True)
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    organization = models.CharField(max_length=40, db_index=True)
    account = models.CharField(max_length=ID_LENGTH)
    purpose_kind = models.CharField(max_length=40)
    purpose = models.CharField(max_length=WORDS)
    duty = models.CharField(max_length=WORDS)
    columns = models.JSONField()
    clear = models.JSONField(default=list)
    masks = models.JSONField(default=dict)
    beyond = models.JSONField(default=list)
    row_filter = models.TextField(blank=True)
    until = models.DateField()
    method = models.CharField(max_length=8, choices=Method)
    volume = models.PositiveBigIntegerField()
    automatic = models.BooleanField(default=False)
    state = models.CharField(
        max_length=8, choices=RequestState, default=RequestState.WAITING, db_index=True
    )
    created_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)


class Grant(models.Model):
    """What an organization may have of a resource. 共享授权。

    What exactly stands in its newest `Terms`. `allocated` says that the data bureau gave it over
    the refusal of the owner (调配). `mask_key` is what tokens, noise and moved days are made
    with; it is destroyed with the grant. `used_rows` were handed out in `used_month` (2026-11). A revoked one stays, so that what was handed out is explained.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    request = models.OneToOneField(Request, models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, models.PROTECT, related_name="+")
    organization = models.CharField(max_length=40, db_index=True)
    purpose = models.CharField(max_length=WORDS)
    allocated = models.BooleanField(default=False)
    until = models.DateField(db_index=True)
    used_month = models.CharField(max_length=7, blank=True)
    used_rows = models.PositiveBigIntegerField(default=0)
    mask_key = models.CharField(max_length=ID_LENGTH, blank=True)
    account = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField(default=now)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=ID_LENGTH, blank=True)
    revoke_reason = models.CharField(max_length=REASON, blank=True)


class Terms(models.Model):
    """One version of what a grant allows; the newest holds. 授权条款。

    `columns` of which `clear` unmasked and those in `masks` masked by what it names, rows that meet `row_filter`, from a day until another, both
    included; `quota` rows a month, `rate` requests a minute.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    columns = models.JSONField()
    clear = models.JSONField(default=list)
    masks = models.JSONField(default=dict)
    row_filter = models.TextField(blank=True)
    begins = models.DateField()
    until = models.DateField()
    quota = models.PositiveBigIntegerField()
    rate = models.PositiveIntegerField()
    reason = models.CharField(max_length=REASON, blank=True)
    account = models.CharField(max_length=ID_LENGTH)
    act_id = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "number"], name="terms_of_grant"),
        ]


class Denial(models.Model):
    """An organization that may have nothing, of one resource or of any. 禁止名单。

    It goes before every grant. A lifted one stays as history.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    organization = models.CharField(max_length=40, db_index=True)
    resource = models.ForeignKey(Resource, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=REASON)
    account = models.CharField(max_length=ID_LENGTH)
    created_at = models.DateTimeField(default=now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=ID_LENGTH, blank=True)


class Miss(models.Model):
    """How often a key was looked for in vain on a day under a grant. 未匹配计数。

    The key itself is not kept: `key` is a keyed hash of it within the grant.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    day = models.DateField()
    key = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "day", "key"], name="miss_of_grant"),
        ]


class DeliveryOut(models.Model):
    """One handing out of rows under a grant; quota and rate are counted here. 交付记录。

    Written before anything leaves. `terms` and `version` are the numbers that held.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    grant = models.ForeignKey(Grant, models.PROTECT, related_name="+")
    terms = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    account = models.CharField(max_length=ID_LENGTH)
    method = models.CharField(max_length=8)
    columns = models.JSONField()
    rows = models.PositiveBigIntegerField()
    state = models.CharField(max_length=6, choices=Handed, default=Handed.OPEN)
    created_at = models.DateTimeField(default=now)
    act_id = models.CharField(max_length=ID_LENGTH)

    class Meta:
        indexes = [models.Index(fields=["grant", "-created_at"], name="delivery_out_of_grant")]
