"""Who asks, and what holds for them. 工作台。

Every request, job and command begins with `at_desk`: one reading of the epoch, then one immutable
snapshot and one actor for all it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records.types import (
    CASE_COUNTERS,
    VERBS,
    Block,
    Bundle,
    Dashboard,
    Entity,
    Form,
    Grant,
    View,
)

from .filterable import is_personal
from .masking import is_masked
from .permissions import USE
from .plans.trees import fields_of_text
from .snapshot import Snapshot, snapshot

OWN = frozenset({"_owner", "_organization", "_created_at", "_updated_at", "_id"})
"""What every record has beside its fields; it is never masked. 系统字段。"""


@dataclass(frozen=True)
class Desk:
    """An actor before the declarations as they stand. 工作台。 Made by `at_desk`."""

    actor: Actor
    snapshot: Snapshot
    day: date
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def posts(self) -> tuple[tuple[str, int], ...]:
        """The organizations one holds a post in, each with how far below the top it stands. 任职机构。"""
        return tuple(identity.list_standings(self.actor.id, self.day))

    def bundle(self, app: str) -> Bundle:
        """What an app declares; NotFound. 应用声明。"""
        found = self.snapshot.bundles.get(app)
        if found is None:
            raise NotFound("records.app.unknown", "There is no app %(app)s", app=app)
        return found

    def entity(self, code: str) -> Entity:
        """An entity of which the actor may see records; NotFound for any other. 业务对象。"""
        found = self.snapshot.entities.get(code)
        if found is None or not self.grants_to(code, "see"):
            raise NotFound(
                "records.entity.unknown", "There are no records of %(entity)s", entity=code
            )
        return found

    def entities(self) -> list[Entity]:
        """Those of which the actor may see records, by code. 可见业务对象。"""
        known = self.snapshot.entities
        return [known[code] for code in sorted(known) if self.grants_to(code, "see")]

    def grants(self, code: str) -> tuple[Grant, ...]:
        """What the actor's roles are granted on an entity. 所获授权。"""
        if self.actor is SYSTEM:
            return (_grant_all(self.snapshot.entities[code]),)
        told = self.snapshot.grants.get(code, ())
        return tuple(one for one in told if one.roles & self.actor.roles)

    def grants_to(self, code: str, verb: str) -> tuple[Grant, ...]:
        """Those of them that allow one thing. 某动作的授权。"""
        return tuple(one for one in self.grants(code) if verb in one.verbs)

    def verbs(self, code: str) -> frozenset[str]:
        """What the actor may do with some records of an entity. 可用动作。"""
        return frozenset(verb for one in self.grants(code) for verb in one.verbs)

    def require(self, code: str, verb: str) -> Entity:
        """The entity, if the actor may do this with some of its records; NotPermitted. 要求动作。"""
        entity = self.entity(code)
        if verb not in self.verbs(code):
            raise NotPermitted(
                "records.verb.denied",
                "You may not do this with these records (%(verb)s)",
                verb=verb,
                entity=code,
            )
        return entity

    def visible(self, code: str) -> list[str]:
        """The fields that exist for the actor, in their order. 可见字段。"""
        granted = self.grants_to(code, "see")
        fields = self.snapshot.entities[code].fields
        return [key for key in fields if any(key not in one.hides for one in granted)]

    def writable(self, code: str, verb: str = "edit") -> list[str]:
        """The fields that the actor may fill in, in their order. 可填字段。

        What is masked for somebody is not theirs to change; on a new record nothing is masked.
        """
        entity = self.snapshot.entities[code]
        granted = self.grants_to(code, verb)
        return [
            key
            for key in entity.fields
            if not entity.fields[key].computed
            and any(may_write(entity, one, key, verb) for one in granted)
        ]

    def plain(self, code: str) -> frozenset[str]:
        """The fields shown whole by every grant to see: only these tell nothing when filtered by. 明文字段。"""
        entity = self.snapshot.entities[code]
        granted = self.grants_to(code, "see")
        return frozenset(
            key for key in entity.fields if all(_shows(entity, one, key) for one in granted)
        )

    def searchable(self, code: str) -> bool:
        """Whether records are found by words: none of what is searched is hidden or masked by its
        element. Of a text with personal data inside, only what a mask leaves is searched. 可否检索。
        """
        entity = self.snapshot.entities[code]
        granted = self.grants_to(code, "see")
        return bool(entity.search) and all(
            _finds(entity, one, key) for one in granted for key in entity.search
        )

    def require_plain(self, code: str, keys: Iterable[str]) -> None:
        """Raise NotFound unless every field is shown whole: a filter tells what a mask hides. 要求明文。"""
        if not set(keys) <= self.plain(code) | OWN:
            raise NotFound("records.view.closed", "This view needs fields that are not open to you")

    def narrowable(self, code: str) -> frozenset[str]:
        """What the actor may filter and order by: shown whole, and indexed. 可筛选字段。"""
        indexed = self.snapshot.indexed(self.snapshot.entities[code])
        return indexed & (self.plain(code) | {"_id", "_owner", "_updated_at"})

    def form(self, code: str) -> Form:
        """A form of an entity that the actor may see; NotFound. 表单。"""
        found = self.snapshot.forms.get(code)
        if found is None or not self.grants_to(found.entity, "see"):
            raise NotFound("records.form.unknown", "There is no form %(form)s", form=code)
        return found

    def forms(self, code: str) -> list[Form]:
        """The declared forms of an entity in their order. 表单列表。"""
        return [one for one in self.snapshot.forms.values() if one.entity == code]

    def view(self, code: str) -> View:
        """A view that the actor may use; NotFound. 视图。"""
        found = self.snapshot.views.get(code)
        if found is None or not self._may_use(found):
            raise NotFound("records.view.unknown", "There is no view %(view)s", view=code)
        return found

    def views(self, code: str) -> list[View]:
        """The declared views of an entity that the actor may use, in their order. 视图列表。"""
        return [
            one for one in self.snapshot.views.values() if one.entity == code and self._may_use(one)
        ]

    def dashboard(self, code: str) -> Dashboard:
        """A dashboard of which the actor may see something; NotFound. 看板。"""
        found = self.snapshot.dashboards.get(code)
        if found is None or not self._sees_some(found):
            raise NotFound(
                "records.dashboard.unknown", "There is no dashboard %(dashboard)s", dashboard=code
            )
        return found

    def dashboards(self) -> list[Dashboard]:
        """Those of which the actor may see something, by code. 看板列表。"""
        known = self.snapshot.dashboards
        return [known[code] for code in sorted(known) if self._sees_some(known[code])]

    def sees_block(self, block: Block) -> bool:
        """Whether a block of a dashboard counts anything that is open to the actor. 可否查看块。"""
        if block.cases:
            return any(one.opens(self.actor) for one in CASE_COUNTERS.values())
        return not block.entity or bool(self.grants_to(block.entity, "see"))

    def _sees_some(self, dashboard: Dashboard) -> bool:
        return any(self.sees_block(one) for one in dashboard.blocks if one.entity or one.cases)

    def _may_use(self, view: View) -> bool:
        """What a view places records by must be whole: a fixed filter or a bar tells what a mask hides."""
        if not self.grants_to(view.entity, "see"):
            return False
        entity = self.snapshot.entities[view.entity]
        told: Sequence[str] = (view.by, view.since, view.until, view.at)
        needed = {*told, *fields_of_text(self.snapshot.schema(entity), view.where)} - {""}
        return needed <= self.plain(view.entity) | {"_owner", "_organization", "_updated_at", "_id"}


def at_desk(actor: Actor) -> Desk:
    """Begin: the actor before the declarations as they stand now. 进入工作台。

    Holders of `records.use`, and the node itself; what each entity allows is asked with each call.
    """
    if actor is not SYSTEM:
        actor.require(USE)
    return Desk(actor, snapshot(), today())


def _shows(entity: Entity, grant: Grant, key: str) -> bool:
    return _open(grant, key, personal=is_personal(entity, key))


def _finds(entity: Entity, grant: Grant, key: str) -> bool:
    return _open(grant, key, personal=is_masked(entity.fields[key].element))


def _open(grant: Grant, key: str, *, personal: bool) -> bool:
    return key not in grant.hides and (key in grant.clear or not personal)


def may_write(entity: Entity, grant: Grant, key: str, verb: str) -> bool:
    """Whether one grant lets a field be filled in. 是否可填。"""
    if grant.edits and key not in grant.edits:
        return False
    return key not in grant.hides and (verb in ("create", "import") or _shows(entity, grant, key))


def _grant_all(entity: Entity) -> Grant:
    return Grant(
        roles=SYSTEM.roles, verbs=frozenset(VERBS), rows="all", clear=frozenset(entity.fields)
    )
