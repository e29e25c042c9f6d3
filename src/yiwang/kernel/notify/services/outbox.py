"""Notices on their way out by mail. 邮件发件箱。

A line is written with its notice, in one transaction, and so is the job that sends it: what was
told is sent, and what was rolled back is not, whenever a process dies. A mail may go out twice when
the node dies between the server's yes and its own note of it; both have one Message-ID.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.clock import CITY_ZONE, now
from yiwang.kernel.identity.services import find_unlocked
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.notify.models import MailLine, Notice
from yiwang.kernel.notify.types import Wishes

from .mailing import compose
from .smtp import get_mail_server, send
from .wishes import get_wishes, note_failure

SEND = "notify.mail"
TOGETHER = 50
"""Notices in one mail. 单封邮件通知数。"""
KEEP = timedelta(days=90)


def queue_lines(act: Act, notices: Iterable[Notice], wishes: Mapping[str, Wishes]) -> None:
    """Write the lines of those who want mail, and a job for each person, in the act. 登记邮件。"""
    if not wishes or get_mail_server() is None:
        return
    lines = []
    for notice in notices:
        wanted = wishes.get(notice.account_id)
        how = wanted.of(notice.kind).mail if wanted else ""
        if wanted and how and _is_open(wanted):
            daily = how == "daily"
            lines.append(MailLine(account_id=notice.account_id, notice=notice, daily=daily, made_at=act.at))  # fmt: skip
    MailLine.objects.bulk_create(lines, batch_size=500)
    for account_id in dict.fromkeys(line.account_id for line in lines if not line.daily):
        _enqueue(act, account_id, run_at=end_of_quiet(wishes[account_id], act.at))


def end_of_quiet(wishes: Wishes, at: datetime) -> datetime:
    """The moment itself, or when the quiet hours end in which it lies. 免打扰结束时刻。"""
    if wishes.quiet_from is None or wishes.quiet_until is None:
        return at
    local = at.astimezone(CITY_ZONE)
    began = datetime.combine(local.date(), wishes.quiet_from, CITY_ZONE)
    for start in (began - timedelta(days=1), began):
        end = datetime.combine(start.date(), wishes.quiet_until, CITY_ZONE)
        end += timedelta(days=1) if end <= start else timedelta()
        if start <= local < end:
            return end
    return at


def start_digests() -> int:
    """A job for everybody who has daily lines waiting; how many. 每日汇总。"""
    waiting = _waiting().filter(daily=True, job_id="")
    accounts = list(waiting.order_by("account_id").values_list("account_id", flat=True).distinct())
    if accounts:
        with acting(SYSTEM, "notify.digests", on=Ref("notify.mail", "")) as act:
            for account_id in accounts:
                _enqueue(act, account_id, daily=True)
            act.note(accounts=len(accounts))
    return len(accounts)


def send_lines(job_id: str, account_id: str, *, daily: bool) -> int:
    """Send what waits for a person as one mail; how many notices went. 发送邮件。

    Run again, the job sends what it took the first time. What was read meanwhile, and what is
    wanted no more, is dropped.
    """
    lines = _take(job_id, account_id, daily=daily)
    server, wishes = get_mail_server(), get_wishes(account_id)
    wanted = bool(find_unlocked([account_id])) and _is_open(wishes) and server is not None
    fresh = [line for line in lines if wanted and _is_news(line.notice, wishes)]
    _drop([line for line in lines if line not in fresh])
    if not fresh or server is None:
        return 0
    send(server, compose(server, account_id, wishes, fresh, job_id))
    MailLine.objects.filter(pk__in=[line.pk for line in fresh]).update(sent_at=now())
    note_failure(account_id, "")
    return len(fresh)


def give_up_lines(job_id: str, account_id: str, failure: str) -> None:
    """The mail will not be sent: its lines say why, and its owner sees it. 放弃发送。"""
    _waiting().filter(job_id=job_id).update(failed_at=now(), failure=failure)
    note_failure(account_id, failure)


def forget_old_lines() -> int:
    """Drop lines of mails sent or failed three months ago; how many. 清理发件记录。"""
    return MailLine.objects.filter(made_at__lt=now() - KEEP).delete()[0]


def _is_open(wishes: Wishes) -> bool:
    return bool(wishes.address) and wishes.stopped_at is None


def _is_news(notice: Notice, wishes: Wishes) -> bool:
    """Still wanted by mail, and not read since it was sent; what is quiet was never unread."""
    read = notice.read_at is not None and notice.read_at > notice.sent_at
    return bool(wishes.of(notice.kind).mail) and not read


def _waiting() -> QuerySet[MailLine]:
    return MailLine.objects.filter(sent_at=None, failed_at=None)


def _enqueue(
    act: Act, account_id: str, *, daily: bool = False, run_at: datetime | None = None
) -> None:
    # No unique key: two acts that tell the same people would wait for each other.
    told = {"account_id": account_id, "daily": daily}
    enqueue(act, SEND, told, on=Ref("notify.mail", account_id), run_at=run_at)


def _take(job_id: str, account_id: str, *, daily: bool) -> Sequence[MailLine]:
    """Mark what waits as this job's: of two workers only one takes a line."""
    with transaction.atomic():
        free = _waiting().filter(account_id=account_id, daily=daily, job_id="")
        ids = list(free.order_by("id").values_list("pk", flat=True)[:TOGETHER])
        _waiting().filter(pk__in=ids, job_id="").update(job_id=job_id)
    own = _waiting().filter(account_id=account_id, job_id=job_id)
    return list(own.select_related("notice").order_by("id"))


def _drop(lines: Sequence[MailLine]) -> None:
    if lines:
        MailLine.objects.filter(pk__in=[line.pk for line in lines]).delete()
