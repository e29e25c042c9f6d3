"""Which rows a reader may see, and what of each: one tree for the list and for the row. 行列权限。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.identity import services as identity
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Compare, Field, In, Literal, Node, Some
from yiwang.kernel.records.services.desk import Desk
from yiwang.kernel.records.services.filterable import is_personal
from yiwang.kernel.records.types import LEVELS, Entity, Grant

from .trees import NOTHING, join_all, read_filter, to_columns


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What of one record a reader sees, and may do; told apart by identity. 可见范围。"""

    fields: frozenset[str]
    masked: frozenset[str]
    verbs: frozenset[str]


class Access:
    """What a desk's grants on one entity come to. 授权结果。 Made by `access_of`."""

    def __init__(self, desk: Desk, entity: Entity) -> None:
        self.desk, self.entity = desk, entity
        self.grants = desk.grants(entity.code)
        self.personal = frozenset(key for key in entity.fields if is_personal(entity, key))
        self._trees: dict[int, Node | None] = {}
        self._sights: dict[tuple[int, ...], Sight] = {}

    def rows(self, verb: str) -> Node | None:
        """The condition for the rows with which the reader may do this; None: all of them. 行条件。"""
        granted = [at for at, one in enumerate(self.grants) if verb in one.verbs]
        trees = [self.tree(at) for at in granted]
        if any(one is None for one in trees):
            return None
        return Some(tuple(one for one in trees if one is not None))

    def tree(self, at: int, *, scope_only: bool = False) -> Node | None:
        """The condition of one grant. 单项授权条件。"""
        grant = self.grants[at]
        if scope_only:
            return self._scope(grant)
        if at not in self._trees:
            self._trees[at] = join_all([self._scope(grant), self._where(grant)])
        return self._trees[at]

    def _scope(self, grant: Grant) -> Node | None:
        if grant.rows == "all":
            return None
        if grant.rows == "mine":
            return _is("owner", self.desk.actor.id)
        found = [_below(code, depth) for code, depth in self.desk.posts]
        return Some(tuple(found)) if found else NOTHING

    def _where(self, grant: Grant) -> Node | None:
        if not grant.where:
            return None
        schema = self.desk.snapshot.schema(self.entity)
        return to_columns(self.entity, read_filter(grant.where, self.facts, schema))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """What `'$me'` and the like stand for. 当前值。"""
        return facts_of(self.desk)

    def matching(self, row: Mapping[str, Any], *, scope_only: bool = False) -> tuple[Grant, ...]:
        """The grants that hold for a row, given by column. 适用授权。"""
        return tuple(self.grants[at] for at in self._matching(row, scope_only=scope_only))

    def _matching(self, row: Mapping[str, Any], *, scope_only: bool = False) -> tuple[int, ...]:
        trees = ((at, self.tree(at, scope_only=scope_only)) for at in range(len(self.grants)))
        return tuple(at for at, tree in trees if tree is None or query.evaluate(tree, row))

    def sight(self, row: Mapping[str, Any]) -> Sight:
        """What of this row the reader sees, and may do with it. 单行可见范围。"""
        matching = self._matching(row)
        if matching not in self._sights:
            self._sights[matching] = self._sum_up([self.grants[at] for at in matching])
        return self._sights[matching]

    def _sum_up(self, matching: Iterable[Grant]) -> Sight:
        granted = tuple(matching)
        seeing = [one for one in granted if "see" in one.verbs]
        if not seeing:
            return Sight(frozenset(), frozenset(), frozenset())
        fields = frozenset(self.entity.fields)
        shown = frozenset().union(*(fields - one.hides for one in seeing))
        whole = frozenset().union(
            *((fields - self.personal | one.clear) - one.hides for one in seeing)
        )
        verbs = frozenset(verb for one in granted for verb in one.verbs)
        return Sight(shown, shown - whole, verbs)

    def only_sight(self) -> Sight | None:
        """The sight of every row that may be seen, where one grant alone decides. 唯一可见范围。"""
        return self._sum_up(self.grants) if len(self.grants) == 1 else None


def access_of(desk: Desk, entity: Entity) -> Access:
    """The access of a desk to an entity, worked out once per request. 授权结果。"""
    found = desk.memo.setdefault("access", {})
    if entity.code not in found:
        found[entity.code] = Access(desk, entity)
    access: Access = found[entity.code]
    return access


def facts_of(desk: Desk) -> tuple[tuple[str, str], ...]:
    """What the names in declared filters stand for. 筛选变量。"""
    return (
        ("me", desk.actor.id),
        ("my_organization", desk.actor.organization),
        ("today", desk.day.isoformat()),
    )


def _below(code: str, depth: int) -> Node:
    """Rows of an organization and all below it: one comparison, on a column of its level."""
    if depth < LEVELS:
        return _is(f"r{depth + 1}", code)
    codes = sorted(identity.list_codes_below([code]))
    return In(Field("org", "text"), tuple(Literal(one, "text") for one in codes))


def _is(column: str, value: str) -> Node:
    return Compare("=", Field(column, "text"), Literal(value, "text"))


__all__ = ["Access", "Sight", "access_of", "facts_of"]
