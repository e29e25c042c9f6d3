"""Notices to people inside the platform. 站内通知。"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiwang.kernel.base.ids import ID_LENGTH, new_id


class Notice(models.Model):
    """Something an account should know. 站内通知。

    `title` is a message id and `params` fill its places, so each reader sees it in their own
    language. `url` is an address inside the platform. Rows of one act carry its id.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    title = models.CharField(max_length=300)
    params = models.JSONField(default=dict)
    url = models.CharField(max_length=500, blank=True)
    act_id = models.CharField(max_length=ID_LENGTH)
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="notice_local_address",
                condition=Q(url="") | (Q(url__startswith="/") & ~Q(url__startswith="//")),
            )
        ]
        indexes = [
            models.Index(name="notice_by_account", fields=["account", "-id"]),
            models.Index(name="notice_unread", fields=["account"], condition=Q(read_at=None)),
        ]
