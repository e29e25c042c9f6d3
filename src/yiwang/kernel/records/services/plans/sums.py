"""Counts and sums over the table of an entity, group by group, in one statement. 汇总语句。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.query.types import Node
from yiwang.kernel.records.types import Entity

from .statements import Condition, run, where_sql

PART = 1_000_000
"""Sums are taken in two parts, so that none leaves the range of whole numbers of a database. 分段求和。"""
LETTERS = {"": 0, "year": 4, "month": 7}
"""Characters of an ISO date that tell its year or month. 日期截取。"""


@dataclass(frozen=True, slots=True)
class Key:
    """A column that rows are put together by, a date perhaps cut to its year or month. 分组列。"""

    column: str
    each: str = ""

    @property
    def sql(self) -> str:
        """The value of it in a row. 分组值。"""
        letters = LETTERS[self.each]
        return f'substr(t."{self.column}", 1, {letters:d})' if letters else f't."{self.column}"'


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows meet a condition, and what their column adds up to. 汇总项。

    With a column only rows that have a value in it are counted.
    """

    column: str = ""
    when: Node | None = None


@dataclass(frozen=True, slots=True)
class Summed:
    """A group: the values it stands for, its rows, and per sum the count and the total. 汇总结果。"""

    keys: tuple[Any, ...]
    rows: int
    sums: tuple[tuple[int, int], ...]


def sum_rows(
    entity: Entity, condition: Condition, keys: Sequence[Key], sums: Sequence[Sum], most: int
) -> list[Summed]:
    """Groups of rows, at most so many: the largest, of dated ones the latest. 分组汇总。"""
    where, bound = where_sql(condition.tree, [condition.words])
    told = [_sum(one) for one in sums]
    values = [value for _, some in told for value in some]
    picked = ", ".join([*(one.sql for one in keys), "count(*)", *(text for text, _ in told)])
    text = f"SELECT {picked} FROM {entity.table} AS t{where}{_grouping(keys)} LIMIT {most:d}"  # noqa: S608
    return [_read(row, len(keys)) for row in run(text, [*values, *bound])]


def _grouping(keys: Sequence[Key]) -> str:
    if not keys:
        return ""
    places = ", ".join(str(at) for at in range(1, len(keys) + 1))
    dated = next((at for at, one in enumerate(keys, 1) if one.each), 0)
    order = f"{dated} DESC, {places}" if dated else f"{len(keys) + 1} DESC, {places}"
    return f" GROUP BY {places} ORDER BY {order}"


def _sum(one: Sum) -> tuple[str, list[Any]]:
    """Three columns: how many, the sum of whole parts, the sum of what is left of them."""
    where, values = where_sql(one.when, [])
    holds = where.removeprefix(" WHERE ")
    column = f't."{one.column}"'
    tests = [f"({holds})"] if holds else []
    tests += [f"{column} IS NOT NULL"] if one.column else []
    test = " AND ".join(tests) or "1 = 1"
    high, low = (
        (f"{column} / {PART:d}", f"{column} - {column} / {PART:d} * {PART:d}")
        if one.column
        else ("0", "0")
    )
    parts = [f"sum(CASE WHEN {test} THEN {value} ELSE 0 END)" for value in ("1", high, low)]
    return ", ".join(parts), values * 3


def _read(row: Sequence[Any], keys: int) -> Summed:
    numbers = [int(one or 0) for one in row[keys:]]
    sums = tuple(
        (numbers[at], numbers[at + 1] * PART + numbers[at + 2]) for at in range(1, len(numbers), 3)
    )
    return Summed(tuple(row[:keys]), numbers[0], sums)
