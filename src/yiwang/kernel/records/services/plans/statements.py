"""SQL over the table of an entity. 语句。

Names are physical ones of our own (`r_7`, `f12`); every value is bound. A filter with parts of
which one must hold becomes one limited walk along an index per part, put together by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Node
from yiwang.kernel.records.types import LEVELS, Entity

from .trees import split

BASE = (
    "id", "rev", "org", "owner",
    *(f"r{level}" for level in range(1, LEVELS + 1)),
    "case_id", "created_at", "updated_at",
)  # fmt: skip


Place = tuple[str, Sequence[Any]]
"""SQL that narrows a walk, with the values to bind. 起点条件。"""


@dataclass(frozen=True, slots=True)
class Condition:
    """Which rows: a tree over columns, and words that must stand in them. 行条件。"""

    tree: Node | None = None
    words: Place = ("", ())


@dataclass(frozen=True, slots=True)
class Order:
    """By one column, then by id; rows without a value come first upwards, last downwards. 排序。"""

    column: str
    descending: bool = False

    @property
    def sql(self) -> str:
        """The ORDER BY of it. 排序语句。"""
        way = "DESC" if self.descending else "ASC"
        if self.column == "id":
            return f"t.id {way}"
        return f't."{self.column}" {way}{self._nulls}, t.id {way}'

    @property
    def _nulls(self) -> str:
        # SQLite does so by itself, and would not use the index if told.
        if connection.vendor != "postgresql" or self.column in BASE:
            return ""
        return " NULLS LAST" if self.descending else " NULLS FIRST"


@dataclass(frozen=True, slots=True)
class After:
    """The row that the page before ended with: its value in the order, and its id. 起点。"""

    value: str | int | None
    id: str


def columns_of(entity: Entity) -> tuple[str, ...]:
    """The columns that reading a row gives, in order. 列。"""
    return (*BASE, *(field.column for field in entity.fields.values()))


def select_rows(
    entity: Entity,
    condition: Condition,
    order: Order,
    after: After | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Rows in an order, from a place on. 取行。"""
    found: list[tuple[Any, ...]] = []
    for place in _places(order, after):
        found += _select(entity, condition, order, place, limit - len(found))
        if len(found) >= limit:
            break
    return found


def _places(order: Order, after: After | None) -> list[Place]:
    """Where to look, in turn: rows with a value and rows without lie apart in the index."""
    if after is None:
        return [("", [])]
    sign = "<" if order.descending else ">"
    column = f't."{order.column}"'
    if order.column == "id":
        return [(f"t.id {sign} %s", [after.id])]
    beyond = (f"({column}, t.id) {sign} (%s, %s)", [after.value, after.id])
    blank = (f"({column} IS NULL AND t.id {sign} %s)", [after.id])
    if order.descending:
        return [blank] if after.value is None else [beyond, (f"{column} IS NULL", [])]
    return [blank, (f"{column} IS NOT NULL", [])] if after.value is None else [beyond]


def _select(
    entity: Entity, condition: Condition, order: Order, place: Place, limit: int
) -> list[tuple[Any, ...]]:
    listed = ", ".join(f't."{column}"' for column in columns_of(entity))
    places = [place, condition.words]
    walks = [_walk(entity, part, order, places, limit) for part in split(condition.tree)]
    if len(walks) == 1:
        text, values = walks[0]
        return run(f"SELECT {listed} {text}", values)
    union = " UNION ".join(f"SELECT * FROM (SELECT t.id {text}) AS w" for text, _ in walks)  # noqa: S608
    values = [value for _, told in walks for value in told]
    inner = f"SELECT {listed} FROM ({union}) AS k JOIN {entity.table} AS t ON t.id = k.id"  # noqa: S608
    return run(f"{inner} ORDER BY {order.sql} LIMIT {limit:d}", values)


def _walk(
    entity: Entity, part: Node | None, order: Order, places: Sequence[Place], limit: int
) -> tuple[str, list[Any]]:
    where, values = where_sql(part, places)
    text = f"FROM {entity.table} AS t{where} ORDER BY {order.sql} LIMIT {limit:d}"
    return text, values


def where_sql(part: Node | None, places: Sequence[Place]) -> tuple[str, list[Any]]:
    """A condition and places as WHERE, with the values to bind. 条件语句。"""
    conditions, values = [], []
    if part is not None:
        compiled = query.compile_node(part, _dialect(), alias="t")
        conditions.append(compiled.sql.replace("?", "%s") if _is_sqlite() else compiled.sql)
        values += compiled.params
    for text, told in places:
        conditions += [text] if text else []
        values += told
    return (f" WHERE {' AND '.join(conditions)}" if conditions else "", values)


def _is_sqlite() -> bool:
    return connection.vendor != "postgresql"


def _dialect() -> Any:
    return "sqlite" if _is_sqlite() else "postgresql"


def count_rows(entity: Entity, condition: Condition, most: int) -> int:
    """How many rows meet a condition, counted to a limit. 有界计数。"""
    text, values = _counting(entity, condition, most)
    (found,) = run(f"SELECT count(*) FROM ({text}) AS c", values)  # noqa: S608
    return int(found[0])


def _counting(entity: Entity, condition: Condition, most: int) -> tuple[str, list[Any]]:
    walks = [where_sql(part, [condition.words]) for part in split(condition.tree)]
    texts = [f"SELECT t.id FROM {entity.table} AS t{where} LIMIT {most:d}" for where, _ in walks]  # noqa: S608
    values = [value for _, told in walks for value in told]
    if len(texts) == 1:
        return texts[0], values
    union = " UNION ".join(f"SELECT * FROM ({text}) AS w" for text in texts)  # noqa: S608
    return f"SELECT * FROM ({union}) AS u LIMIT {most:d}", values  # noqa: S608


def count_each(entity: Entity, conditions: Sequence[Condition], most: int) -> list[int]:
    """Capped counts of several conditions in one statement. 分组计数。"""
    if not conditions:
        return []
    parts, values = [], []
    for at, condition in enumerate(conditions):
        text, told = _counting(entity, condition, most)
        parts.append(f"SELECT {at:d} AS n, count(*) AS c FROM ({text}) AS c{at:d}")  # noqa: S608
        values += told
    found = dict(run(" UNION ALL ".join(parts), values))
    return [int(found[at]) for at in range(len(conditions))]


def run(text: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a statement gives. 执行。"""
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return list(cursor.fetchall())


def find_row(entity: Entity, record_id: str, *, lock: bool = False) -> tuple[Any, ...] | None:
    """One row by its id. 按标识取行。"""
    listed = ", ".join(f't."{column}"' for column in columns_of(entity))
    update = " FOR UPDATE" if lock and connection.vendor == "postgresql" else ""
    text = f"SELECT {listed} FROM {entity.table} AS t WHERE t.id = %s{update}"  # noqa: S608
    return next(iter(run(text, [record_id])), None)
