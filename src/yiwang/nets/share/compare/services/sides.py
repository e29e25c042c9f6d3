"""The two registers as SQL. 比对两侧。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import ROW
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Call, Field
from yiwang.nets.share.compare.types import Request

SideName = Literal["left", "right"]
# An alternate key that makes more pairs than this is counted, not listed.
PAIRS_LISTED = 1_000


class Fragment(NamedTuple):
    """SQL and the values bound in it, in order. SQL 片段。"""

    sql: str
    params: list[Any]


@dataclass(frozen=True, slots=True)
class Sides:
    """Both registers as SQL: row number, key `k`, alternate key `a`, values `v1`… 两侧。

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
    alternate: bool


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
        alternate=bool(request.alternate),
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
    if request.alternate:
        outer.append(f"{_one_key('a', len(request.alternate))} AS a")
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
    told_apart = [_escape(name) for name in names]
    return f"CASE WHEN {blank} THEN NULL ELSE {' || chr(31) || '.join(told_apart)} END"


def _escape(name: str) -> str:
    """A part in which the sign between parts cannot stand; replacing is dear and seldom needed."""
    signs = f"contains({name}, chr(27)) OR contains({name}, chr(31))"
    safe = f"replace(replace({name}, chr(27), chr(27) || '0'), chr(31), chr(27) || '1')"
    return f"CASE WHEN {signs} THEN {safe} ELSE {name} END"


def _is_blank(name: str) -> str:
    """Whether a text says nothing. None with both a 0 and a 1 does: most keys are done."""
    asked = query.compile_node(Call("blank", (Field(name),), "boolean"), "duckdb").sql
    return f"CASE WHEN contains({name}, '0') AND contains({name}, '1') THEN false ELSE {asked} END"
