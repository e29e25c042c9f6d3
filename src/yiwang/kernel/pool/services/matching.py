"""Which of some given rows a version holds, shown as somebody was shown them. 行比对。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from .engine import engine
from .reading import relation
from .rows import check_columns
from .sql import quote_name
from .versions import get_version


def match_rows(
    version_id: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    *,
    where: str = "",
    parameters: Sequence[object] = (),
    shown: Mapping[str, str] | None = None,
    seconds: float = 120.0,
) -> frozenset[int]:
    """Places of the given rows that the version holds, cell by cell, as shown. 匹配行位置。

    `shown` gives SQL instead of a column, for masks. An empty cell is a missing one.
    """
    check_columns(columns, get_version(version_id).columns)
    masks = shown or {}
    listed = ", ".join(
        f"coalesce({masks.get(one, quote_name(one))}, '') AS c{at}"
        for at, one in enumerate(columns)
    )
    names = ", ".join(f"c{at}" for at in range(len(columns)))
    met = f"WHERE {where}" if where else ""
    given = pa.table(
        {
            f"c{at}": pa.array([row[at] or "" for row in rows], pa.string())
            for at in range(len(columns))
        }
        | {"place": pa.array(range(len(rows)), pa.int64())}
    )
    with engine(seconds=seconds) as connection:
        connection.register("given", given)
        found = connection.execute(
            f"SELECT place FROM given SEMI JOIN (SELECT {listed} FROM {relation(version_id)} {met})"
            f" USING ({names})",
            list(parameters),
        ).fetchall()
    return frozenset(int(place) for (place,) in found)
