"""Accounts and the posts they hold. 账号与岗位。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import now, today
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.identity.models import Account, Organization, Post, RoleGrant, SignInGuard
from yiwang.kernel.identity.types import (
    EDIT_ACCOUNTS,
    LOCK_ACCOUNTS,
    UNLOCK_ACCOUNTS,
    VIEW_ACCOUNTS,
    AccountInfo,
    PostInfo,
)
from yiwang.kernel.ledger.services import acting

from .actors import authorize, within_period
from .guards import key_of
from .organizations import list_chains
from .passwords import (
    check_new_password,
    draw_password,
    end_all_sessions,
    lock_account_row,
    ref_account,
    refuse_last_administrator,
    revoke_all_tokens,
    store_password,
)

NAME = re.compile(r"[\w][\w.@\-]{1,63}")
PAGE = 50


def create_account(
    actor: Actor,
    *,
    name: str,
    full_name: str = "",
    organization_code: str = "",
    title: str = "",
    password: str = "",
    must_change_password: bool = True,
    reason: str = "",
) -> tuple[AccountInfo, str]:
    """Make an account and say its first password, which is shown this once. 新建账号。

    Without `password` one is drawn. The account holds no role until a security administrator
    grants one. Its owner must change the password at first sign-in.
    """
    authorize(actor, EDIT_ACCOUNTS)
    folded = fold_name(name)
    _check_names(folded, full_name)
    if password:
        check_new_password(password, name=folded, full_name=full_name)
    made = Account(name=folded, full_name=full_name.strip())
    with acting(actor, "identity.account.create", on=ref_account(made), reason=reason) as act:
        _insert(made)
        first = password or draw_password()
        store_password(made, first, must_change=must_change_password)
        if organization_code:
            Post.objects.create(
                account=made, organization=_organization(organization_code), title=title.strip()
            )
        act.note(organization=organization_code)
    return get_accounts([made.pk])[made.pk], first


def update_account(
    actor: Actor, account_id: str, *, full_name: str, reason: str = ""
) -> AccountInfo:
    """Change how an account's owner is called. 修改账号。 The sign-in name stays for good."""
    authorize(actor, EDIT_ACCOUNTS)
    with transaction.atomic():
        account = lock_account_row(account_id)
        _check_names(account.name, full_name)
        with acting(actor, "identity.account.update", on=ref_account(account), reason=reason):
            account.full_name = full_name.strip()
            account.save(update_fields=["full_name"])
    return get_accounts([account_id])[account_id]


def add_post(
    actor: Actor,
    account_id: str,
    *,
    organization_code: str,
    title: str = "",
    valid_from: date | None = None,
    reason: str = "",
) -> PostInfo:
    """Put an account into an organization, from a day on. 任职。"""
    authorize(actor, EDIT_ACCOUNTS, account_id)
    with transaction.atomic():
        account = lock_account_row(account_id)
        organization = _organization(organization_code)
        if Post.objects.filter(
            account=account, organization=organization, valid_until=None
        ).exists():
            raise Conflict("identity.post.held", "The account holds a post there already")
        with acting(actor, "identity.post.add", on=ref_account(account), reason=reason) as act:
            made = Post.objects.create(
                account=account,
                organization=organization,
                title=title.strip(),
                valid_from=valid_from or today(),
            )
            act.note(organization=organization.code, post=made.pk)
    return _describe_post(made)


def end_post(actor: Actor, post_id: str, *, on: date | None = None, reason: str = "") -> PostInfo:
    """End a post from a day on (today unless said); its reach ends with it. 免职。"""
    authorize(actor, EDIT_ACCOUNTS)
    with transaction.atomic():
        post = (
            Post.objects.select_for_update(of=("self",))
            .select_related("organization", "account")
            .filter(pk=post_id)
            .first()
        )
        if post is None:
            raise NotFound("identity.post.unknown", "There is no such post")
        authorize(actor, EDIT_ACCOUNTS, post.account_id)
        if post.valid_until is not None and post.valid_until <= today():
            raise Conflict("identity.post.ended", "This post has ended already")
        with acting(actor, "identity.post.end", on=ref_account(post.account), reason=reason) as act:
            post.valid_until = max(on or today(), post.valid_from)
            post.save(update_fields=["valid_until"])
            act.note(organization=post.organization.code, post=post.pk)
    return _describe_post(post)


