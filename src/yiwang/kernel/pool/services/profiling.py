"""What columns look like, read right after they are written. 数据概况。

Grouping a column by its values gives everything exactly: how many distinct values, the commonest,
the smallest and largest, the lengths. DuckDB groups a million values in less than half a second,
so nothing needs to be estimated. Only the shapes of values (patterns, share of numbers and dates)
are read from some distinct values drawn by their hash, the common ones all, and the profile says
how many: then the pattern counts are of drawn values, not of rows.

A statement costs some milliseconds before it reads anything, the more the wider the table. So one
statement groups as many columns as have SLICE_CELLS cells together: a long table is grouped column
by column, a wide one some dozens of columns at a time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any, NamedTuple

from yiwang.kernel.pool.types import ColumnProfile, ValueCount

from .engine import Connection
from .sql import quote_name

TOP = 20
PATTERNS = 10
SHAPES = 4_000
FEWEST_SHAPES = 200
SHAPES_IN_ALL = 200_000
SLICE_CELLS = 250_000
SLICE_COLUMNS = 50
SHOWN = 200
# Values that begin with white space, told by comparing alone: trimming every value is dear.
SPACED = "v < '!' OR (v >= '　' AND v < '、')"
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?%?")
RUN = re.compile("99+|AA+|汉汉+")
DATE = re.compile(
    r"(18|19|20)\d\d([-/.年]?)(0?[1-9]|1[0-2])([-/.月]?)(0?[1-9]|[12]\d|3[01])日?"
    r"([ T]\d{1,2}:\d\d(:\d\d)?(\.\d+)?Z?)?"
)


class _Groups(NamedTuple):
    """What one column's groups tell; of a table without rows nothing."""

    distinct: int = 0
    absent: int = 0
    empty: int = 0
    spaced: int = 0
    shortest: int | None = None
    longest: int | None = None
    smallest: str | None = None
    largest: str | None = None
    top: list[dict[str, Any]] | None = None
    some: list[dict[str, Any]] | None = None

    @property
    def drawn(self) -> int:
        return len(self.some or ())

    @property
    def values(self) -> list[tuple[str, int]]:
        return [(one["v"], int(one["n"])) for one in self.some or ()]


