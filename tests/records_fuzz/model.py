"""What grants mean, said a second time and as plainly as can be: what the engine is held to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.query.services import evaluate, list_fields, parse_filter
from yiwang.kernel.query.types import Node, Schema
from yiwang.kernel.records.types import Bundle, Entity, Field, Grant
from yiwang.kernel.standards import services as standards

if TYPE_CHECKING:
    from .planning import Row

TYPES = {
    "integer": "integer", "number": "decimal", "date": "date", "datetime": "datetime",
    "boolean": "boolean",
}  # fmt: skip


@dataclass(frozen=True)
class Sight:
    """What of one row a reader sees, whole or under stars, and may do with it."""

    fields: frozenset[str]
    clear: frozenset[str]
    verbs: frozenset[str]


@dataclass(frozen=True)
class Model:
    """The grants of some apps."""

    entities: Mapping[str, Entity]
    grants: Mapping[str, tuple[Grant, ...]]

    @classmethod
    def of(cls, bundles: Iterable[Bundle]) -> Model:
        return cls(
            {code: one for bundle in bundles for code, one in bundle.entities.items()},
            {code: one for bundle in bundles for code, one in bundle.grants.items()},
        )

    def held(self, actor: Actor, code: str) -> list[Grant]:
        """The grants of an entity that the reader's roles have."""
        return [one for one in self.grants.get(code, ()) if one.roles & actor.roles]

    def sight(self, actor: Actor, row: Row) -> Sight | None:
        """What a reader sees of a row; None: it is not there for them."""
        entity = self.entities[row.entity]
        held = [one for one in self.held(actor, row.entity) if self.covers(one, actor, row)]
        seeing = [one for one in held if "see" in one.verbs]
        if not seeing:
            return None
        personal = {key for key, one in entity.fields.items() if is_personal(one)}
        fields = {key for key in entity.fields if any(key not in one.hides for one in seeing)}
        clear = {key for key in fields
                 if any(key not in one.hides and (key in one.clear or key not in personal)
                        for one in seeing)}  # fmt: skip
        return Sight(
            frozenset(fields), frozenset(clear), frozenset().union(*(one.verbs for one in held))
        )

    def verbs(self, actor: Actor, code: str) -> frozenset[str]:
        """What a reader may do with some rows."""
        return frozenset().union(*(one.verbs for one in self.held(actor, code)))

    def sees_entity(self, actor: Actor, code: str) -> bool:
        """Whether a reader knows of an entity at all."""
        return "see" in self.verbs(actor, code)

    def visible(self, actor: Actor, code: str) -> set[str]:
        """Fields that exist for a reader in some row."""
        seeing = [one for one in self.held(actor, code) if "see" in one.verbs]
        return {key for key in self.entities[code].fields
                if any(key not in one.hides for one in seeing)}  # fmt: skip

    def deciding(self, actor: Actor, entity: Entity) -> set[str]:
        """Fields that decide which rows a reader sees."""
        texts = [one.where for one in self.held(actor, entity.code) if one.where]
        return {name for text in texts for name in list_fields(self.parse(entity, text))}

    def covers(self, grant: Grant, actor: Actor, row: Row) -> bool:
        if grant.rows == "own" and row.organization not in actor.organizations:
            return False
        if grant.rows == "mine" and row.owner != actor.id:
            return False
        if not grant.where:
            return True
        text = grant.where.replace("'$me'", f"'{actor.id}'")
        text = text.replace("'$my_organization'", f"'{actor.organization}'")
        text = text.replace("'$today'", f"'{today()}'")
        return bool(evaluate(self.parse(self.entities[row.entity], text), row.values))

    def lets(self, grant: Grant, entity: Entity, key: str, verb: str) -> bool:
        """Whether a grant lets a field be written: on a new row nothing is masked."""
        return (
            verb in grant.verbs
            and key not in grant.hides
            and (not grant.edits or key in grant.edits)
            and (verb != "edit" or key in grant.clear or not is_personal(entity.fields[key]))
        )

    @staticmethod
    def parse(entity: Entity, text: str) -> Node:
        """A declared filter over the fields of an entity."""
        known: dict[str, Any] = {
            key: TYPES.get(one.kind, "text") for key, one in entity.fields.items()
        }
        return parse_filter(text, Schema(known))


def is_personal(field: Field) -> bool:
    """Whether a field comes under stars unless a grant shows it."""
    return any(_is_masked(one.element) for one in (field, *field.fields.values()))


def _is_masked(element: str) -> bool:
    found = standards.find_element(element) if element else None
    return found is not None and found.personal and found.mask != "keep"
