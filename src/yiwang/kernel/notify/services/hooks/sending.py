"""Messages on their way to addresses outside. 外发发送。

A message is written with what it tells of, in one transaction, and so is the job that sends it. It
may arrive twice when the node dies between the other side's yes and its own note of it: both have
one `webhook-id`. An address that fails again and again rests, so that nothing else waits for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, Unavailable, YiwangError
from yiwang.kernel.notify.models import HookAttempt, HookMessage, Webhook

from .address import read_address
from .posting import Answer, post
from .signing import sign
from .telling import forget_ears

GONE = 410
RESTS_AFTER = 5
"""Failures in a row after which an address rests. 熔断次数。"""
REST_FIRST, REST_MOST = timedelta(minutes=1), timedelta(hours=1)
KEEP = timedelta(days=90)


def send_message(message_id: str) -> bool:
    """Send what waits, unless that has been done; whether it went. 发送消息。

    Unavailable where trying again may help, InvalidInput where it will not.
    """
    message = HookMessage.objects.select_related("webhook").filter(pk=message_id).first()
    if message is None or message.sent_at or message.failed_at:
        return False
    hook = message.webhook
    if not hook.is_on:
        raise InvalidInput("notify.webhook.off", "This address was turned off")
    if hook.rests_until and hook.rests_until > now():
        raise Unavailable("notify.webhook.rests", "This address failed too often and rests")
    attempt(message)
    return True


def attempt(message: HookMessage) -> Answer:
    """Try once and note what came of it; no transaction is open meanwhile. 尝试一次。"""
    at, hook = now(), message.webhook
    try:
        answer = post(read_address(hook.address), headers_of(message, at), message.body.encode())
    except YiwangError as error:
        _note_failure(message, at, error.code)
        raise
    if not answer.is_taken:
        _note_failure(message, at, "notify.webhook.refused", answer)
        raise Unavailable(
            "notify.webhook.refused",
            "The address answered %(status)s",
            status=answer.status,
        )
    _note_success(message, at, answer)
    return answer


def headers_of(message: HookMessage, at: datetime) -> dict[str, str]:
    """What goes with a message; the time is that of the try. 请求头。"""
    stamp = int(at.timestamp())
    return {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "User-Agent": "Yiwang-Webhook/1",
        "webhook-id": message.id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": sign(message.webhook, message.id, stamp, message.body.encode()),
    }


def give_up_message(message_id: str, failure: str) -> None:
    """It will not be sent: its line says why. 放弃发送。"""
    rows = HookMessage.objects.filter(pk=message_id, sent_at=None, failed_at=None)
    rows.update(failed_at=now(), failure=failure)


def forget_old_messages() -> int:
    """Drop messages of three months ago and what was tried; how many. 清理外发记录。"""
    old = HookMessage.objects.filter(made_at__lt=now() - KEEP)
    return old.delete()[1].get("notify.HookMessage", 0)


def rest_after(failures: int) -> timedelta:
    """How long to leave an address alone: a minute after five failures, doubling up to an hour. 熔断时长。"""
    if failures < RESTS_AFTER:
        return timedelta()
    return min(REST_FIRST * (1 << min(failures - RESTS_AFTER, 16)), REST_MOST)


def _note_success(message: HookMessage, at: datetime, answer: Answer) -> None:
    with transaction.atomic():
        _note(message, at, "", answer)
        HookMessage.objects.filter(pk=message.pk).update(sent_at=now(), failed_at=None, failure="")
        Webhook.objects.filter(pk=message.webhook_id).update(
            failures=0, failure="", rests_until=None, succeeded_at=now()
        )


def _note_failure(
    message: HookMessage, at: datetime, code: str, answer: Answer | None = None
) -> None:
    hooks = Webhook.objects.filter(pk=message.webhook_id)
    with transaction.atomic():
        _note(message, at, code, answer)
        # A test is given up from the beginning: it says what stood in the way.
        HookMessage.objects.filter(pk=message.pk, failed_at__isnull=False).update(failure=code)
        hooks.update(failures=F("failures") + 1, failure=code)
        failures = hooks.values_list("failures", flat=True).first() or 0
        rest = rest_after(failures)
        hooks.update(rests_until=now() + rest if rest else None)
        if answer and answer.status == GONE:
            # Who answers so wants to hear of nothing more.
            hooks.update(is_on=False, off_why="notify.webhook.gone")
            forget_ears()


def _note(message: HookMessage, at: datetime, code: str, answer: Answer | None) -> None:
    HookAttempt.objects.create(
        message=message, at=at, failure=code,
        status=answer.status if answer else 0,
        milliseconds=answer.milliseconds if answer else int((now() - at).total_seconds() * 1000),
    )  # fmt: skip
