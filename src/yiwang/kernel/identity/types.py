"""What identity hands to others: plain values, and the names of roles and permissions. 身份类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from yiwang.kernel.base.text import msg

VIEW_ORGANIZATIONS = "identity.organizations.view"
EDIT_ORGANIZATIONS = "identity.organizations.edit"
VIEW_ACCOUNTS = "identity.accounts.view"
EDIT_ACCOUNTS = "identity.accounts.edit"
LOCK_ACCOUNTS = "identity.accounts.lock"
UNLOCK_ACCOUNTS = "identity.accounts.unlock"
RESET_PASSWORDS = "identity.passwords.reset"
GRANT_ROLES = "identity.roles.grant"

MOVED = "identity.organization.moved"
"""Event: organizations stand elsewhere in the tree, and with them all below. 机构移动事件。"""

OrganizationKind = Literal[
    "bureau", "department", "district", "street", "community", "grid", "enterprise"
]
ORGANIZATION_KINDS: Mapping[str, str] = {
    "bureau": msg("Data bureau"),
    "department": msg("Department"),
    "district": msg("District or county"),
    "street": msg("Street or township"),
    "community": msg("Community or village"),
    "grid": msg("Grid"),
    "enterprise": msg("Enterprise"),
}


@dataclass(frozen=True, slots=True)
class Role:
    """A set of permissions with a name. 角色。

    An administrator's role stands alone: with no other role, and without business data.
    """

    code: str
    label: str
    help: str
    administrator: bool = False


ROLES: Mapping[str, Role] = {
    role.code: role
    for role in (
        Role(
            "sysadmin",
            msg("System administrator"),
            msg("Keeps organizations, accounts and posts; sees no business data"),
            administrator=True,
        ),
        Role(
            "secadmin",
            msg("Security administrator"),
            msg("Grants roles, unlocks accounts, resets passwords; sees no business data"),
            administrator=True,
        ),
        Role(
            "auditor",
            msg("Auditor"),
            msg("Reads the ledger of who did what; changes nothing"),
            administrator=True,
        ),
        Role(
            "director",
            msg("Bureau director"),
            msg("Sees the whole city's data work"),
        ),
        Role(
            "engineer",
            msg("Data engineer"),
            msg("Works with the data of all departments"),
        ),
        Role(
            "steward",
            msg("Data steward"),
            msg("Delivers and keeps the data of the own department and those below it"),
        ),
        Role(
            "viewer",
            msg("Viewer"),
            msg("Looks at the data of the own department and those below it"),
        ),
    )
}
ADMINISTRATORS = frozenset(code for code, role in ROLES.items() if role.administrator)


@dataclass(frozen=True, slots=True)
class OrganizationInfo:
    """An organization as others see it. 机构。 `valid_until` is the first day it no longer is."""

    id: str
    code: str
    name: str
    short_name: str
    kind: str
    parent_code: str
    region_code: str
    valid_from: date
    valid_until: date | None
    depth: int = 0

    @property
    def label(self) -> str:
        """The name that fits a column. 简称。"""
        return self.short_name or self.name


@dataclass(frozen=True, slots=True)
class PostInfo:
    """A post held for a time; the first one is the main one. 岗位。"""

    id: str
    account_id: str
    organization_code: str
    organization_name: str
    title: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True, slots=True)
class GrantInfo:
    """A role granted, by whom and until when it was held. 角色授予。"""

    id: str
    account_id: str
    role: str
    granted_by: str
    granted_at: datetime
    revoked_by: str
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """An account as others see it; never its password. 账号。"""

    id: str
    name: str
    full_name: str
    kind: str
    created_at: datetime
    locked_at: datetime | None
    must_change_password: bool
    last_signed_in_at: datetime | None
    organization_code: str = ""
    organization_name: str = ""
    roles: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The name to show. 显示名。"""
        return self.full_name or self.name


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """An access token without its secret. 访问令牌。"""

    id: str
    account_id: str
    name: str
    hint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """Somebody signed in somewhere. 会话。"""

    id: str
    account_id: str
    address: str
    agent: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A sign-in that passed: the account's session, and whether the password must change. 登录结果。"""

    session_id: str
    account_id: str
    must_change_password: bool
