"""What notify hands to others, and what others declare. 通知类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal

from yiwang.kernel.base.registry import Registry
from yiwang.kernel.base.text import msg

MAIL = "notify.mail.manage"
WEBHOOKS = "notify.webhooks.manage"
OTHER = "notify.other"
MailWish = Literal["", "now", "daily"]
MAIL_WISHES: tuple[MailWish, ...] = ("", "now", "daily")


@dataclass(frozen=True, slots=True)
class NoticeInfo:
    """One notice as its reader sees it. 通知。 `text` is in the language asked for."""

    id: str
    text: str
    url: str
    sent_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice, for which a person chooses how to hear of it. 通知种类。

    `label` and `brief` are message ids. `brief` is all that leaves the platform by mail: it has
    places for number and title at most; without one only the label does. A `loud` kind always
    counts at the bell.
    """

    code: str
    label: str
    brief: str = ""
    loud: bool = False


NOTICE_KINDS: Registry[NoticeKind] = Registry("notice kind")


def declare_kind(code: str, label: str, *, brief: str = "", loud: bool = False) -> str:
    """Declare a kind of notice and give its code back. 声明通知种类。"""
    NOTICE_KINDS.register(code, NoticeKind(code, label, brief, loud))
    return code


declare_kind(OTHER, msg("Everything else"))
SECURITY = declare_kind("notify.security", msg("My password and signing in"), loud=True)


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to hear of one kind: at the bell or not, by mail or not. 通知选择。"""

    quiet: bool = False
    mail: MailWish = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants to hear of things. 通知设置。

    Mails go to `address` once it is confirmed; `pending` waits for its code. Between `quiet_from`
    and `quiet_until` no mail is sent. `failure` is the code of the last mail that did not arrive,
    `stopped_at` when all mails were stopped.
    """

    kinds: Mapping[str, Wish] = field(default_factory=dict)
    address: str = ""
    pending: str = ""
    language: str = "zh-hans"
    quiet_from: time | None = None
    quiet_until: time | None = None
    stopped_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""

    def of(self, kind: str) -> Wish:
        """How they want to hear of a kind. 某类通知的选择。"""
        return self.kinds.get(kind) or Wish()


@dataclass(frozen=True, slots=True)
class HookKind:
    """Something that addresses outside may hear of. 外发消息种类。 `label` is a message id."""

    code: str
    label: str


HOOK_KINDS: Registry[HookKind] = Registry("webhook kind")


def declare_hook(code: str, label: str) -> str:
    """Declare a kind of message to the outside and give its code back. 声明外发消息种类。"""
    HOOK_KINDS.register(code, HookKind(code, label))
    return code


TEST_HOOK = declare_hook("notify.webhook.test", msg("A test"))
