"""Notices as a mail: what it says, in whose language, and how to stop it. 通知邮件。

A mail leaves the platform, so it says less than the notice: what the kind calls brief, with number
and title, else only of which kind it is. The operator may let it say all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, parseaddr
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, override

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, fill
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.notify.models import MailLine, Notice
from yiwang.kernel.notify.types import MAIL, NOTICE_KINDS, Wishes

from .smtp import MailServer, get_mail_server, send
from .wishes import check_address, draw_code, sign_stop

SUBJECT_AT_MOST = 150
_PLACE = re.compile(r"%\((\w+)\)")
_UNSEEN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def compose(
    server: MailServer, account_id: str, wishes: Wishes, lines: Sequence[MailLine], mail_id: str
) -> EmailMessage:
    """One mail of one or many notices, in the language of its reader. 撰写邮件。"""
    with override(wishes.language):
        texts = [describe(server, line.notice) for line in lines]
        subject = texts[0]
        if len(texts) > 1:
            subject = gettext("%(count)s notices") % {"count": len(texts)}
        stop = _stop_address(server, account_id, lines[0].notice.kind)
        parts = [
            f"{text}\n{_address(server, line.notice.url)}".strip()
            for text, line in zip(texts, lines, strict=True)
        ]
        message = write(
            server, wishes.address, subject, "\n\n".join([*parts, _foot(stop)]), mail_id
        )
    if stop:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def describe(server: MailServer, notice: Notice) -> str:
    """What a mail says of a notice. 邮件中的通知内容。"""
    if server.whole_texts:
        return clean(fill(gettext(notice.title), notice.params))
    kind = NOTICE_KINDS.find(notice.kind)
    if kind is None:
        return gettext("You have a notice")
    # A notice of this kind that brings no number: the label must do.
    if kind.brief and set(_PLACE.findall(kind.brief)) <= set(notice.params):
        return clean(fill(gettext(kind.brief), notice.params))
    return gettext("You have a notice: %(kind)s") % {"kind": gettext(kind.label)}


def compose_code(server: MailServer, wishes: Wishes, code: str, mail_id: str) -> EmailMessage:
    """The mail that asks whether an address is theirs. 验证邮件。"""
    with override(wishes.language):
        told = {"code": code}
        text = gettext(
            "The code is %(code)s. Enter it under “My notices” within an hour.\n\n"
            "If you did not ask for it, somebody mistyped their address; do nothing."
        )
        return write(server, wishes.pending, gettext("Your code"), text % told, mail_id)


def send_code(account_id: str, mail_id: str) -> None:
    """Draw a code for the address that waits and send it there. 发送验证码。"""
    server = get_mail_server()
    with transaction.atomic():
        drawn = draw_code(account_id)
    if server and drawn:
        code, wishes = drawn
        send(server, compose_code(server, wishes, code, f"{mail_id}.{now():%H%M%S}"))


def send_test_mail(actor: Actor, address: str) -> None:
    """Send a mail that says only that mails arrive, at once. 测试邮件。

    Holders of `notify.mail.manage`. Unavailable or InvalidInput say what the server answered.
    """
    with acting(actor, "notify.mail.test", on=Ref("notify.mail", "")) as act:
        actor.require(MAIL)
        check_address(address.strip())
        server = get_mail_server()
        if server is None:
            raise Conflict("notify.mail.none", "This platform sends no mail; ask its operator")
        text = gettext("If you can read this, mails from this platform arrive.")
        send(server, write(server, address.strip(), gettext("Test"), text, act.id))


def list_failed_mails(actor: Actor, *, limit: int = 50) -> list[MailLine]:
    """The newest lines that could not be sent, for who looks after mails. 失败邮件。"""
    actor.require(MAIL)
    rows = MailLine.objects.filter(failed_at__isnull=False).select_related("notice")
    return list(rows.order_by("-failed_at", "-id")[:limit])


def count_failed_mails(limit: int = 99) -> int:
    """How many of late could not be sent, counted up to `limit`. 失败邮件数。"""
    rows = MailLine.objects.filter(failed_at__isnull=False)
    return len(rows.values_list("pk")[:limit])


def write(server: MailServer, address: str, subject: str, text: str, mail_id: str) -> EmailMessage:
    """A mail in plain text; no header holds what could begin another. 邮件。"""
    message = EmailMessage(policy=SMTP)
    name = clean(settings.YIWANG_CITY) or gettext("Yiwang")
    own_name, own_address = parseaddr(server.sender)
    message["From"] = formataddr((own_name or name, own_address))
    message["To"] = address
    message["Subject"] = clean(f"[{name}] {subject}")[:SUBJECT_AT_MOST]
    message["Date"] = formatdate(now().timestamp())
    # One id for one mail however often it is tried: a reader's program drops the repeat.
    message["Message-ID"] = f"<{mail_id.replace(':', '.')}@{server.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text.rstrip() + "\n", cte="base64")
    return message


def clean(text: str) -> str:
    """A text on one line, without what turns it round or hides in it. 清理文本。"""
    return " ".join(_UNSEEN.sub(" ", text).split())


def _address(server: MailServer, path: str) -> str:
    return urljoin(server.site, path) if server.site and path else ""


def _stop_address(server: MailServer, account_id: str, kind: str) -> str:
    return _address(server, reverse("notify:stop", args=[sign_stop(account_id, kind)]))


def _foot(stop: str) -> str:
    told = gettext("Which mails you get you choose under “My notices”.")
    stopping = gettext("To stop them: %(address)s") % {"address": stop} if stop else ""
    return f"-- \n{told}\n{stopping}".rstrip()
