"""What a password must be, and how it changes. 口令。"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted
from yiwang.kernel.events.services import announce
from yiwang.kernel.identity.models import Account, AccountSession, PasswordHistory, RoleGrant, Token
from yiwang.kernel.identity.types import ADMINISTRATORS, RESET_PASSWORDS
from yiwang.kernel.ledger.services import acting

from .actors import authorize
from .guards import count_try, forgive
from .rules import get_rules

LONGEST = 128
# What people here choose when a rule asks for "letters, digits, signs": pinyin, keyboard rows,
# lucky numbers, and the same with the year behind. Compared after folding and without signs.
COMMON = frozenset(
    [
        "123456",
        "1234567",
        "12345678",
        "123456789",
        "1234567890",
        "111111",
        "000000",
        "666666",
        "888888",
        "88888888",
        "112233",
        "123123",
        "123321",
        "654321",
        "5201314",
        "1314520",
        "520520",
        "147258369",
        "1qaz2wsx",
        "1q2w3e4r",
        "qwerty",
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qazwsx",
        "password",
        "passw0rd",
        "p4ssw0rd",
        "pssw0rd",
        "admin",
        "administrator",
        "admin123",
        "root",
        "welcome",
        "letmein",
        "iloveyou",
        "woaini",
        "woaini1314",
        "woaini520",
        "woaini521",
        "nihao",
        "zhongguo",
        "china",
        "beijing",
        "shanghai",
        "guangdong",
        "zhengwu",
        "shuju",
        "shujuju",
        "mima",
        "mima123",
        "wangluo",
        "yiwang",
        "test",
        "test123",
        "guest",
        "user",
        "abc123",
        "abcd1234",
        "a123456",
        "a12345678",
        "aa123456",
        "aa12345678",
        "qq123456",
        "qwe123",
        "asd123",
        "wang123",
        "zhang123",
        "admin888",
        "changeme",
        "secret",
    ]
)
SEQUENCES = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")


def check_new_password(password: str, *, name: str, full_name: str = "") -> None:
    """Raise InvalidInput for the first rule that a new password breaks. 校验新口令。"""
    rules = get_rules()
    if not rules.password_length <= len(password) <= LONGEST:
        raise InvalidInput(
            "identity.password.length",
            "A password has %(least)s to %(most)s characters",
            least=rules.password_length,
            most=LONGEST,
        )
    if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < rules.password_classes:
        raise InvalidInput(
            "identity.password.classes",
            "A password mixes at least %(count)s of: small letters, capitals, digits, signs",
            count=rules.password_classes,
        )
    folded = _fold(password)
    names = [_fold(part) for part in (name, full_name) if len(_fold(part)) >= 2]
    if any(part in folded or part[::-1] in folded for part in names):
        raise InvalidInput(
            "identity.password.name", "A password does not contain the account's name"
        )
    if is_common(password):
        raise InvalidInput(
            "identity.password.common", "This password is too easy to guess; choose another"
        )


def is_common(password: str) -> bool:
    """Whether it is a well-known password, with or without a year, signs or a repeat. 常见口令。"""
    bare = re.sub(r"[^0-9a-z]", "", _fold(password))
    core = re.sub(r"(19|20)\d\d$", "", bare)
    read = core.translate(str.maketrans("0134578", "oieastb"))
    stem = re.sub(r"\d{1,4}$", "", bare)
    half = bare[: len(bare) // 2]
    chunks = re.findall(r"[a-z]+|\d+", core)
    if chunks and all(chunk in COMMON for chunk in chunks):
        return True
    if {bare, core, read, stem} & COMMON or (bare == half * 2 and half in COMMON):
        return True
    if len(set(bare)) <= 2:
        return True
    return any(len(bare) >= 6 and (bare in row or bare in row[::-1]) for row in SEQUENCES)


def change_password(
    actor: Actor, *, old: str, new: str, again: str | None = None, keep_session: str = ""
) -> None:
    """The signed-in person's own password; all other sessions end. 修改口令。"""
    if again is not None and again != new:
        raise InvalidInput("identity.password.again", "The new password was typed in two ways")
    _check_old(actor, old)
    with transaction.atomic():
        account = lock_account_row(actor.id)
        check_new_password(new, name=account.name, full_name=account.full_name)
        _refuse_used(account, new)
        with acting(actor, "identity.password.change", on=ref_account(account)) as act:
            store_password(account, new, must_change=False)
            act.note(sessions_ended=end_all_sessions(account.pk, keep=keep_session))


