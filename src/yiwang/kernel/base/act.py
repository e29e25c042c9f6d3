"""Who acts, on what, and the act itself. 行为。

One act per change: `ledger.services.acting` opens it, and the ledger row, the outbox event,
record history and evidence leaf carry its id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .clock import now
from .errors import NotPermitted
from .ids import new_id
from .permissions import Scope


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer to a thing: its type (`share.resource`), its id, a label for people. 引用。"""

    type: str
    id: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.type}/{self.id}"


@dataclass(frozen=True, slots=True)
class Actor:
    """An account in a post, with what it may do. 行为人。

    `id` is pseudonymous (the account's public id). `organizations` holds the codes within reach
    of an `own` permission: the actor's organization and all below it.
    """

    id: str
    organization: str = ""
    roles: frozenset[str] = frozenset()
    permissions: Mapping[str, Scope] = field(default_factory=dict)
    organizations: frozenset[str] = frozenset()
    on_behalf_of: str = ""

    def may(self, permission: str, *, organization: str | None = None) -> bool:
        """Whether the actor holds the permission, for that organization if one is named. 是否有权。"""
        scope = self.permissions.get(permission)
        if scope is None:
            return False
        return scope == "all" or organization is None or organization in self.organizations

    def require(self, permission: str, *, organization: str | None = None) -> None:
        """Raise NotPermitted unless `may`. 要求权限。"""
        if not self.may(permission, organization=organization):
            raise NotPermitted(
                "permission.denied",
                "You may not do this; it needs the permission %(permission)s",
                permission=permission,
            )


SYSTEM = Actor(id="system", roles=frozenset({"system"}))
ANONYMOUS = Actor(id="anonymous")


@dataclass(slots=True)
class Act:
    """One change or one look: who, for whom, what, on what, why, when. 一次行为。

    `details` goes into the ledger row: short facts, never personal data. `parent_id` names the act
    within which this one happened. Where the object gets its id only inside the act, set `on` then.
    """

    actor: Actor
    verb: str
    on: Ref
    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=new_id)
    at: datetime = field(default_factory=now)
    parent_id: str = ""

    def note(self, **facts: Any) -> None:
        """Add facts to the ledger row of this act. 补充事实。"""
        self.details.update(facts)


_actor_source: Callable[[str], Actor] | None = None


def set_actor_source(source: Callable[[str], Actor]) -> None:
    """Say who turns an account id into an actor; identity does at start. 设定行为人来源。"""
    global _actor_source
    _actor_source = source


def get_actor(account_id: str) -> Actor:
    """The actor of an account as things stand now, for work done later on its behalf. 取行为人。"""
    if account_id == SYSTEM.id:
        return SYSTEM
    if _actor_source is None:
        raise RuntimeError("no actor source is set")
    return _actor_source(account_id)
