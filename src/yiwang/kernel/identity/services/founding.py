"""The first accounts of a new node. 首批管理员。"""

from __future__ import annotations

from django.db import transaction

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.identity.models import RoleGrant
from yiwang.kernel.identity.types import ADMINISTRATORS, ROLES

from .accounts import create_account, find_account
from .organizations import lock_tree
from .roles import grant_role


def create_administrators(*, reason: str = "") -> dict[str, str]:
    """One account for each of the three administrators; first passwords by name. 创建三员。

    The node itself acts, called by its operator at the machine. Conflict once any account holds an
    administrator's role: from then on administrators make administrators.
    """
    with transaction.atomic():
        lock_tree()
        if RoleGrant.objects.filter(role__in=ADMINISTRATORS, revoked_at=None).exists():
            raise Conflict(
                "identity.administrators.there",
                "This node has administrators already; they make further accounts",
            )
        return dict(_create_one(role, reason) for role in ROLES if role in ADMINISTRATORS)


def _create_one(role: str, reason: str) -> tuple[str, str]:
    name = role if find_account(role) is None else f"{role}.first"
    info, first = create_account(SYSTEM, name=name, reason=reason)
    grant_role(SYSTEM, info.id, role, reason=reason)
    return info.name, first
