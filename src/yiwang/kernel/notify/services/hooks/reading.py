"""Looking at addresses outside and at what was sent to them. 外发查看。

What a message says is not shown: who looks after addresses need not know of cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import Q

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.notify.models import HookAttempt, HookMessage, Webhook
from yiwang.kernel.notify.types import WEBHOOKS

from .entering import get_webhook

State = Literal["works", "fails", "rests", "off", "new"]
Came = Literal["", "sent", "waits", "failed"]
PAGE = 50


@dataclass(frozen=True, slots=True)
class Sent:
    """A message and every try to hand it over. 外发记录。"""

    message: HookMessage
    attempts: Sequence[HookAttempt]

    @property
    def came(self) -> Came:
        """What came of it. 结果。"""
        if self.message.sent_at:
            return "sent"
        return "failed" if self.message.failed_at else "waits"


def list_webhooks(actor: Actor) -> list[Webhook]:
    """Every address, by name. 外发地址列表。 Holders of `notify.webhooks.manage`."""
    actor.require(WEBHOOKS)
    return list(Webhook.objects.order_by("label", "id"))


def state_of(hook: Webhook) -> State:
    """How an address stands. 外发地址状态。"""
    if not hook.is_on:
        return "off"
    if hook.rests_until and hook.rests_until > now():
        return "rests"
    if hook.failures:
        return "fails"
    return "works" if hook.succeeded_at else "new"


def list_sent(
    actor: Actor, hook_id: str, *, came: Came = "", wanted: str = "", after: str = ""
) -> list[Sent]:
    """What was sent to an address, the newest first, before `after`. 外发记录。

    `wanted` is the id of a message, the number that it is about, or the code of a kind.
    """
    hook = get_webhook(actor, hook_id)
    rows = HookMessage.objects.filter(webhook=hook).defer("body").order_by("-id")
    if wanted:
        rows = rows.filter(Q(pk=wanted) | Q(subject=wanted) | Q(kind=wanted))
    if came == "sent":
        rows = rows.filter(sent_at__isnull=False)
    elif came:
        rows = rows.filter(sent_at=None, failed_at__isnull=came != "failed")
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows[:PAGE])
    tries: dict[str, list[HookAttempt]] = {one.pk: [] for one in found}
    for attempt in HookAttempt.objects.filter(message__in=list(tries)).order_by("at", "id"):
        tries[attempt.message_id].append(attempt)
    return [Sent(one, tries[one.pk]) for one in found]


def count_troubled() -> int:
    """How many addresses that are on do not take what is sent. 异常地址数。"""
    return Webhook.objects.filter(is_on=True, failures__gt=0).count()
