"""Deadlines in one's own calendar, by a secret address. 日历订阅。

The address is the right: who has it reads numbers, titles and deadlines of the open tasks of its
account, nothing else. It stops when its owner revokes it, or is locked, or may no longer work on
tasks.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext, override

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.kernel.calendar.services import write_calendar
from yiwang.kernel.calendar.types import CalendarEntry
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow.models import CalendarFeed, Case
from yiwang.kernel.workflow.types.boxes import BoxLine, Wanted

from .inbox import list_box
from .permissions import USE

HINT = 12
TASKS_AT_MOST = 500
USED_STEP = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """An address that stands, without its secret. 订阅信息。"""

    made_at: datetime
    used_at: datetime | None


def find_feed(actor: Actor) -> FeedInfo | None:
    """One's own calendar address, if one stands. 我的订阅。"""
    row = CalendarFeed.objects.filter(pk=actor.id).first()
    return FeedInfo(row.made_at, row.used_at) if row else None


def make_feed(actor: Actor, *, language: str) -> str:
    """A new secret for one's own address, shown this once; one made before stops. 新建订阅地址。"""
    secret = secrets.token_urlsafe(32)
    with acting(actor, "workflow.calendar.make", on=Ref("workflow.calendar", actor.id)) as act:
        actor.require(USE)
        CalendarFeed.objects.update_or_create(
            account=actor.id,
            defaults={
                "hint": secret[:HINT],
                "digest": _digest(secret),
                "language": language,
                "made_at": act.at,
                "used_at": None,
            },
        )
    return secret


def revoke_feed(actor: Actor) -> None:
    """Stop one's own address. 停用订阅地址。"""
    with acting(actor, "workflow.calendar.revoke", on=Ref("workflow.calendar", actor.id)):
        if not CalendarFeed.objects.filter(pk=actor.id).delete()[0]:
            raise _unknown()


def read_feed(secret: str, base: str, *, as_tasks: bool = False) -> bytes:
    """The calendar behind a secret; NotFound for any that does not count. 读取订阅。

    `base` is the address of this node, under which the cases stand.
    """
    row, actor = _open(secret)
    with override(row.language):
        entries = list(_list_entries(actor, base))
        found = write_calendar(gettext("Yiwang deadlines"), entries, as_tasks=as_tasks)
    if row.used_at is None or now() - row.used_at > USED_STEP:
        CalendarFeed.objects.filter(pk=row.pk, digest=row.digest).update(used_at=now())
    return found


def _open(secret: str) -> tuple[CalendarFeed, Actor]:
    row = CalendarFeed.objects.filter(hint=secret[:HINT]).first()
    # Compared whole and in constant time: how near a guess came cannot be measured.
    if not hmac.compare_digest(row.digest if row else "", _digest(secret)) or row is None:
        raise _unknown()
    try:
        actor = identity.get_actor(row.account)
        actor.require(USE)
    except (NotFound, NotPermitted):
        raise _unknown() from None
    return row, actor


def _list_entries(actor: Actor, base: str) -> Iterator[CalendarEntry]:
    """The open tasks that have a deadline which runs, the soonest first."""
    found = list_box(actor, "todo", Wanted(order="due", limit=TASKS_AT_MOST)).lines
    lines = [line for line in found if line.has_limit]
    cases = Case.objects.filter(pk__in={line.case_id for line in lines})
    ages = dict(cases.values_list("pk", "seq"))
    return (_entry(line, ages.get(line.case_id, 0), base) for line in lines)


def _entry(line: BoxLine, sequence: int, base: str) -> CalendarEntry:
    return CalendarEntry(
        uid=f"{str(line.id).replace(':', '-')}@yiwang",
        title=f"{line.number} {line.title}",
        text=" · ".join([in_language(line.type_title), in_language(line.node_title)]),
        url=f"{base}/cases/{line.case_id}/",
        due_at=line.due_at,
        since=line.since,
        sequence=sequence,
        alarms=_alarms(line.due_at, line.yellow_at),
    )


def _alarms(due_at: datetime, yellow_at: datetime) -> tuple[timedelta, ...]:
    """When it turns yellow, where it does; else a day before."""
    return (due_at - yellow_at,) if yellow_at < due_at else (DAY,)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _unknown() -> NotFound:
    return NotFound("workflow.calendar.unknown", "There is no such calendar")
