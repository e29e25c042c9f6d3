"""Looking into a version: pages of rows, values and their counts, files to take away. 查看数据。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.pool.models import Profile
from yiwang.kernel.pool.types import (
    ROW,
    ColumnProfile,
    RowPage,
    RowSpan,
    ValueCount,
    VersionInfo,
)

from . import profiling
from .engine import engine
from .reading import load_chain_of, relation
from .sql import name_list, quote_name
from .versions import get_version

PAGE_LIMIT = 1_000
SECONDS = 30.0
NEAR = 50_000


def list_rows(
    version_id: str,
    *,
    columns: Sequence[str] = (),
    where: str = "",
    parameters: Sequence[object] = (),
    order: Sequence[tuple[str, bool]] = (),
    after: int = 0,
    offset: int = 0,
    limit: int = 50,
    shown: Mapping[str, str] | None = None,
) -> RowPage:
    """A page of a version's rows. 数据分页。

    `order` pairs a column with whether it falls; without it rows come as they were delivered and
    `after` (the last row number seen) pages at constant cost. `shown` gives SQL to show instead of
    a column, for masks; `where` is compiled by `kernel.query`.
    """
    info = get_version(version_id)
    chosen = check_columns(columns or info.columns, info.columns)
    check_columns([name for name, _ in order], info.columns)
    taken = min(max(limit, 1), PAGE_LIMIT)
    head = f"SELECT {ROW}, {_listed(chosen, shown or {})} FROM {relation(version_id)} WHERE "
    tail = f" ORDER BY {_sorting(order)} LIMIT {taken + 1} OFFSET {int(offset)}"
    with engine(seconds=SECONDS) as connection:
        for condition in _conditions(where, after, ordered=bool(order), offset=offset):
            found = connection.execute(head + condition + tail, list(parameters)).fetchall()
            if len(found) > taken:
                break
    rows = tuple((int(row[0]), tuple(row[1:])) for row in found[:taken])
    return RowPage(tuple(chosen), rows, len(found) > taken, rows[-1][0] if rows else after)


def count_matching(version_id: str, *, where: str = "", parameters: Sequence[object] = ()) -> int:
    """How many rows of a version meet a condition. 符合条件的行数。"""
    if not where:
        return get_version(version_id).rows
    with engine(seconds=SECONDS) as connection:
        found = connection.execute(
            f"SELECT count(*) FROM {relation(version_id)} WHERE {where}", list(parameters)
        ).fetchone()
    return int(found[0]) if found else 0


def find_matches(
    version_id: str,
    shown: Mapping[str, tuple[str, Sequence[object]]],
    records: Sequence[Mapping[str, str]],
    *,
    key: Sequence[str],
    where: str = "",
    parameters: Sequence[object] = (),
) -> list[bool]:
    """Whether each record equals a row in all that it states; one pass for all records. 批量匹配。

    `shown` gives the SQL of what is compared, and its parameters, by name; `key` names those that
    all records state.
    """
    names = [*key, *(name for name in shown if name not in key)]
    places = {name: f"c{at}" for at, name in enumerate(names)}
    row = f"({', '.join(['?::INTEGER', *('?::VARCHAR' for _ in names)])})"
    same = [f"r.{places[one]} = w.{places[one]}" for one in key]
    same += [f"(w.{places[one]} IS NULL OR r.{places[one]} = w.{places[one]})"
             for one in names if one not in key]  # fmt: skip
    columns = ", ".join(f"{shown[one][0]} AS {places[one]}" for one in names)
    values = [value for one in names for value in shown[one][1]]
    sought = [value for at, one in enumerate(records) for value in (at, *map(one.get, names))]
    sql = (
        f"SELECT DISTINCT w.n FROM (VALUES {', '.join([row] * len(records))})"
        f" w(n, {', '.join(places.values())})"
        f" JOIN (SELECT {columns} FROM {relation(version_id)} WHERE {where or 'true'}) r"
        f" ON {' AND '.join(same)}"
    )
    with engine(seconds=SECONDS) as connection:
        rows = connection.execute(sql, [*sought, *values, *parameters]).fetchall()
    found = {at for (at,) in rows}
    return [at in found for at in range(len(records))]


def _listed(columns: Sequence[str], shown: Mapping[str, str]) -> str:
    return ", ".join(f"{shown.get(c, quote_name(c))} AS {quote_name(c)}" for c in columns)


def _sorting(order: Sequence[tuple[str, bool]]) -> str:
    found = [f"{quote_name(name)} {'DESC' if falls else 'ASC'}" for name, falls in order]
    return ", ".join([*found, ROW])


def _conditions(where: str, after: int, *, ordered: bool, offset: int) -> list[str]:
    """What rows must meet, the cheapest try first.

    In the order of delivery a page is nearly always full from the next NEAR rows.
    """
    limits = [f"({where})"] if where else []
    if after and not ordered:
        limits.append(f"{ROW} > {int(after)}")
    near = [] if ordered or offset else [[*limits, f"{ROW} <= {int(after) + NEAR}"]]
    return [" AND ".join(one) or "true" for one in (*near, limits)]


def count_values(version_id: str, column: str, *, limit: int = 100) -> tuple[ValueCount, ...]:
    """The commonest values of a column. 取值计数。"""
    info = get_version(version_id)
    check_columns([column], info.columns)
    with engine(seconds=SECONDS) as connection:
        found = connection.execute(
            f"SELECT {quote_name(column)}, count(*) AS n FROM {relation(version_id)}"
            f" GROUP BY ALL ORDER BY n DESC, 1 NULLS LAST LIMIT {int(limit)}"
        ).fetchall()
    return tuple(ValueCount(value, int(rows)) for value, rows in found)


def find_row(version_id: str, row: int) -> tuple[str | None, ...] | None:
    """One row by its number, or None. 按行号取行。"""
    page = list_rows(version_id, after=row - 1, limit=1)
    found = page.rows[0] if page.rows else None
    return found[1] if found and found[0] == row else None


def origin_of(version_id: str, row: int) -> VersionInfo | None:
    """The version, and so the delivery, that a row came with; None for no such row. 行的来源版本。"""
    for link in reversed(load_chain_of(version_id)):
        for part in link.parts:
            if part.kind != "delete" and part.first_row < row <= part.first_row + part.rows:
                return get_version(link.version.id)
    return None


def list_spans(version_id: str) -> tuple[RowSpan, ...]:
    """Which row numbers came with which version, as delivered; in rising order. 行号区段。"""
    found = [
        RowSpan(part.first_row, part.rows, link.version.id)
        for link in load_chain_of(version_id)
        for part in link.parts
        if part.kind != "delete"
    ]
    return tuple(sorted(found, key=lambda span: span.first_row))


def profile(version_id: str) -> tuple[ColumnProfile, ...]:
    """What the columns of the whole version look like; made once, then kept. 数据概况。"""
    info = get_version(version_id)
    scopes = ["delivery", "version"] if info.kind == "full" else ["version"]
    stored = Profile.objects.filter(version_id=version_id, scope__in=scopes).first()
    if stored is not None:
        return profiling.from_json(stored.columns)
    with engine() as connection:
        source = f"(SELECT {name_list(info.columns)} FROM {relation(version_id)})"
        found = profiling.profile_relation(connection, source, info.columns, info.rows)
    Profile.objects.get_or_create(
        version_id=version_id, scope="version", defaults={"columns": profiling.to_json(found)}
    )
    return found


def check_columns(wanted: Sequence[str], columns: Sequence[str]) -> Sequence[str]:
    """The wanted columns, or InvalidInput naming one that there is not. 校验列名。"""
    for name in wanted:
        if name not in columns:
            raise InvalidInput("pool.column.unknown", "There is no column %(name)s", name=name)
    return wanted
