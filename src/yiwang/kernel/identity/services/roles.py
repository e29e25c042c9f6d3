"""Granting and revoking roles. 角色授予。"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.identity.models import Account, RoleGrant
from yiwang.kernel.identity.types import (
    ADMINISTRATORS,
    GRANT_ROLES,
    ROLES,
    VIEW_ACCOUNTS,
    GrantInfo,
)
from yiwang.kernel.ledger.services import acting

from .actors import authorize
from .passwords import lock_account_row, ref_account, refuse_last_administrator


def grant_role(actor: Actor, account_id: str, role: str, *, reason: str = "") -> GrantInfo:
    """Give an account a role. 授予角色。

    An administrator's role stands alone: Conflict beside any other role. Nobody grants to
    themself. Rows of one account are written one after the other, so two grants at once meet
    the same check; the database refuses a second administrator's role besides.
    """
    authorize(actor, GRANT_ROLES, account_id)
    if role not in ROLES:
        raise InvalidInput("identity.role.unknown", "There is no role %(role)s", role=role)
    with transaction.atomic():
        account = lock_account_row(account_id)
        _check_combination(account, role)
        with acting(actor, "identity.role.grant", on=ref_account(account), reason=reason) as act:
            act.note(role=role)
            made = _insert(account, role, actor)
    return _describe(made)


def revoke_role(actor: Actor, account_id: str, role: str, *, reason: str = "") -> GrantInfo:
    """Take a role away, from this moment on; not from the last of an administrator's. 收回角色。"""
    authorize(actor, GRANT_ROLES, account_id)
    with transaction.atomic():
        account = lock_account_row(account_id)
        found = RoleGrant.objects.filter(account=account, role=role, revoked_at=None).first()
        if found is None:
            raise NotFound("identity.role.not_held", "The account does not hold this role")
        if actor is not SYSTEM:
            refuse_last_administrator(account)
        with acting(actor, "identity.role.revoke", on=ref_account(account), reason=reason) as act:
            act.note(role=role)
            found.revoked_at, found.revoked_by = now(), actor.id
            found.save(update_fields=["revoked_at", "revoked_by"])
    return _describe(found)


def list_grants(actor: Actor, account_id: str) -> list[GrantInfo]:
    """All grants of an account, past ones too, latest first. 授权记录。"""
    if actor.id != account_id:
        authorize(actor, VIEW_ACCOUNTS)
    rows = RoleGrant.objects.filter(account_id=account_id).order_by("-granted_at", "-pk")
    return [_describe(row) for row in rows]


def _check_combination(account: Account, role: str) -> None:
    if account.kind != "person":
        raise Conflict("identity.role.installer", "The installer's account holds no other role")
    held = set(
        RoleGrant.objects.filter(account=account, revoked_at=None).values_list("role", flat=True)
    )
    if role in held:
        raise Conflict("identity.role.held", "The account holds this role already")
    if held & ADMINISTRATORS or (held and role in ADMINISTRATORS):
        raise Conflict(
            "identity.role.administrator_alone",
            "An administrator's role stands alone; this account holds another role already",
            held=", ".join(sorted(held)),
        )


def _insert(account: Account, role: str, actor: Actor) -> RoleGrant:
    try:
        with transaction.atomic():
            return RoleGrant.objects.create(account=account, role=role, granted_by=actor.id)
    except IntegrityError:
        raise Conflict(
            "identity.role.administrator_alone",
            "An administrator's role stands alone; this account holds another role already",
            held=role,
        ) from None


def _describe(row: RoleGrant) -> GrantInfo:
    return GrantInfo(
        id=row.pk,
        account_id=row.account_id,
        role=row.role,
        granted_by=row.granted_by,
        granted_at=row.granted_at,
        revoked_by=row.revoked_by,
        revoked_at=row.revoked_at,
    )
