"""The two registers as SQL. 比对两侧。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.kernel.query import services as query
from yiwang.kernel.query.tables import BLANK_OPENINGS
from yiwang.kernel.query.types import Call, Field
from yiwang.nets.share.compare.types import Request

SideName = Literal["left", "right"]
# An alternate key that makes more pairs than this is counted, not listed.
PAIRS_LISTED = 1_000
# Han of one range, with which names begin; a few of them also begin a word for nothing.
HAN = ("一", chr(0x9FFF))


class Fragment(NamedTuple):
    """SQL and the values bound in it, in order. SQL 片段。"""

    sql: str
    params: list[Any]


class Mark(NamedTuple):
    """What rows are grouped and joined by: SQL for `h` and `ah`. 标记。

    `alternate` is given the `parts` of an alternate key and their joined `text`; `differ` asks
    of two rows that are grouped whether their `h` is not the same.
    """

    key: str
    alternate: str
    differ: str = "bit_xor(h) <> 0"


HASHED = Mark("hash(k)", "hash({parts})")
EXACT = Mark("k", "{text}", "min(h) <> max(h)")


@dataclass(frozen=True, slots=True)
class Sides:
    """Both registers as SQL: row number, key `k`, values `v1`… 两侧。

    The parts of the alternate key stand in the columns `alternate` names, some of them among the
    values; `told` is whether all of them say something.

    `right_raw` is the right side whose keys were not yet asked whether they are blank, and
    `right_blank` asks it of `rk`: a key that equals a left one is not, and asking takes long.
    """

    left: Fragment
    right: Fragment
    right_raw: Fragment
    right_blank: str
    left_rows: int
    right_rows: int
    values: int
    alternate: tuple[str, ...]

    def alternate_text(self, prefix: str = "") -> str:
        """The alternate key of a row with `ah` as one text, NULL where there is none. 备用键文本。"""
        parts = [prefix + name for name in self.alternate]
        return f"CASE WHEN {prefix}ah IS NOT NULL THEN {_joined(parts)} END"

    def marked(self, side: Fragment, mark: Mark) -> Fragment:
        """A side with `h` beside each key and `ah` for each alternate key. 带标记的一侧。"""
        columns = f"*, CASE WHEN k IS NOT NULL THEN {mark.key} END AS h"
        if self.alternate:
            by = mark.alternate.format(
                parts=", ".join(self.alternate), text=_joined(self.alternate)
            )
            columns = columns.replace("*", "* EXCLUDE (told)", 1)
            columns += f", CASE WHEN told THEN {by} END AS ah"
        return Fragment(f"(SELECT {columns} FROM {side.sql})", side.params)


def read_sides(left_version: str, right_version: str, request: Request) -> Sides:
    """Both registers of a request. 读入两侧。"""
    left, right = pool.get_version(left_version), pool.get_version(right_version)
    asked = len(request.keys) > 1
    return Sides(
        left=side_sql(left_version, "left", request),
        right=side_sql(right_version, "right", request),
        right_raw=side_sql(right_version, "right", request, asked=asked),
        right_blank="rk IS NULL" if asked else _is_blank("rk"),
        left_rows=left.rows,
        right_rows=right.rows,
        values=len(request.values),
        alternate=_alternate_columns(request),
    )


def _alternate_columns(request: Request) -> tuple[str, ...]:
    """Where the parts of the alternate key stand: a part that is also a value is read once."""
    values = list(request.values)
    return tuple(
        f"v{values.index(pair) + 1}" if pair in values else f"a{place}"
        for place, pair in enumerate(request.alternate, 1)
    )


def side_sql(version_id: str, side: SideName, request: Request, *, asked: bool = True) -> Fragment:
    """One register, its key expressions worked out. 单侧查询。

    Unless `asked`, a key of one part is given as it is, even where it says nothing.
    """
    groups = {
        prefix: [getattr(pair, side) for pair in pairs]
        for prefix, pairs in (
            ("k", request.keys), ("a", request.alternate), ("v", request.values),
        )
    }  # fmt: skip
    inner, params = [f"{ROW} AS row"], []
    for prefix, nodes in groups.items():
        for place, node in enumerate(nodes, 1):
            sql, bound = query.compile_node(node, "duckdb")
            inner.append(f"{sql} AS {prefix}{place}")
            params += bound
    outer = ["row", f"{_one_key('k', len(request.keys)) if asked else 'k1'} AS k"]
    if alternate := _alternate_columns(request):
        outer += [name for name in alternate if name.startswith("a")]
        outer.append(f"NOT ({' OR '.join(map(_is_blank, alternate))}) AS told")
    # A value that is absent and one without characters look alike to people: both say nothing.
    outer += [f"coalesce(v{i}, '') AS v{i}" for i in range(1, len(request.values) + 1)]
    relation = pool.relation(version_id)
    return Fragment(
        f"(SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} FROM {relation}))", params
    )


def _one_key(prefix: str, parts: int) -> str:
    """The parts of a key as one text, NULL when any part says nothing."""
    names = [f"{prefix}{place}" for place in range(1, parts + 1)]
    blank = " OR ".join(_is_blank(name) for name in names)
    if parts == 1:
        return f"CASE WHEN {blank} THEN NULL ELSE {names[0]} END"
    return f"CASE WHEN {blank} THEN NULL ELSE {_joined(names)} END"


def _joined(names: Sequence[str]) -> str:
    """Parts as one text from which each can be told."""
    return " || chr(31) || ".join(map(_escape, names)) if len(names) > 1 else names[0]


def _escape(name: str) -> str:
    """A part in which the sign between parts cannot stand; replacing is dear and seldom needed."""
    signs = f"contains({name}, chr(27)) OR contains({name}, chr(31))"
    safe = f"replace(replace({name}, chr(27), chr(27) || '0'), chr(31), chr(27) || '1')"
    return f"CASE WHEN {signs} THEN {safe} ELSE {name} END"


def _is_blank(name: str) -> str:
    """Whether a text says nothing; most keys, names and telephone numbers need no dear test.

    Few Han begin a word for nothing; none begins with a 1 and a later sign or has both 0 and 1.
    """
    asked = query.compile_node(Call("blank", (Field(name),), "boolean"), "duckdb").sql
    first, (low, high) = f"unicode({name})", HAN
    others = [f"{first} <> {ord(one)}" for one in sorted(BLANK_OPENINGS) if low <= one <= high]
    han = " AND ".join([f"{first} BETWEEN {ord(low)} AND {ord(high)}", *others])
    return (
        f"CASE WHEN {han} OR {name} >= '12' AND {name} < '2'"
        f" OR contains({name}, '0') AND contains({name}, '1') THEN false ELSE {asked} END"
    )
