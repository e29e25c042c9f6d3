"""How a person wants to hear of things, and where mails to them go. 通知设置服务。

An address counts only once a code that was sent there came back: nobody can have notices sent to
others, or others' mailboxes filled.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.crypto import salted_hmac

from yiwang.kernel.base.act import ANONYMOUS, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, TooMany
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.notify.models import NoticeWishes
from yiwang.kernel.notify.types import MAIL_WISHES, NOTICE_KINDS, Wish, Wishes

from .smtp import get_mail_server

CODE_LASTS = timedelta(hours=1)
TRIES, CODES_AN_HOUR = 5, 5
LONGEST_ADDRESS = 254
SALT = "yiwang.notify.stop"
SEND_CODE = "notify.code"
_valid = EmailValidator(allowlist=[])


def get_wishes(account_id: str) -> Wishes:
    """How an account wants to hear of things. 取通知设置。"""
    return find_wishes([account_id]).get(account_id) or Wishes()


def find_wishes(account_ids: Collection[str]) -> dict[str, Wishes]:
    """Those of several accounts that said anything, in one query. 批量取通知设置。"""
    rows = NoticeWishes.objects.filter(account_id__in=account_ids)
    return {row.account_id: _describe(row) for row in rows}


def save_wishes(
    actor: Actor,
    kinds: Mapping[str, Wish],
    *,
    language: str,
    quiet_from: time | None = None,
    quiet_until: time | None = None,
) -> None:
    """Choose for oneself how to hear of each kind. 保存通知设置。"""
    if (quiet_from is None) != (quiet_until is None) or (quiet_from and quiet_from == quiet_until):
        raise InvalidInput("notify.wishes.quiet", "Quiet hours need a beginning and another end")
    for kind, wish in kinds.items():
        known = NOTICE_KINDS.find(kind)
        if known is None or wish.mail not in MAIL_WISHES or (wish.quiet and known.loud):
            raise InvalidInput("notify.wishes.kind", "This cannot be chosen for such notices")
    with acting(actor, "notify.wishes.save", on=_ref(actor)):
        row = _lock(actor)
        row.kinds = {kind: _keep(wish) for kind, wish in kinds.items() if wish != Wish()}
        row.language, row.quiet_from, row.quiet_until = language, quiet_from, quiet_until
        row.save()


def ask_address(actor: Actor, address: str, *, language: str) -> None:
    """Want mails to an address: a code goes there, which must come back. 登记邮箱。

    Conflict where this node sends no mail, TooMany after five codes within an hour.
    """
    address = address.strip()
    check_address(address)
    if get_mail_server() is None:
        raise Conflict("notify.mail.none", "This platform sends no mail; ask its operator")
    with acting(actor, "notify.address.ask", on=_ref(actor)) as act:
        row = _lock(actor)
        recent = [one for one in row.asked if datetime.fromisoformat(one) > act.at - CODE_LASTS]
        if len(recent) >= CODES_AN_HOUR:
            raise TooMany("notify.address.codes", "Five codes were sent within the last hour")
        row.asked = [*recent, act.at.isoformat()]
        row.pending, row.language = address, language
        row.code, row.code_until = "", None
        row.save()
        enqueue(act, SEND_CODE, {"account_id": actor.id})


def draw_code(account_id: str) -> tuple[str, Wishes] | None:
    """A new code for the address that waits, and the code itself for the mail; None if none waits. 验证码。"""
    row = NoticeWishes.objects.select_for_update().filter(pk=account_id).exclude(pending="").first()
    if row is None:
        return None
    code = f"{secrets.randbelow(10**6):06d}"
    row.code, row.code_tries, row.code_until = _digest(row, code), 0, now() + CODE_LASTS
    row.save(update_fields=["code", "code_tries", "code_until"])
    return code, _describe(row)


def confirm_address(actor: Actor, code: str) -> None:
    """The code came back: mails go to the address from now on. 验证邮箱。

    InvalidInput for a wrong code; after five of them, or an hour, none counts any more.
    """
    with acting(actor, "notify.address.confirm", on=_ref(actor)) as act:
        row = _lock(actor)
        lasts = row.code_until is not None and row.code_until > act.at and row.code_tries < TRIES
        right = lasts and hmac.compare_digest(row.code, _digest(row, code.strip()))
        if right:
            row.address, row.pending, row.code = row.pending, "", ""
            row.stopped_at = row.failed_at = None
            row.failure = ""
        else:
            row.code_tries += 1
        row.save()
    # After the act: a wrong try is counted, whatever is said of it.
    if not lasts:
        raise InvalidInput("notify.address.over", "This code counts no more; ask for a new one")
    if not right:
        raise InvalidInput("notify.address.code", "This is not the code that was sent")


def drop_address(actor: Actor) -> None:
    """Forget the address; no mails any more. 删除邮箱。"""
    with acting(actor, "notify.address.drop", on=_ref(actor)):
        row = _lock(actor)
        row.address = row.pending = row.code = ""
        row.failed_at, row.failure = None, ""
        row.save()


def resume_mails(actor: Actor) -> None:
    """Send mails again after all were stopped. 恢复邮件。"""
    with acting(actor, "notify.mails.resume", on=_ref(actor)):
        row = _lock(actor)
        row.stopped_at = row.failed_at = None
        row.failure = ""
        row.save()


def sign_stop(account_id: str, kind: str) -> str:
    """What the link in a mail says: whose mails are to stop, and of which kind. 退订标记。"""
    return signing.dumps([account_id, kind], salt=SALT, compress=True)


def read_stop(token: str) -> tuple[str, str]:
    """Whose mails a link is about, and of which kind; NotFound for one that nobody signed. 读取退订标记。"""
    try:
        account_id, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise NotFound("notify.stop.unknown", "This link stops nothing") from None
    return account_id, kind


def stop_mails(token: str, *, all_kinds: bool) -> None:
    """Whoever has the mail stops further ones: of its kind, or all. 退订。"""
    account_id, kind = read_stop(token)
    with acting(ANONYMOUS, "notify.mails.stop", on=Ref("notify.wishes", account_id)) as act:
        row = NoticeWishes.objects.select_for_update().filter(pk=account_id).first()
        if row is None:
            raise NotFound("notify.stop.unknown", "This link stops nothing")
        if all_kinds:
            row.stopped_at = row.stopped_at or act.at
        else:
            row.kinds = {**row.kinds, kind: {**row.kinds.get(kind, {}), "mail": ""}}
        act.note(kind="" if all_kinds else kind)
        row.save()


def note_failure(account_id: str, failure: str) -> None:
    """Show its owner that mails to an address do not arrive; nothing clears it again. 投递失败标记。"""
    changes: dict[str, Any] = {"failure": failure, "failed_at": now() if failure else None}
    rows = NoticeWishes.objects.filter(pk=account_id)
    (rows if failure else rows.exclude(failure="")).update(**changes)


def check_address(address: str) -> None:
    """InvalidInput unless a mail can be sent to it. 校验邮箱。"""
    try:
        _valid(address)
        # What lies beyond ASCII many servers refuse, and its look-alikes reach somebody else.
        if len(address.encode("ascii")) > LONGEST_ADDRESS:
            raise ValidationError("")
    except (ValidationError, UnicodeEncodeError):
        raise InvalidInput(
            "notify.address.wrong", "This is no e-mail address", field="address"
        ) from None


def _lock(actor: Actor) -> NoticeWishes:
    NoticeWishes.objects.get_or_create(account_id=actor.id)
    return NoticeWishes.objects.select_for_update().get(pk=actor.id)


def _digest(row: NoticeWishes, code: str) -> str:
    # Keyed, for six digits are soon tried out by whoever has a copy of the row.
    text = f"{row.account_id} {row.pending} {code}"
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


def _keep(wish: Wish) -> dict[str, Any]:
    return {"quiet": wish.quiet, "mail": wish.mail}


def _ref(actor: Actor) -> Ref:
    return Ref("notify.wishes", actor.id)


def _describe(row: NoticeWishes) -> Wishes:
    return Wishes(
        kinds={
            kind: Wish(bool(told.get("quiet")), told.get("mail", ""))
            for kind, told in row.kinds.items()
        },
        address=row.address,
        pending=row.pending,
        language=row.language,
        quiet_from=row.quiet_from,
        quiet_until=row.quiet_until,
        stopped_at=row.stopped_at,
        failed_at=row.failed_at,
        failure=row.failure,
    )
