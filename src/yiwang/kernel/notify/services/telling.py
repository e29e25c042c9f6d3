"""Telling people what happened to what is theirs. 站内通知服务。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, NotFound, fill
from yiwang.kernel.identity.services import find_unlocked
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.notify.types import NOTICE_KINDS, OTHER, NoticeInfo, NoticeKind, Wishes

from .outbox import queue_lines
from .wishes import find_wishes

PAGE = 50
SHOWN_AT_MOST = 99
KEEP = timedelta(days=180)


def notify(
    act: Act,
    account_ids: Iterable[str],
    title: str,
    url: str = "",
    /,
    *,
    kind: str = OTHER,
    **params: Any,
) -> int:
    """Tell accounts, once each, in the act's transaction; how many were told. 通知。

    `title` is a message id with `%(name)s` places for `params`; `url` an address on this site;
    `kind` one of the declared kinds, for which each person chose how to hear of it. Unknown and
    locked accounts are passed over, and so is whoever acts: they know.
    """
    known = NOTICE_KINDS.get(kind)
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise InvalidInput(
            "notify.notice.address", "A notice leads to a page of this platform only"
        )
    wanted = set(account_ids) - {act.actor.id}
    told = sorted(find_unlocked(wanted)) if wanted else []
    wishes = find_wishes(told) if told else {}
    rows = [
        Notice(
            account_id=pk, kind=kind, title=title, params=params, url=url, act_id=act.id,
            sent_at=act.at, read_at=act.at if _is_quiet(known, wishes.get(pk)) else None,
        )
        for pk in told
    ]  # fmt: skip
    Notice.objects.bulk_create(rows, batch_size=500)
    queue_lines(act, rows, wishes)
    return len(rows)


def _is_quiet(kind: NoticeKind, wishes: Wishes | None) -> bool:
    """Whether it stands in the list as read from the beginning, and does not count at the bell."""
    return wishes is not None and wishes.of(kind.code).quiet and not kind.loud


def count_unread(actor: Actor) -> int:
    """How many notices wait, at most 99: the frame asks on every page. 未读数。"""
    unread = Notice.objects.filter(account_id=actor.id, read_at=None)
    return len(unread.values_list("pk", flat=True)[:SHOWN_AT_MOST])


def list_notices(
    actor: Actor, *, unread: bool = False, after: str = "", limit: int = PAGE
) -> list[NoticeInfo]:
    """One's own notices, the latest first, those before `after`. 通知列表。"""
    rows = Notice.objects.filter(account_id=actor.id).order_by("-id")
    if unread:
        rows = rows.filter(read_at=None)
    if after:
        rows = rows.filter(id__lt=after)
    return [describe_notice(row) for row in rows[:limit]]


def read_notice(actor: Actor, notice_id: str) -> NoticeInfo:
    """Mark one of one's own notices read, for its address. 阅读通知。"""
    found = Notice.objects.filter(pk=notice_id, account_id=actor.id).first()
    if found is None:
        raise NotFound("notify.notice.unknown", "There is no such notice")
    if found.read_at is None:
        found.read_at = now()
        found.save(update_fields=["read_at"])
    return describe_notice(found)


def read_all(actor: Actor) -> int:
    """Mark all of one's own notices read; how many were not. 全部已读。"""
    return Notice.objects.filter(account_id=actor.id, read_at=None).update(read_at=now())


def forget_old_notices() -> int:
    """Drop read notices after 180 days; how many. 清理旧通知。"""
    return Notice.objects.filter(read_at__lt=now() - KEEP).delete()[0]


def describe_notice(row: Notice) -> NoticeInfo:
    """The notice in the language in force. 通知内容。"""
    return NoticeInfo(
        row.pk, fill(gettext(row.title), row.params), row.url, row.sent_at, row.read_at
    )
