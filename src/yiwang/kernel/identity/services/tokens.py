"""Tokens by which programs act as an account. 访问令牌。"""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput, NotAuthenticated, NotFound, NotPermitted
from yiwang.kernel.identity.models import Token
from yiwang.kernel.identity.types import TokenInfo
from yiwang.kernel.ledger.services import acting

from .actors import make_actor
from .passwords import lock_account_row, must_change
from .rules import get_rules

PREFIX = "yw_"
SHORT_PREFIX = "ys_"
SHORT_SALT = "yiwang.identity.pass"
SHORT_SECONDS = 3600
SHORT_DIGITS = 16
USED_STEP = timedelta(minutes=1)


def issue_token(
    actor: Actor, *, name: str, days: int = 0, account_id: str = ""
) -> tuple[TokenInfo, str]:
    """A new token and its secret, which is shown this once. 签发令牌。

    For oneself; only the node itself (its operator at the machine) issues for another account.
    `days` 0 means the rule's.
    """
    wanted = account_id or actor.id
    if wanted != actor.id and actor is not SYSTEM:
        raise NotPermitted("identity.token.other", "A token is issued by its owner only")
    checked_name, checked_days = _check(name, days)
    with transaction.atomic():
        account = lock_account_row(wanted)
        made, secret = Token(account=account, name=checked_name), _draw()
        _set_secret(made, secret, checked_days)
        with acting(actor, "identity.token.issue", on=_ref(made)) as act:
            made.save(force_insert=True)
            act.note(expires_at=made.expires_at.isoformat())
    return _describe(made), secret


def rotate_token(actor: Actor, token_id: str, *, days: int = 0) -> tuple[TokenInfo, str]:
    """Give a token a new secret; the old one stops at once. 轮换令牌。"""
    _, checked_days = _check("-", days)
    with transaction.atomic():
        found, secret = _own(actor, token_id), _draw()
        _set_secret(found, secret, checked_days)
        with acting(actor, "identity.token.rotate", on=_ref(found)):
            found.save()
    return _describe(found), secret


def revoke_token(actor: Actor, token_id: str) -> None:
    """Stop one of one's own tokens. 吊销令牌。"""
    with transaction.atomic():
        found = _own(actor, token_id)
        with acting(actor, "identity.token.revoke", on=_ref(found)):
            found.revoked_at = now()
            found.save(update_fields=["revoked_at"])


def list_tokens(actor: Actor) -> list[TokenInfo]:
    """One's own tokens that are not revoked, latest first. 我的令牌。"""
    rows = Token.objects.filter(account_id=actor.id, revoked_at=None)
    return [_describe(row) for row in rows.order_by("-created_at")]


def authenticate_token(secret: str) -> Actor:
    """The actor behind a secret; NotAuthenticated for any that does not count. 校验令牌。

    The secret is that of a token, or a pass made from one, which ends with it.
    """
    found = _find_live(_find_token(secret))
    if found.last_used_at is None or now() - found.last_used_at > USED_STEP:
        Token.objects.filter(pk=found.pk).update(last_used_at=now())
    return make_actor(found.account)


def issue_pass(token_id: str, secret: str) -> tuple[str, int]:
    """A secret for an hour, for who shows a token's id and secret, and its seconds. 短期凭证。

    The client credentials of RFC 6749, section 4.4. It ends earlier with its token.
    """
    found = _find_live(Token.objects.filter(pk=token_id, digest=_digest(secret)))
    told = signing.TimestampSigner(salt=SHORT_SALT).sign(
        f"{found.pk} {found.digest[:SHORT_DIGITS]}"
    )
    return SHORT_PREFIX + base64.urlsafe_b64encode(told.encode()).decode(), SHORT_SECONDS


def find_token_id(secret: str) -> str:
    """The id of the token behind a secret that counts. 凭证所属令牌。"""
    return str(_find_live(_find_token(secret)).pk)


def require_token(token_id: str) -> None:
    """Raise NotAuthenticated unless a token counts still. 校验令牌仍有效。"""
    _find_live(Token.objects.filter(pk=token_id))


def _find_token(secret: str) -> QuerySet[Token]:
    if not secret.startswith(SHORT_PREFIX):
        return Token.objects.filter(digest=_digest(secret))
    try:
        told = base64.urlsafe_b64decode(secret.removeprefix(SHORT_PREFIX).encode()).decode()
        named = signing.TimestampSigner(salt=SHORT_SALT).unsign(told, max_age=SHORT_SECONDS)
    except (ValueError, signing.BadSignature):
        return Token.objects.none()
    token_id, _space, digits = named.partition(" ")
    return Token.objects.filter(pk=token_id, digest__startswith=digits)


def _find_live(tokens: QuerySet[Token]) -> Token:
    found = tokens.select_related("account").filter(revoked_at=None, expires_at__gt=now()).first()
    if found is None or found.account.locked_at is not None or must_change(found.account):
        raise NotAuthenticated(
            "identity.token.invalid", "The token is unknown, expired, revoked or its account rests"
        )
    return found


def _own(actor: Actor, token_id: str) -> Token:
    rows = Token.objects.select_for_update()
    found = rows.filter(pk=token_id, account_id=actor.id, revoked_at=None).first()
    if found is None:
        raise NotFound("identity.token.unknown", "There is no such token")
    return found


def _check(name: str, days: int) -> tuple[str, int]:
    rules = get_rules()
    length = days or rules.token_days
    if not 1 <= length <= rules.token_days_at_most:
        raise InvalidInput(
            "identity.token.days",
            "A token lasts 1 to %(most)s days",
            most=rules.token_days_at_most,
        )
    if not name.strip() or len(name.strip()) > 100:
        raise InvalidInput(
            "identity.token.name", "Give the token a name of 1 to 100 characters: what uses it"
        )
    return name.strip(), length


def _draw() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _digest(secret: str) -> str:
    # The secret has 256 bits of chance, so a plain digest is enough and a look-up stays one read.
    return hashlib.sha256(secret.encode()).hexdigest()


def _set_secret(token: Token, secret: str, days: int) -> None:
    token.digest, token.hint = _digest(secret), secret[-4:]
    token.expires_at = now() + timedelta(days=days)


def _ref(token: Token) -> Ref:
    return Ref("identity.token", token.pk, token.name)


def _describe(row: Token) -> TokenInfo:
    return TokenInfo(
        id=row.pk,
        account_id=row.account_id,
        name=row.name,
        hint=row.hint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
