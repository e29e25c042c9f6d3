"""Notices to people, and what of them leaves the platform. 通知。"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import OTHER


class Notice(models.Model):
    """Something an account should know. 站内通知。

    `title` is a message id and `params` fill its places, so each reader sees it in their own
    language. `url` is an address inside the platform. Rows of one act carry its id.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60, default=OTHER)
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


class NoticeWishes(models.Model):
    """How an account wants to hear of things. 通知设置。

    `kinds` holds by kind of notice what differs from the usual. An `address` counts only once a
    code that was sent there came back: `code` is its digest. `asked` are the moments of late at
    which codes were asked for.
    """

    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    kinds = models.JSONField(default=dict)
    address = models.CharField(max_length=254, blank=True)
    pending = models.CharField(max_length=254, blank=True)
    code = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    asked = models.JSONField(default=list)
    language = models.CharField(max_length=10, default="zh-hans")
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True)


class MailLine(models.Model):
    """A notice that is to go out by mail, written in the transaction of the notice. 邮件通知。

    Lines that wait together go out as one mail; `job_id` names the job that took them.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    notice = models.OneToOneField(Notice, models.CASCADE, related_name="+")
    daily = models.BooleanField(default=False)
    job_id = models.CharField(max_length=ID_LENGTH, blank=True)
    made_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(
                name="mail_line_waiting",
                fields=["account", "id"],
                condition=Q(sent_at=None, failed_at=None),
            ),
            models.Index(
                name="mail_line_failed", fields=["failed_at"], condition=Q(failed_at__isnull=False)
            ),
        ]


class Webhook(models.Model):
    """An address outside that hears of what happens here. 外发通知地址。

    `sealed` is its secret under `secret_key`; nothing shows it again. It hears of `kinds` that
    concern `organization` and those below, of all without one. `failures` counts what failed in a
    row; until `rests_until` nothing is sent. `off_why` is the code of what turned it off.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    label = models.CharField(max_length=100)
    address = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    organization = models.CharField(max_length=40, blank=True)
    sealed = models.BinaryField()
    secret_key = models.CharField(max_length=ID_LENGTH)
    is_on = models.BooleanField(default=True)
    off_why = models.CharField(max_length=100, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=100, blank=True)
    rests_until = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=ID_LENGTH)
    made_at = models.DateTimeField()


class HookMessage(models.Model):
    """One message to one address, written in the transaction of what it tells of. 外发消息。

    `body` is sent byte for byte the same however often it is tried. `subject` is the number that it
    is about, for the search.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=100, blank=True)
    body = models.TextField()
    job_id = models.CharField(max_length=ID_LENGTH, blank=True)
    made_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True)

    class Meta:
        indexes = [
            models.Index(name="hook_message_of", fields=["webhook", "-id"]),
            models.Index(name="hook_message_subject", fields=["subject"]),
        ]


class HookAttempt(models.Model):
    """One try to hand a message over. 外发尝试。 `status` is 0 where no answer came."""

    message = models.ForeignKey(HookMessage, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=100, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