def reset_password(actor: Actor, account_id: str, *, reason: str = "") -> str:
    """Give an account a new first password, shown once; it must be changed at sign-in. 重置口令。

    Sessions end and tokens are revoked. An administrator's password is reset only on the machine
    itself (the node acts): otherwise one administrator could become another.
    """
    authorize(actor, RESET_PASSWORDS, account_id)
    with transaction.atomic():
        account = lock_account_row(account_id)
        if actor is not SYSTEM:
            _refuse_administrator(account)
        with acting(
            actor, "identity.password.reset", on=ref_account(account), reason=reason
        ) as act:
            password = draw_password()
            store_password(account, password, must_change=True)
            act.note(
                sessions_ended=end_all_sessions(account.pk),
                tokens_revoked=revoke_all_tokens(account.pk),
            )
            announce(act, "identity.password.reset", {"account": account.pk})
    return password


def draw_password() -> str:
    """A first password: easy to read out, no look-alikes, of every class. 生成初始口令。"""
    letters, digits = "abcdefghjkmnpqrstuvwxyz", "23456789"
    pick = secrets.choice
    parts = ["".join(pick(letters) for _ in range(4)) for _ in range(3)]
    return f"{parts[0].capitalize()}-{parts[1]}-{parts[2]}-{pick(digits)}{pick(digits)}"


def store_password(account: Account, password: str, *, must_change: bool) -> None:
    """Set the password and remember the one before; inside the caller's transaction. 保存口令。"""
    if account.password and not account.password.startswith("!"):
        PasswordHistory.objects.create(account=account, password=account.password)
    account.password = make_password(password)
    account.must_change_password = must_change
    account.password_changed_at = now()
    account.save(update_fields=["password", "must_change_password", "password_changed_at"])


def must_change(account: Account) -> bool:
    """Whether the password is somebody else's choice or too old. 是否须改口令。"""
    age = now() - account.password_changed_at
    return account.must_change_password or age > timedelta(days=get_rules().password_days)


def is_change_due(actor: Actor) -> bool:
    """Whether the actor must choose a new password before anything else. 是否须改口令。"""
    account = Account.objects.filter(pk=actor.id).first()
    return account is not None and must_change(account)


def end_all_sessions(account_id: str, *, keep: str = "") -> int:
    """End every session of an account but one; how many. 结束全部会话。"""
    rows = AccountSession.objects.filter(account_id=account_id, ended_at=None).exclude(pk=keep)
    return rows.update(ended_at=now())


def revoke_all_tokens(account_id: str) -> int:
    """Revoke every token of an account; how many. 吊销全部令牌。"""
    return Token.objects.filter(account_id=account_id, revoked_at=None).update(revoked_at=now())


def lock_account_row(account_id: str) -> Account:
    """The account, held until the transaction ends; NotFound. 锁定账号行。"""
    found = Account.objects.select_for_update().filter(pk=account_id).first()
    if found is None:
        raise NotFound("identity.account.unknown", "There is no such account")
    return found


def refuse_last_administrator(account: Account) -> None:
    """Conflict where the account is the last unlocked one in an administrator's role. 保留末位管理员。

    Otherwise one administrator could silence another. The role's grants are held by row lock, so
    that two who take away the last two one after the other do not both succeed.
    """
    grants = RoleGrant.objects.select_for_update(of=("self",)).order_by("pk")
    held = list(
        grants.filter(revoked_at=None, role__in=ADMINISTRATORS).values_list(
            "account_id", "role", "account__locked_at"
        )
    )
    roles = {role for pk, role, _ in held if pk == account.pk}
    others = {role for pk, role, locked_at in held if pk != account.pk and locked_at is None}
    if roles - others:
        raise Conflict(
            "identity.role.last_administrator",
            "This is the last account that can act in its administrator's role; grant the role to "
            "another account first",
        )


def ref_account(account: Account) -> Ref:
    """A pointer without the person's name: the ledger keeps rows for years. 账号引用。"""
    return Ref("identity.account", account.pk)


def _check_old(actor: Actor, old: str) -> None:
    """Guesses in a session left open count as failed sign-ins do, before the transaction."""
    account = Account.objects.filter(pk=actor.id, kind="person").first()
    if account is None:
        raise NotPermitted("identity.password.none", "This account has no password")
    count_try(account.name)
    if not check_password(old, account.password):
        raise InvalidInput("identity.password.wrong", "The present password is not right")
    forgive(account.name)


def _refuse_administrator(account: Account) -> None:
    held = RoleGrant.objects.filter(account=account, revoked_at=None, role__in=ADMINISTRATORS)
    if held.exists():
        raise NotPermitted(
            "identity.password.administrator",
            "An administrator's password is reset on the machine itself, with `yiwang reset-password`",
        )


def _refuse_used(account: Account, new: str) -> None:
    count = get_rules().password_history
    earlier = PasswordHistory.objects.filter(account=account).order_by("-replaced_at", "-pk")
    used = [account.password, *earlier.values_list("password", flat=True)[: count - 1]]
    if any(check_password(new, one) for one in used):
        raise InvalidInput(
            "identity.password.used",
            "This is one of the last %(count)s passwords; choose another",
            count=count,
        )


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