def lock_account(actor: Actor, account_id: str, *, reason: str) -> None:
    """Lock an account at once: sessions end, tokens are revoked. 锁定账号。"""
    authorize(actor, LOCK_ACCOUNTS, account_id)
    _require_reason(reason)
    with transaction.atomic():
        account = lock_account_row(account_id)
        if account.locked_at is not None:
            raise Conflict("identity.account.locked_already", "This account is locked already")
        if actor is not SYSTEM:
            refuse_last_administrator(account)
        with acting(actor, "identity.account.lock", on=ref_account(account), reason=reason):
            account.locked_at = now()
            account.save(update_fields=["locked_at"])
            end_all_sessions(account.pk)
            revoke_all_tokens(account.pk)


def unlock_account(actor: Actor, account_id: str, *, reason: str = "") -> None:
    """Open a locked account, and forget its failed sign-ins. 解锁账号。"""
    authorize(actor, UNLOCK_ACCOUNTS, account_id)
    with transaction.atomic():
        account = lock_account_row(account_id)
        with acting(actor, "identity.account.unlock", on=ref_account(account), reason=reason):
            account.locked_at = None
            account.save(update_fields=["locked_at"])
            SignInGuard.objects.filter(pk=key_of(account.name)).delete()


def get_account(actor: Actor, account_id: str) -> AccountInfo:
    """One account, one's own or with the permission to see accounts; else NotFound. 取账号。"""
    if actor.id != account_id:
        authorize(actor, VIEW_ACCOUNTS)
    found = get_accounts([account_id]).get(account_id)
    if found is None:
        raise NotFound("identity.account.unknown", "There is no such account")
    return found


def find_account(name: str) -> AccountInfo | None:
    """By sign-in name, for the command line and imports. 按账号名查找。"""
    return find_accounts([name]).get(name)


def find_accounts(names: Iterable[str]) -> dict[str, AccountInfo]:
    """By sign-in name as it was typed, in three queries; unknown names left out. 按账号名批量查找。"""
    folded = {name: fold_name(name) for name in names}
    rows = _describe(Account.objects.filter(name__in=set(folded.values())))
    known = {one.name: one for one in rows}
    return {name: known[kept] for name, kept in folded.items() if kept in known}


def list_namesakes(names: Iterable[str]) -> dict[str, list[AccountInfo]]:
    """The people of each full name, by sign-in name, in three queries. 同名人员。"""
    # PostgreSQL keeps no NUL; a name with one is nobody's.
    told = {name for name in names if "\0" not in name}
    rows = Account.objects.filter(kind="person", full_name__in=told).order_by("name")
    found: dict[str, list[AccountInfo]] = {}
    for one in _describe(rows):
        found.setdefault(one.full_name, []).append(one)
    return found


def get_accounts(ids: Iterable[str]) -> dict[str, AccountInfo]:
    """Accounts by id in three queries, for lists that name people; unknown ids left out. 批量取账号。"""
    wanted = set(ids)
    return {one.id: one for one in _describe(Account.objects.filter(pk__in=wanted))}


def name_accounts(ids: Iterable[str]) -> dict[str, str]:
    """The names to show of accounts by id, in one query and nothing else of them; unknown ids left out. 姓名。"""
    rows = Account.objects.filter(pk__in=set(ids))
    return {pk: full or name for pk, full, name in rows.values_list("pk", "full_name", "name")}


def list_accounts(
    actor: Actor,
    *,
    text: str = "",
    organization_code: str = "",
    role: str = "",
    after: str = "",
    limit: int = PAGE,
) -> list[AccountInfo]:
    """Accounts by sign-in name, those after `after`; role `none` asks for those without. 账号列表。"""
    authorize(actor, VIEW_ACCOUNTS)
    rows = Account.objects.filter(kind="person", name__gt=after).order_by("name")
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(full_name__icontains=text))
    if organization_code:
        posts = Post.objects.filter(organization__code=organization_code)
        rows = rows.filter(pk__in=posts.filter(*within_period()).values("account_id"))
    if role:
        rows = _with_role(rows, role)
    return _describe(rows[:limit])


def list_account_ids(*, role: str, organization_codes: Iterable[str] | None = None) -> list[str]:
    """Unlocked accounts that hold a role, in those organizations if given: whom to notify. 账号标识。"""
    rows = Account.objects.filter(
        locked_at=None,
        pk__in=RoleGrant.objects.filter(role=role, revoked_at=None).values("account_id"),
    )
    if organization_codes is not None:
        posts = Post.objects.filter(organization__code__in=set(organization_codes))
        rows = rows.filter(pk__in=posts.filter(*within_period()).values("account_id"))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def list_organizations_with(role: str, codes: Iterable[str], *, beside: str = "") -> set[str]:
    """Those of the organizations in which some unlocked account holds a role. 设有该角色的机构。

    `beside` is an account that does not count.
    """
    holders = RoleGrant.objects.filter(role=role, revoked_at=None).values("account_id")
    posts = Post.objects.filter(
        *within_period(), organization__code__in=set(codes),
        account_id__in=holders, account__locked_at=None,
    )  # fmt: skip
    return set(posts.exclude(account_id=beside).values_list("organization__code", flat=True))