def profile_relation(
    connection: Connection, source: str, columns: Sequence[str], rows: int
) -> tuple[ColumnProfile, ...]:
    """Profile the columns of a FROM fragment. 生成概况。"""
    shapes = min(SHAPES, max(FEWEST_SHAPES, SHAPES_IN_ALL // max(1, len(columns))))
    width = min(SLICE_COLUMNS, max(1, SLICE_CELLS // max(1, rows)))
    return tuple(
        profile
        for first in range(0, len(columns), width)
        for profile in _Slice(
            connection, source, columns[first : first + width], rows, shapes
        ).profiles()
    )


def to_json(profiles: Iterable[ColumnProfile]) -> list[dict[str, Any]]:
    """Profiles as they are stored. 概况入库。"""
    return [asdict(profile) for profile in profiles]


def from_json(stored: Iterable[dict[str, Any]]) -> tuple[ColumnProfile, ...]:
    """Profiles as they were stored. 概况出库。"""
    return tuple(
        ColumnProfile(
            **{
                **column,
                "top": tuple(ValueCount(**item) for item in column["top"]),
                "patterns": tuple(ValueCount(**item) for item in column["patterns"]),
            }
        )
        for column in stored
    )


class _Slice:
    """Some columns of a table, profiled in one statement; at most two more where they need them."""

    def __init__(
        self,
        connection: Connection,
        source: str,
        names: Sequence[str],
        rows: int,
        shapes: int,
    ) -> None:
        self.connection, self.source = connection, source
        self.names, self.rows, self.shapes = names, rows, shapes
        self.step = max(1, rows // shapes)

    def profiles(self) -> Iterator[ColumnProfile]:
        """The profile of each column. 各列概况。"""
        found = self._group()
        blank = self._count_blank([place for place, one in enumerate(found) if one.spaced])
        few = [place for place, one in enumerate(found) if one.drawn < one.distinct <= self.shapes]
        values = self._all_values(few)
        for place, (name, one) in enumerate(zip(self.names, found, strict=True)):
            yield self._describe(name, one, blank.get(place, 0), values.get(place, one.values))

    def _describe(
        self, name: str, one: _Groups, blank: int, values: list[tuple[str, int]]
    ) -> ColumnProfile:
        step, whole = self.step, len(values) == one.distinct
        weighed = values if whole else [(v, n if n >= step else n * step) for v, n in values]
        return ColumnProfile(
            name=name,
            rows=self.rows,
            absent=int(one.absent),
            empty=int(one.empty),
            blank=blank,
            distinct=int(one.distinct),
            shortest=int(one.shortest or 0),
            longest=int(one.longest or 0),
            smallest=one.smallest,
            largest=one.largest,
            numeric=_share(weighed, NUMBER),
            dates=_share(weighed, DATE),
            top=tuple(ValueCount(item["v"], int(item["n"])) for item in one.top or []),
            patterns=_patterns(weighed, exact=whole),
            sampled=0 if whole else len(values),
        )

    def _group(self) -> list[_Groups]:
        """Everything that the groups of each column's values tell."""
        # A value is cut for ordering and showing only, never for telling values apart; and only
        # where it is wanted, for that is dear. Of a long column the top are the repeated values.
        item = f"struct_pack(v := left(v, {SHOWN}), n := n)"
        often = "n > 1" if self.rows >= 2 * SHAPES else "true"
        by_place = "GROUP BY c ORDER BY c" if len(self.names) > 1 else ""
        found = self.connection.execute(
            f"""
            WITH cells AS ({self._all_cells()}),
                 grouped AS (SELECT *, count(*) AS n FROM cells GROUP BY ALL),
                 picked AS (
                     SELECT *, v <> '' AS filled,
                            CASE WHEN v <> '' AND {often} THEN {item} END AS often,
                            CASE WHEN v <> '' AND (n >= {self.step} OR hash(v) % {self.step} = 0)
                                 THEN {item} END AS drawn
                     FROM grouped)
            SELECT count(*) FILTER (filled),
                   coalesce(sum(n) FILTER (v IS NULL), 0), coalesce(sum(n) FILTER (v = ''), 0),
                   count(*) FILTER (filled AND ({SPACED})),
                   min(length(v)), max(length(v)), left(min(v), {SHOWN}), left(max(v), {SHOWN}),
                   max_by(often, (often.n, often.v), {TOP}) FILTER (often IS NOT NULL),
                   list(drawn) FILTER (drawn IS NOT NULL)
            FROM picked {by_place}
            """
        ).fetchall()
        # A table without rows has no groups.
        return [_Groups(*row) for row in found] or [_Groups()] * len(self.names)

    def _all_cells(self) -> str:
        """A place beside every value costs a long column some percent: it goes without."""
        if len(self.names) == 1:
            return f"SELECT {quote_name(self.names[0])} AS v FROM {self.source}"
        return self._cells(range(len(self.names)))

    def _count_blank(self, places: Sequence[int]) -> dict[int, int]:
        """Cells of white space only, of the columns at these places."""
        if not places:
            return {}
        found = self.connection.execute(
            f"SELECT c, count(*) FROM ({self._cells(places)})"
            f" WHERE v > '' AND ({SPACED}) AND trim(v, ' \t\r\n　') = '' GROUP BY c"
        ).fetchall()
        return {place: int(count) for place, count in found}

    def _all_values(self, places: Sequence[int]) -> dict[int, list[tuple[str, int]]]:
        """Every distinct value of the columns at these places, which have few."""
        values: dict[int, list[tuple[str, int]]] = {place: [] for place in places}
        if places:
            found = self.connection.execute(
                f"SELECT c, left(v, {SHOWN}), count(*) FROM ({self._cells(places)})"
                " WHERE v <> '' GROUP BY c, v"
            ).fetchall()
            for place, value, count in found:
                values[place].append((value, int(count)))
        return values

    def _cells(self, places: Sequence[int]) -> str:
        """A query for the cells of the columns at these places: `c` the place, `v` the value."""
        names = [quote_name(self.names[place]) for place in places]
        return (
            f"SELECT unnest([{', '.join(map(str, places))}]) AS c,"
            f" unnest([{', '.join(names)}]) AS v FROM {self.source}"
        )


def _share(values: list[tuple[str, int]], shape: re.Pattern[str]) -> float:
    total = sum(count for _, count in values)
    alike = sum(count for value, count in values if shape.fullmatch(value.strip()))
    return round(alike / total, 4) if total else 0.0


def _patterns(values: list[tuple[str, int]], *, exact: bool) -> tuple[ValueCount, ...]:
    """The commonest shapes; where values were drawn the counts are shares of the drawn ones."""
    counted: Counter[str] = Counter()
    for value, count in values:
        counted[describe_pattern(value)] += count if exact else 1
    commonest = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:PATTERNS]
    return tuple(ValueCount(pattern, rows) for pattern, rows in commonest)


def describe_pattern(value: str) -> str:
    """The shape of a value: 9(6) six digits, A(2) two letters, 汉(3) three Han. 值的样式。"""
    return _write_runs(value[:60].translate(_KINDS))


@lru_cache(maxsize=10_000)
def _write_runs(kinds: str) -> str:
    return RUN.sub(lambda run: f"{run[0][0]}({len(run[0])})", kinds)


class _Kinds(dict[int, str]):
    """What stands for a character in a shape, worked out once for each."""

    def __missing__(self, point: int) -> str:
        kind = self[point] = _kind(chr(point))
        return kind


def _kind(character: str) -> str:
    if character.isdigit():
        return "9"
    if "一" <= character <= "鿿" or "㐀" <= character <= "䶿" or character > "\U0001ffff":
        return "汉"
    return "A" if character.isalpha() else character


_KINDS = _Kinds()
