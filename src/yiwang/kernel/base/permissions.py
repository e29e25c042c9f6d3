"""What may be done, declared by the module that does it. 权限声明。

A permission is declared once, with the roles that hold it by default and how far: `own` (things
of the actor's organization and those below it) or `all`. Identity turns an account's roles into
the permissions of an `Actor`; services ask the actor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from .registry import Registry

Scope = Literal["own", "all"]


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that may be done. 权限。 `roles` maps role code to how far it reaches."""

    name: str
    label: str
    roles: Mapping[str, Scope] = field(default_factory=dict)
    touches_business_data: bool = True


PERMISSIONS: Registry[Permission] = Registry("permission")


def declare_permission(
    name: str, label: str, roles: Mapping[str, Scope], *, touches_business_data: bool = True
) -> str:
    """Declare a permission and give its name back. 声明权限。"""
    PERMISSIONS.register(name, Permission(name, label, dict(roles), touches_business_data))
    return name
