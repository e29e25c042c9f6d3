"""Signing in and out, and the sessions between. 登录与会话。"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from yiwang.kernel.base.act import ANONYMOUS, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotAuthenticated, NotFound, NotPermitted
from yiwang.kernel.identity.models import Account, AccountSession
from yiwang.kernel.identity.types import SessionInfo, SignedIn
from yiwang.kernel.ledger.services import acting

from .accounts import fold_name
from .actors import make_actor
from .guards import count_try, forgive
from .passwords import must_change, ref_account
from .rules import get_rules

NOBODY = Ref("identity.account", id="unknown")
KEEP = timedelta(days=180)
SEEN_STEP = timedelta(seconds=30)


def sign_in(*, name: str, password: str, address: str = "", agent: str = "") -> SignedIn:
    """Check name and password and open a session. 登录。

    NotAuthenticated says the same for an unknown name, a wrong password and a locked account, and
    takes as long; TooMany after the failures that the rules allow a name or an address.
    """
    folded = fold_name(name)[:64]
    count_try(folded, address)
    account = Account.objects.filter(name=folded, kind="person").first()
    if not _is_right(account, password) or account is None or account.locked_at is not None:
        _record_failure(account)
        raise NotAuthenticated("identity.sign_in.wrong", "The name or the password is not right")
    forgive(folded, address)
    with acting(Actor(id=account.pk), "identity.account.sign_in", on=ref_account(account)):
        session = AccountSession.objects.create(
            account=account, address=address[:45], agent=agent[:200]
        )
        account.last_login = now()
        account.save(update_fields=["last_login"])
    return SignedIn(session.pk, account.pk, must_change(account))


def resume(session_id: str) -> tuple[Actor, SignedIn]:
    """The actor of a session still open, which counts as seen now. 恢复会话。

    NotAuthenticated where it was ended, idle too long, too old, or its account is locked.
    """
    found = AccountSession.objects.select_related("account").filter(pk=session_id).first()
    if found is None or not _is_open(found):
        raise NotAuthenticated("identity.session.ended", "The session has ended; sign in again")
    if now() - found.seen_at > SEEN_STEP:
        AccountSession.objects.filter(pk=found.pk).update(seen_at=now())
    try:
        actor = make_actor(found.account)
    except NotPermitted as error:
        raise NotAuthenticated("identity.session.ended", error.message) from None
    return actor, SignedIn(found.pk, found.account_id, must_change(found.account))


def sign_out(actor: Actor, session_id: str) -> None:
    """End the session one is in. 退出。"""
    end_session(actor, session_id, verb="identity.account.sign_out")


def end_session(actor: Actor, session_id: str, *, verb: str = "identity.session.end") -> None:
    """End one of one's own sessions; another's is NotFound. 结束会话。"""
    with transaction.atomic():
        rows = AccountSession.objects.select_for_update()
        found = rows.filter(pk=session_id, account_id=actor.id, ended_at=None).first()
        if found is None:
            raise NotFound("identity.session.unknown", "There is no such session")
        with acting(actor, verb, on=Ref("identity.session", found.pk)):
            found.ended_at = now()
            found.save(update_fields=["ended_at"])


def list_sessions(actor: Actor) -> list[SessionInfo]:
    """One's own open sessions, the latest seen first. 我的会话。"""
    rows = AccountSession.objects.filter(account_id=actor.id, ended_at=None)
    return [
        SessionInfo(row.pk, row.account_id, row.address, row.agent, row.created_at, row.seen_at)
        for row in rows.order_by("-seen_at")
        if _is_open(row)
    ]


def forget_ended_sessions() -> int:
    """Drop sessions that nobody has used for 180 days; how many. 清理旧会话。"""
    return AccountSession.objects.filter(seen_at__lt=now() - KEEP).delete()[0]


def _is_open(session: AccountSession) -> bool:
    rules = get_rules()
    idle = now() - session.seen_at > timedelta(minutes=rules.session_idle_minutes)
    old = now() - session.created_at > timedelta(hours=rules.session_hours)
    return session.ended_at is None and not idle and not old


def _is_right(account: Account | None, password: str) -> bool:
    """Hash once whatever the name, so that time does not tell which names exist."""
    if account is None:
        make_password(password)
        return False
    return check_password(password, account.password)


def _record_failure(account: Account | None) -> None:
    on = ref_account(account) if account else NOBODY
    with acting(ANONYMOUS, "identity.account.sign_in_failed", on=on):
        pass