def find_office(role: str, code: str) -> str:
    """The nearest organization at or above one where somebody holds a role; empty where none. 就近机构。"""
    chain = list_chains([code]).get(code, ())
    held = list_organizations_with(role, chain)
    return next((one for one in reversed(chain) if one in held), "")


def find_unlocked(account_ids: Iterable[str]) -> set[str]:
    """Those of the accounts that are there and not locked, in one query. 可用账号。"""
    rows = Account.objects.filter(pk__in=set(account_ids), locked_at=None)
    return set(rows.values_list("pk", flat=True))


def count_without_role(limit: int = 99) -> int:
    """Unlocked accounts that can do nothing yet, counted up to `limit`. 待授权账号数。"""
    held = RoleGrant.objects.filter(revoked_at=None).values("account_id")
    rows = Account.objects.filter(kind="person", locked_at=None).exclude(pk__in=held)
    return len(rows.values_list("pk", flat=True)[:limit])


def list_posts(actor: Actor, account_id: str) -> list[PostInfo]:
    """All posts of an account, present ones first. 岗位列表。"""
    if actor.id != account_id:
        authorize(actor, VIEW_ACCOUNTS)
    rows = Post.objects.filter(account_id=account_id).select_related("organization")
    found = [_describe_post(row) for row in rows.order_by("valid_from", "pk")]
    return sorted(found, key=lambda post: post.valid_until is not None)


def fold_name(name: str) -> str:
    """The sign-in name as it is kept: NFKC, lower case, trimmed. 规范账号名。"""
    # PostgreSQL keeps no NUL; a name with one is no name.
    return unicodedata.normalize("NFKC", name).replace("\0", "\ufffd").strip().lower()


def _with_role(rows: QuerySet[Account], role: str) -> QuerySet[Account]:
    grants = RoleGrant.objects.filter(revoked_at=None)
    if role == "none":
        return rows.exclude(pk__in=grants.values("account_id"))
    return rows.filter(pk__in=grants.filter(role=role).values("account_id"))


def _describe(rows: Iterable[Account]) -> list[AccountInfo]:
    accounts = list(rows)
    ids = [one.pk for one in accounts]
    posts: dict[str, tuple[str, str]] = {}
    current = Post.objects.filter(account_id__in=ids).filter(*within_period())
    for pk, code, name in current.order_by("-valid_from", "-pk").values_list(
        "account_id", "organization__code", "organization__name"
    ):
        posts[pk] = (code, name)
    roles: dict[str, list[str]] = {}
    grants = RoleGrant.objects.filter(account_id__in=ids, revoked_at=None).order_by("granted_at")
    for pk, role in grants.values_list("account_id", "role"):
        roles.setdefault(pk, []).append(role)
    return [_describe_one(one, posts.get(one.pk), roles.get(one.pk, [])) for one in accounts]


def _describe_one(one: Account, post: tuple[str, str] | None, roles: Sequence[str]) -> AccountInfo:
    code, name = post or ("", "")
    return AccountInfo(
        id=one.pk,
        name=one.name,
        full_name=one.full_name,
        kind=one.kind,
        created_at=one.created_at,
        locked_at=one.locked_at,
        must_change_password=one.must_change_password,
        last_signed_in_at=one.last_login,
        organization_code=code,
        organization_name=name,
        roles=tuple(roles),
    )


def _describe_post(post: Post) -> PostInfo:
    return PostInfo(
        id=post.pk,
        account_id=post.account_id,
        organization_code=post.organization.code,
        organization_name=post.organization.name,
        title=post.title,
        valid_from=post.valid_from,
        valid_until=post.valid_until,
    )


def _insert(made: Account) -> None:
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "identity.account.name_taken",
            "There is an account %(name)s already",
            name=made.name,
        ) from None


def _organization(code: str) -> Organization:
    found = Organization.objects.filter(code=code).first()
    if found is None:
        raise NotFound(
            "identity.organization.unknown",
            "There is no organization with the code %(organization)s",
            organization=code,
        )
    return found


def _check_names(name: str, full_name: str) -> None:
    if not NAME.fullmatch(name):
        raise InvalidInput(
            "identity.account.name",
            "A sign-in name has 2 to 64 letters, digits, dots, dashes, underscores or @",
        )
    if len(full_name) > 100:
        raise InvalidInput("identity.account.full_name", "A name has at most 100 characters")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("identity.reason.missing", "Say why; the reason goes on record")
