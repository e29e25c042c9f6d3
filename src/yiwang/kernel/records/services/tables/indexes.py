"""Which indexes the table of an entity gets, told by its views, keys and links. 索引规划。

Every list stops after a page, so each order that a list may show has an index that delivers it:
plain, and behind each level of organizations. An absent value counts as the smallest on every
database: `order by x desc nulls last, id desc`, walked backward for the other direction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from yiwang.kernel.records.types import LEVELS, Bundle, Entity, View

MOST = 24
UPDATED = "_updated_at"
OWN_COLUMNS = {"_id": "id", "_owner": "owner", UPDATED: "updated_at"} | {
    f"_r{level}": f"r{level}" for level in range(1, LEVELS + 1)
}
"""What every record has beside its fields, by the names that lists use. 系统列。"""


@dataclass(frozen=True, slots=True)
class Index:
    """One index of an entity's table. 索引。

    `columns` are physical names, with `-` in front where they descend; `where` names a column that
    must be there, for the rows without it are in nobody's list. The name follows from the rest.
    """

    table: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""

    @property
    def name(self) -> str:
        """The same for the same index of the same table, on every node. 索引名。"""
        text = f"{self.columns} {self.unique} {self.where}"
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        return f"{'u' if self.unique else 'i'}_{self.table}_{digest}"


@dataclass(frozen=True, slots=True)
class _Wish:
    """An index in the names of fields; `_owner` and its like stand for what every record has."""

    keys: tuple[str, ...]
    unique: bool = False
    where: str = ""


def list_indexes(bundle: Bundle, entity: Entity) -> list[Index]:
    """The indexes of a laid-out entity, at most `MOST`, the most needed first. 索引清单。"""
    return [
        Index(
            entity.table,
            tuple(_column(entity, key) for key in wish.keys),
            wish.unique,
            _column(entity, wish.where) if wish.where else "",
        )
        for wish in _choose(bundle, entity)
    ]


def indexed_fields(bundle: Bundle, entity: Entity) -> frozenset[str]:
    """The fields that lists may narrow and order by: each leads an index. 有索引字段。"""
    leading = {wish.keys[0].removeprefix("-") for wish in _choose(bundle, entity)}
    return frozenset(leading & set(entity.fields))


def list_orders(bundle: Bundle, entity: Entity) -> list[tuple[str, ...]]:
    """The orders in which the views show records, the most usual first. 默认排序。"""
    views = [one for one in bundle.views.values() if one.entity == entity.code]
    found = [_order(entity, view) for view in views] or [(f"-{UPDATED}",)]
    return list(dict.fromkeys([*found, (f"-{UPDATED}",)]))


def _choose(bundle: Bundle, entity: Entity) -> list[_Wish]:
    return list(dict.fromkeys(_wishes(bundle, entity)))[:MOST]


def _wishes(bundle: Bundle, entity: Entity) -> Iterator[_Wish]:
    """All that would help, by need: what must hold, what every list walks, what narrows it. 索引需求。"""
    first, *others = [_descending(order) for order in list_orders(bundle, entity)]
    for group in (entity.key, *entity.unique):
        if group:
            yield _Wish(group, unique=True)
    for key, one in entity.fields.items():
        if one.kind == "link":
            yield _Wish((key, *first))
    for order in (first, *others):
        yield _Wish(order)
    scopes = {one.rows for one in bundle.grants.get(entity.code, ())}
    if "own" in scopes:
        yield from _by_level(first)
    if "mine" in scopes:
        yield _Wish(("_owner", *first))
    for key in _narrowing(bundle, entity):
        yield _Wish((key, *first))
    for order in others if "own" in scopes else ():
        yield from _by_level(order)


def _by_level(order: tuple[str, ...]) -> Iterator[_Wish]:
    # Of the topmost level everything is: the plain order serves it.
    for level in range(2, LEVELS + 1):
        yield _Wish((f"_r{level}", *order), where=f"_r{level}")


def _narrowing(bundle: Bundle, entity: Entity) -> Iterator[str]:
    for view in bundle.views.values():
        if view.entity == entity.code:
            named = (*view.filters, view.by, view.since, view.until, view.at)
            yield from (key for key in named if _is_plain(entity, key))


def _order(entity: Entity, view: View) -> tuple[str, ...]:
    shown = tuple(key for key in view.order if _is_plain(entity, key.removeprefix("-")))
    if shown:
        return shown
    since = view.since if _is_plain(entity, view.since) else ""
    return (f"-{since or UPDATED}",)


def _descending(order: tuple[str, ...]) -> tuple[str, ...]:
    """The order with its first field descending, and the id behind: one index serves both ways."""
    turned = order if order[0].startswith("-") else tuple(_turn(key) for key in order)
    return (*turned, "-_id")


def _turn(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _is_plain(entity: Entity, key: str) -> bool:
    return key == UPDATED or (key in entity.fields and entity.fields[key].compares)


def _column(entity: Entity, key: str) -> str:
    sign, name = ("-", key[1:]) if key.startswith("-") else ("", key)
    return sign + (OWN_COLUMNS[name] if name in OWN_COLUMNS else entity.fields[name].column)
