"""What columns look like, read right after they are written. 数据概况。

One grouping per column gives everything exactly: how many distinct values, the commonest, the
smallest and largest, the lengths. DuckDB groups a million values in about a tenth of a second,
so nothing needs to be estimated. Only the shapes of values (patterns, share of numbers and dates)
are read from some SHAPES distinct values drawn by their hash, the common ones all, and the profile
says how many: then the pattern counts are of drawn values, not of rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from yiwang.kernel.pool.types import ColumnProfile, ValueCount

from .engine import Connection
from .sql import quote_name

TOP = 20
PATTERNS = 10
SHAPES = 4_000
SHOWN = 200
# Values that begin with white space, told by comparing alone: trimming every value is dear.
SPACED = "v < '!' OR (v >= '　' AND v < '、')"
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?%?")
RUN = re.compile("99+|AA+|汉汉+")
DATE = re.compile(
    r"(18|19|20)\d\d([-/.年]?)(0?[1-9]|1[0-2])([-/.月]?)(0?[1-9]|[12]\d|3[01])日?"
    r"([ T]\d{1,2}:\d\d(:\d\d)?(\.\d+)?Z?)?"
)


def profile_relation(
    connection: Connection, source: str, columns: Sequence[str], rows: int
) -> tuple[ColumnProfile, ...]:
    """Profile the columns of a FROM fragment. 生成概况。"""
    return tuple(_profile_column(connection, source, name, rows) for name in columns)


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


def _profile_column(connection: Connection, source: str, name: str, rows: int) -> ColumnProfile:
    step = max(1, rows // SHAPES)
    distinct, absent, empty, spaced, shortest, longest, smallest, largest, top, some = _group(
        connection, source, quote_name(name), step
    )
    blank = _count_blank(connection, source, quote_name(name)) if spaced else 0
    values = [(one["v"], int(one["n"])) for one in some or []]
    if len(values) < distinct <= SHAPES:
        values = _all_values(connection, source, quote_name(name))
    whole = len(values) == distinct
    weighed = values if whole else [(v, n if n >= step else n * step) for v, n in values]
    return ColumnProfile(
        name=name,
        rows=rows,
        absent=int(absent),
        empty=int(empty),
        blank=blank,
        distinct=int(distinct),
        shortest=int(shortest or 0),
        longest=int(longest or 0),
        smallest=smallest,
        largest=largest,
        numeric=_share(weighed, NUMBER),
        dates=_share(weighed, DATE),
        top=tuple(ValueCount(one["v"], int(one["n"])) for one in top or []),
        patterns=_patterns(weighed, exact=whole),
        sampled=0 if whole else len(values),
    )


def _group(connection: Connection, source: str, column: str, step: int) -> tuple[Any, ...]:
    """Everything that the groups of a column's values tell."""
    # A value is cut for ordering and showing only, never for telling values apart.
    item = f"struct_pack(v := left(v, {SHOWN}), n := n)"
    often = "n > 1" if step > 1 else "true"
    found = connection.execute(
        f"""
        WITH grouped AS (SELECT {column} AS v, count(*) AS n FROM {source} GROUP BY ALL)
        SELECT count(*) FILTER (v <> ''),
               coalesce(sum(n) FILTER (v IS NULL), 0), coalesce(sum(n) FILTER (v = ''), 0),
               count(*) FILTER (v > '' AND ({SPACED})),
               min(length(v)), max(length(v)), left(min(v), {SHOWN}), left(max(v), {SHOWN}),
               max_by({item}, (n, v), {TOP}) FILTER (v <> '' AND {often}),
               list({item}) FILTER (v <> '' AND (n >= {step} OR hash(v) % {step} = 0))
        FROM grouped
        """
    ).fetchone()
    assert found is not None  # noqa: S101 - an aggregate without groups answers one row
    return tuple(found)


def _count_blank(connection: Connection, source: str, column: str) -> int:
    """Cells of white space only."""
    found = connection.execute(
        f"SELECT count(*) FROM (SELECT {column} AS v FROM {source})"
        f" WHERE v > '' AND ({SPACED}) AND trim(v, ' \t\r\n　') = ''"
    ).fetchone()
    return int(found[0]) if found else 0


def _all_values(connection: Connection, source: str, column: str) -> list[tuple[str, int]]:
    """Every distinct value of a column that has few."""
    found = connection.execute(
        f"SELECT left({column}, {SHOWN}), count(*) FROM {source} WHERE {column} <> ''"
        f" GROUP BY {column}"
    ).fetchall()
    return [(value, int(count)) for value, count in found]


def _share(values: list[tuple[str, int]], shape: re.Pattern[str]) -> float:
    total = sum(count for _, count in values)
    alike = sum(count for value, count in values if shape.fullmatch(value.strip()))
    return round(alike / total, 4) if total else 0.0


def _patterns(values: list[tuple[str, int]], *, exact: bool) -> tuple[ValueCount, ...]:
    """The commonest shapes; where values were drawn the counts are shares of the drawn ones."""
    counted: Counter[str] = Counter()
    for value, count in values:
        counted[describe_pattern(value)] += count if exact else 1
    return tuple(ValueCount(pattern, rows) for pattern, rows in counted.most_common(PATTERNS))


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
