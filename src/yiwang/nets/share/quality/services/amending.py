"""Registers without a key: their rows are known by number and by all that stands in them. 无主键登记册。

Most files of departments name no key. Their corrections land as the whole register written anew,
every other cell as it was; a row said to be right is known again by a digest of the whole row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.nets.share.connect import services as connect

from .digests import UNIT, digest_value
from .rechecking import Row

MOST_ROWS = 1_000_000
"""A larger register is not written anew for a few cells: it needs a key."""
BLOCK = 10_000
MARK = "row:"


def can_amend(version: VersionInfo) -> bool:
    """Whether a register can be written anew with its rows keeping their numbers. 能否整册更正。"""
    if version.rows > MOST_ROWS:
        return False
    with pool.engine() as connection:
        found = connection.execute(f"SELECT max(_row) FROM {pool.relation(version.id)}").fetchone()
    return found is not None and found[0] == version.rows


def amended_rows(
    version: VersionInfo,
    columns: Sequence[str],
    amended: Mapping[int, Row],
    dropped: Set[int],
) -> Iterator[Row]:
    """All rows of a version in order, some of them corrected, some left out. 更正后的整册。"""
    for number, row in read_rows(version.id, columns):
        if number not in dropped:
            yield amended.get(number, row)


def keep_numbers(version_ids: Sequence[str]) -> set[str]:
    """Those full versions that are another written anew with as many rows. 行号不变的整册更正。"""
    made_from = connect.list_made_from(version_ids)
    return {
        one
        for one, base in made_from.items()
        if pool.get_version(one).rows == pool.get_version(base).rows
    }


def digest_rows(version_id: str, rows: Sequence[int]) -> dict[int, str]:
    """A sign of all that stands in rows, by their numbers: the key of what has no key. 整行摘要。"""
    columns = pool.get_version(version_id).columns
    found: dict[int, str] = {}
    for start in range(0, len(rows), BLOCK):
        for number, row in read_rows(version_id, columns, rows[start : start + BLOCK]):
            found[number] = digest_row(row)
    return found


def digest_row(row: Row) -> str:
    """A sign of a whole row that nobody can guess it back from. 整行摘要。"""
    return MARK + digest_value(UNIT.join("" if cell is None else f"={cell}" for cell in row))


def read_rows(
    version_id: str, columns: Sequence[str], rows: Sequence[int] | None = None
) -> Iterator[tuple[int, Row]]:
    """Rows of a version with their numbers, in order: all, or those with these numbers. 按行号读取。"""
    listed = ", ".join(pool.quote_name(name) for name in columns)
    chosen = " SEMI JOIN (SELECT unnest(?::BIGINT[]) AS _row) USING (_row)"
    with pool.engine() as connection:
        answer = connection.execute(
            f"SELECT _row, {listed} FROM {pool.relation(version_id)}"
            f"{'' if rows is None else chosen} ORDER BY _row",
            [] if rows is None else [list(rows)],
        )
        while block := answer.fetchmany(BLOCK):
            for number, *cells in block:
                yield int(number), tuple(cells)
