"""Telling addresses outside, in the transaction of what happened. 外发登记。"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import transaction

from yiwang.kernel.base.act import Act, Ref
from yiwang.kernel.base.ids import get_node
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.notify.models import HookMessage, Webhook
from yiwang.kernel.notify.types import HOOK_KINDS

from .address import find_site

SEND = "notify.webhook"
KNOWN_SECONDS = 5.0
"""For how long a process goes by what it read: every step of every case asks. 地址缓存秒数。"""


@dataclass(frozen=True, slots=True)
class Ear:
    """What an address wants to hear. 订阅范围。"""

    id: str
    kinds: frozenset[str]
    organization: str


@dataclass(slots=True)
class _Known:
    read_at: float = float("-inf")
    ears: tuple[Ear, ...] = ()


_known = _Known()


def list_ears() -> tuple[Ear, ...]:
    """Every address that is on, as read at most five seconds ago. 生效的订阅。"""
    if time.monotonic() - _known.read_at > KNOWN_SECONDS:
        rows = Webhook.objects.filter(is_on=True).values_list("id", "kinds", "organization")
        _known.ears = tuple(Ear(pk, frozenset(kinds), code) for pk, kinds, code in rows)
        _known.read_at = time.monotonic()
    return _known.ears


def forget_ears() -> None:
    """Read them anew when next asked, here and now: once rolled back the change is none. 清除缓存。"""
    _known.read_at = float("-inf")
    transaction.on_commit(lambda: setattr(_known, "read_at", float("-inf")))


def tell_outside(
    act: Act,
    kind: str,
    *,
    organizations: Collection[str],
    subject: str,
    url: str,
    data: Mapping[str, Any],
) -> int:
    """Write a message for each address that wants to hear, and its job; how many. 外发。

    In the act's transaction. `data` is JSON without personal data: ids, numbers, codes. `url` leads
    to a page of this platform, `subject` is the number of what it is about.
    """
    HOOK_KINDS.get(kind)
    wanted = [
        one.id
        for one in list_ears()
        if kind in one.kinds and _concerns(one.organization, organizations)
    ]
    # What was turned off or removed within the last seconds hears of nothing more.
    still = list(Webhook.objects.filter(pk__in=wanted, is_on=True)) if wanted else []
    for hook in still:
        write_message(act, hook, kind, subject=subject, url=url, data=data)
    return len(still)


def write_message(
    act: Act, hook: Webhook, kind: str, *, subject: str, url: str, data: Mapping[str, Any]
) -> HookMessage:
    """One message and the job that sends it. 登记一条消息。"""
    message = HookMessage(webhook=hook, kind=kind, subject=subject[:100], made_at=act.at)
    message.body = describe_event(message, url, data)
    on = Ref("notify.webhook", hook.id, hook.label)
    message.job_id = enqueue(act, SEND, {"message_id": message.id}, on=on).id
    message.save(force_insert=True)
    return message


def describe_event(message: HookMessage, url: str, data: Mapping[str, Any]) -> str:
    """The message as CloudEvents 1.0 in JSON. 消息内容。"""
    site = find_site()
    event = {
        "specversion": "1.0",
        "id": message.id,
        "source": f"urn:yiwang:node:{get_node()}",
        "type": f"yiwang.{message.kind}",
        "time": message.made_at.astimezone(UTC)
        .isoformat(timespec="seconds")
        .replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {**data, **({"link": site + url} if site and url else {})},
    }
    if message.subject:
        event["subject"] = message.subject
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _concerns(wanted: str, organizations: Collection[str]) -> bool:
    if not wanted or wanted in organizations:
        return True
    below = identity.list_codes_below([wanted]) if organizations else ()
    return not set(organizations).isdisjoint(below)
