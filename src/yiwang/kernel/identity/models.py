"""Accounts, organizations, posts and roles. 账号、机构、岗位与角色。"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import F, Q

from yiwang.kernel.base.clock import now, today
from yiwang.kernel.base.ids import ID_LENGTH, new_id

from .types import ADMINISTRATORS, ORGANIZATION_KINDS, ROLES

CODE_LENGTH = 32


class Organization(models.Model):
    """A public body, or a firm that takes part. 机构。

    The code is what organizations of different nodes are merged by; `Reach` answers what stands
    below.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=200, db_index=True)
    short_name = models.CharField(max_length=50, blank=True)
    kind = models.CharField(max_length=12)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    region_code = models.CharField(max_length=12, blank=True)
    valid_from = models.DateField(default=today)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organization_kind", condition=Q(kind__in=list(ORGANIZATION_KINDS))
            ),
            models.CheckConstraint(
                name="organization_not_own_parent",
                condition=Q(parent=None) | ~Q(parent=F("id")),
            ),
            models.CheckConstraint(
                name="organization_period",
                # One closed on its first day stays on record with an empty period.
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]


class Reach(models.Model):
    """One organization stands `depth` steps below another, or is it (0). 机构层级闭包。"""

    above = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    below = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="reach_pair", fields=["above", "below"])]


class Account(AbstractBaseUser):
    """Who signs in. 账号。

    `name` is folded (NFKC, lower case) so that two accounts never look alike. `kind` marks the one
    account that the installer of an embedded node acts as; it has no password.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    name = models.CharField(max_length=64, unique=True)
    full_name = models.CharField(max_length=100, blank=True)
    kind = models.CharField(max_length=10, default="person")
    created_at = models.DateTimeField(default=now)
    locked_at = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(default=now)

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_kind", condition=Q(kind__in=["person", "installer"])
            ),
            models.UniqueConstraint(
                name="account_one_installer", fields=["kind"], condition=Q(kind="installer")
            ),
        ]


class Post(models.Model):
    """An account's place in an organization, for a time. 岗位。"""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    title = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField(default=today)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="post_period",
                # A post ended on its first day stays on record with an empty period.
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="post_once_open",
                fields=["account", "organization"],
                condition=Q(valid_until=None),
            ),
        ]


class RoleGrant(models.Model):
    """A role held by an account, from the grant until it is revoked. 角色授予。

    `granted_by` and `revoked_by` are actor ids: the system itself grants on a new node.
    """

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20)
    granted_by = models.CharField(max_length=ID_LENGTH)
    granted_at = models.DateTimeField(default=now)
    revoked_by = models.CharField(max_length=ID_LENGTH, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="role_grant_role", condition=Q(role__in=list(ROLES))),
            models.UniqueConstraint(
                name="role_grant_once", fields=["account", "role"], condition=Q(revoked_at=None)
            ),
            models.UniqueConstraint(
                name="role_grant_one_administrator",
                fields=["account"],
                condition=Q(revoked_at=None, role__in=sorted(ADMINISTRATORS)),
            ),
            models.CheckConstraint(
                name="role_grant_not_by_self", condition=~Q(granted_by=F("account_id"))
            ),
        ]


class PasswordHistory(models.Model):
    """A password that an account had, hashed. 历史口令。"""

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField(default=now)


class SignInGuard(models.Model):
    """Failures to sign in under one name, known or not, shared by all processes. 登录失败计数。

    `key` is a keyed hash of the typed name: people type passwords into the wrong field.
    `failed_at` holds the moments within the window, ISO 8601.
    """

    key = models.CharField(primary_key=True, max_length=64)
    failed_at = models.JSONField(default=list)
    locked_until_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=now, db_index=True)


class AccountSession(models.Model):
    """One browser signed in. 登录会话。 The row, not the cookie, says whether it still is."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)


class Token(models.Model):
    """A secret by which a program acts as an account. 访问令牌。 Only its digest is kept."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
