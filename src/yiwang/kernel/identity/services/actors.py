"""From accounts to actors. 行为人。"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.kernel.base.permissions import PERMISSIONS, Scope
from yiwang.kernel.identity.models import Account, Post, Reach, RoleGrant
from yiwang.kernel.identity.types import ADMINISTRATORS, EDIT_ORGANIZATIONS
from yiwang.kernel.ledger.services import record_refusal

INSTALLER_ROLE = "engineer"


def get_actor(account_id: str) -> Actor:
    """The account in its posts with what its roles allow, as things stand now. 取行为人。

    NotFound for an unknown account, NotPermitted for a locked one.
    """
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NotFound("identity.account.unknown", "There is no such account")
    return make_actor(account)


def make_actor(account: Account) -> Actor:
    """The actor of an account at hand; NotPermitted while it is locked. 构造行为人。"""
    if account.locked_at is not None:
        raise NotPermitted("identity.account.locked", "This account is locked")
    if account.kind == "installer":
        return _make_installer(account)
    roles = frozenset(
        RoleGrant.objects.filter(account=account, revoked_at=None).values_list("role", flat=True)
    )
    permissions = find_permissions(roles)
    posts = [code for code, _ in list_current_posts(account.pk)]
    within = "own" in permissions.values()
    return Actor(
        id=account.pk,
        organization=posts[0] if posts else "",
        roles=roles,
        permissions=permissions,
        organizations=list_codes_below(posts) if within else frozenset(posts),
    )


def find_permissions(roles: Iterable[str]) -> dict[str, Scope]:
    """What roles allow and how far, the wider reach winning. 角色权限。

    An administrator never touches business data, whatever else a table might say; two
    administrators' roles at once, which the database refuses, would allow nothing.
    """
    held = frozenset(roles)
    administrators = held & ADMINISTRATORS
    if len(administrators) > 1:
        return {}
    found: dict[str, Scope] = {}
    for permission in PERMISSIONS.values():
        if administrators and permission.touches_business_data:
            continue
        scopes = {
            permission.roles[role] for role in administrators or held if role in permission.roles
        }
        if scopes:
            found[permission.name] = "all" if "all" in scopes else "own"
    return found


def list_current_posts(account_id: str, on: date | None = None) -> list[tuple[str, str]]:
    """Organization code and title of each post held that day, the main one first. 现任岗位。"""
    rows = (
        Post.objects.filter(account_id=account_id)
        .filter(*within_period(on))
        .order_by("valid_from", "pk")
        .values_list("organization__code", "title")
    )
    return list(rows)


def list_standings(account_id: str, on: date | None = None) -> list[tuple[str, int]]:
    """The organizations of the posts held that day, each with how far below the top it stands. 任职层级。

    Asked with every list of records, so the statement is written once.
    """
    day = on or today()
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, [account_id, day, day])
        return [(str(code), int(depth)) for code, depth in cursor.fetchall()]


_STANDINGS = (
    "SELECT o.code, MAX(r.depth) FROM identity_post p"
    " JOIN identity_organization o ON o.id = p.organization_id"
    " JOIN identity_reach r ON r.below_id = o.id"
    " WHERE p.account_id = %s AND p.valid_from <= %s"
    " AND (p.valid_until IS NULL OR p.valid_until > %s)"
    " GROUP BY o.code ORDER BY MIN(p.valid_from), MIN(p.id)"
)


def within_period(on: date | None = None) -> tuple[Q, Q]:
    """Conditions for a half-open period that holds the day. 有效期条件。"""
    day = on or today()
    return Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gt=day)


def list_codes_below(codes: Iterable[str]) -> frozenset[str]:
    """These organizations and all below them. 本级及下级机构。"""
    return frozenset(
        Reach.objects.filter(above__code__in=list(codes)).values_list("below__code", flat=True)
    )


def installer_actor() -> Actor:
    """Who works on an embedded node without signing in: its installer. 安装者。

    One account of kind `installer`, made at first use, without a password. It acts as a data
    engineer and may also add organizations, since a new node has nobody else who could.
    """
    account, _ = Account.objects.get_or_create(
        kind="installer", defaults={"name": "installer", "full_name": "", "password": "!"}
    )
    return make_actor(account)


def _make_installer(account: Account) -> Actor:
    permissions = find_permissions([INSTALLER_ROLE])
    permissions[EDIT_ORGANIZATIONS] = "all"
    return Actor(id=account.pk, roles=frozenset({INSTALLER_ROLE}), permissions=permissions)


def authorize(actor: Actor, permission: str, account_id: str = "") -> None:
    """Raise NotPermitted unless the actor may, or is the node itself (first start, repair). 授权。

    The attempt goes into the ledger. With `account_id`, nobody may on their own account.
    """
    if actor is SYSTEM:
        return
    on = Ref("identity.account", account_id) if account_id else Ref("permission", permission)
    try:
        actor.require(permission)
        if actor.id == account_id:
            raise NotPermitted(
                "identity.account.self", "Nobody may do this to their own account; ask a colleague"
            )
    except NotPermitted as refusal:
        record_refusal(actor, permission, on=on, refusal=refusal)
        raise
