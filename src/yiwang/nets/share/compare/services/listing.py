"""The rows behind the counts, one for each difference. 差异明细。

They become a table of the pool like any other, so that paging, filters, export and destruction
are the pool's. Values of a key that repeats are the smallest and the largest found.
"""

from __future__ import annotations

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged
from yiwang.nets.share.compare.types import Counts

from .sides import PAIRS_LISTED, Fragment, SideName, Sides

LISTED_PAIRS = 2_000_000
TWICE = "(SELECT x AS h FROM odd WHERE x IS NOT NULL AND {count} > 1)"
ALONE = "(SELECT x AS h FROM odd WHERE x IS NOT NULL AND {count} > 0 AND {other} = 0)"


def list_columns(values: int) -> list[str]:
    """The columns of the table of differences. 明细列。"""
    sides = [f"{side}_{place}" for place in range(1, values + 1) for side in ("left", "right")]
    return [
        "class", "key", "other_key", "left_row", "right_row", "differs",
        "left_alternate", "right_alternate", *sides,
    ]  # fmt: skip


def list_differences(connection: pool.Connection, sides: Sides, counts: Counts) -> Staged:
    """Stage the rows behind the counts. 生成明细。"""
    pieces = [_matched("differing", sides, "WHERE " + _any_value(sides.values))]
    pieces += _of_one_side("left", sides, counts.left_blank_keys, counts.left_duplicate_keys)
    pieces += _of_one_side("right", sides, counts.right_blank_keys, counts.right_duplicate_keys)
    if sides.alternate:
        pieces.append(_matched("moved", sides, "SEMI JOIN moved USING (k)"))
        pieces.append(_other_key(sides))
    sql = " UNION ALL ".join(f"({piece[0]})" for piece in pieces)
    params = [value for piece in pieces for value in piece[1]]
    return _stage(connection, sql, params, sides.values)


def _stage(connection: pool.Connection, sql: str, params: list[object], values: int) -> Staged:
    columns = list_columns(values)
    connection.execute(f"CREATE TEMP TABLE listed AS {sql}", params)
    return pool.stage_query(
        connection,
        f"SELECT {pool.name_list(columns)} FROM listed ORDER BY class, key, left_row, right_row",
        columns,
    )


def _any_value(values: int) -> str:
    return " OR ".join(f"l{i} <> r{i}" for i in range(1, values + 1)) or "false"


def _line(name: str, values: int, **given: str) -> str:
    """A select list with every column of the listing, NULL where not given."""
    wanted = [
        f"{given.get(column, 'NULL')}::VARCHAR AS {pool.quote_name(column)}"
        for column in list_columns(values)[1:]
    ]
    return ", ".join([f"'{name}' AS class", *wanted])


def _shown(key: str) -> str:
    return f"replace({key}, chr(31), ' / ')"


def _matched(name: str, sides: Sides, condition: str) -> Fragment:
    given = {"key": _shown("k"), "left_row": "lrow", "right_row": "rrow"}
    marks = [f"CASE WHEN l{i} <> r{i} THEN ',{i}' END" for i in range(1, sides.values + 1)]
    if marks:
        given["differs"] = f"concat({', '.join(marks)}, ',')"
    if sides.alternate:
        given |= {"left_alternate": _shown("la"), "right_alternate": _shown("ra")}
    for i in range(1, sides.values + 1):
        given |= {f"left_{i}": f"l{i}", f"right_{i}": f"r{i}"}
    return Fragment(f"SELECT {_line(name, sides.values, **given)} FROM differing {condition}", [])


def _of_one_side(side: SideName, sides: Sides, blank: int, twice: int) -> list[Fragment]:
    """Keys of this side only (the first row of each), repeated keys, blank keys (every row)."""
    register = getattr(sides, side)
    count, other = ("nl", "nr") if side == "left" else ("nr", "nl")
    line = _side_line(side, sides)
    alone = ALONE.format(count=count, other=other)
    found = [
        Fragment(
            f"SELECT {line.format(name=f'{side}_only')} FROM {register.sql} SEMI JOIN {alone}"
            " USING (h) QUALIFY row_number() OVER (PARTITION BY k ORDER BY row) = 1"
            if twice
            else f"SELECT {line.format(name=f'{side}_only')} FROM {register.sql}"
            f" SEMI JOIN {alone} USING (h)",
            register.params,
        )
    ]
    if twice:
        repeated = TWICE.format(count=count)
        found.append(
            Fragment(
                f"SELECT {line.format(name=f'{side}_duplicate')} FROM {register.sql}"
                f" SEMI JOIN {repeated} USING (h)",
                register.params,
            )
        )
    if blank:
        found.append(
            Fragment(
                f"SELECT {line.format(name=f'{side}_blank')} FROM {register.sql} WHERE k IS NULL",
                register.params,
            )
        )
    return found


def _side_line(side: SideName, sides: Sides) -> str:
    given = {"key": _shown("k"), f"{side}_row": "row"}
    if sides.alternate:
        given[f"{side}_alternate"] = _shown(sides.alternate_text())
    given |= {f"{side}_{i}": f"v{i}" for i in range(1, sides.values + 1)}
    return _line("{name}", sides.values, **given)


def _other_key(sides: Sides) -> Fragment:
    """Pairs of rows equal in the alternate key under different keys."""
    given = {
        "key": _shown("l.k"),
        "other_key": _shown("r.k"),
        "left_row": "l.row",
        "right_row": "r.row",
        "left_alternate": _shown(sides.alternate_text("l.")),
        "right_alternate": _shown(sides.alternate_text("r.")),
    }
    for i in range(1, sides.values + 1):
        given |= {f"left_{i}": f"l.v{i}", f"right_{i}": f"r.v{i}"}
    many = f"(SELECT x AS ah FROM odd_alternate WHERE nl * nr > {PAIRS_LISTED})"
    return Fragment(
        f"SELECT {_line('other_key', sides.values, **given)}"
        f" FROM (SELECT * FROM {sides.left.sql} ANTI JOIN {many} USING (ah)) AS l"
        f" JOIN {sides.right.sql} AS r ON l.ah = r.ah WHERE l.k <> r.k LIMIT {LISTED_PAIRS}",
        [*sides.left.params, *sides.right.params],
    )
