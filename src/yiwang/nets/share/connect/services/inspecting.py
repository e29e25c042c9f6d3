"""Personal data inside the columns of a delivery. 报送内容个人信息识别。

Every cell passes the filter of the engine; of those that may hold something some are read closely,
the likeliest drawn apart so that a few telephones among a million remarks are not missed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.conf import settings

from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import ColumnFinding
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.catalog.types import ItemInfo

DRAWN = 2_000
"""Cells read closely of each column, of the likely ones and of the others. 细读单元格数。"""
LONGEST = 4_000
"""Characters of a cell that are read. 单元格读取长度。"""
MOST = 200_000
"""Characters of a column that are read. 每列读取长度。"""
SLICE_COLUMNS, SLICE_CELLS = 50, 1_000_000
"""How much of a wide table is taken out at a time. 每批列数与单元格数。"""
Counts = tuple[int, int, int]
"""Cells filled, those that may hold something, those that likely do. 计数。"""


def find_inside(
    staged: Staged, items: Sequence[ItemInfo], known: Resource | None
) -> list[ItemInfo]:
    """The items with what was found in the cells of each that no person has named. 逐列识别。

    `YIWANG_FINDER_SECONDS` (30 unless set) is the time for reading closely, over all columns; a
    column that got none of it is masked until a person has looked.
    """
    named = {one.name for one in catalog.list_items(known.id) if one.element} if known else set()
    until = time.monotonic() + settings.YIWANG_FINDER_SECONDS
    wanted = [one.name for one in items if not one.element and one.name not in named]
    with pool.engine() as connection:
        found = {
            name: _inspect(connection, relation, name, until, counts)
            for names, relation in _slices(connection, staged, wanted)
            for name, counts in zip(names, _count(connection, relation, names), strict=True)
        }
    return [replace(one, found=found[one.name]) if one.name in found else one for one in items]


def _slices(
    connection: pool.Connection, staged: Staged, columns: Sequence[str]
) -> Iterator[tuple[Sequence[str], str]]:
    """Columns, and where to read them; of a wide table some dozens at a time. 分批。

    A statement over thousands of columns is costly before it reads a cell, so a wide and short
    table is taken out in slices; a long one is read where it lies.
    """
    relation = pool.staged_relation(staged)
    width = min(SLICE_COLUMNS, SLICE_CELLS // max(1, staged.rows))
    if width < 2 or len(columns) <= SLICE_COLUMNS:
        yield from ((names, relation) for names in in_blocks(columns, SLICE_COLUMNS))
        return
    for names in in_blocks(columns, width):
        listed = ", ".join(map(pool.quote_name, names))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE slice AS SELECT {listed} FROM {relation}")
        yield names, "slice"


def _count(connection: pool.Connection, relation: str, columns: Sequence[str]) -> list[Counts]:
    """How many cells of each column are filled, may hold something, and likely do. 逐列计数。

    One statement for all of them: the engine makes the patterns ready once, and that is most of
    the work over a short table.
    """
    listed = ", ".join(map(pool.quote_name, columns))
    may, likely = standards.may_hold_sql("v"), standards.likely_hold_sql("v")
    found = connection.execute(
        "SELECT place, count(v) FILTER (v <> ''), count(*) FILTER (m), count(*) FILTER (l) FROM"
        f" (SELECT place, v, {may} AS m, {may} AND {likely} AS l FROM"
        f" (SELECT unnest(range({len(columns)})) AS place, unnest([{listed}]) AS v"
        f" FROM {relation})) GROUP BY place"
    ).fetchall()
    by_place = {place: (filled, passed, strong) for place, filled, passed, strong in found}
    return [by_place.get(place, (0, 0, 0)) for place in range(len(columns))]


def _inspect(
    connection: pool.Connection, relation: str, column: str, until: float, counts: Counts
) -> ColumnFinding:
    filled, passed, strong = counts
    if not passed:
        return ColumnFinding(filled)
    name = pool.quote_name(column)
    may, likely = standards.may_hold_sql(name), standards.likely_hold_sql(name)
    cells = _draw(connection, relation, name, f"{may} AND {likely}", strong)
    cells += _draw(connection, relation, name, f"{may} AND NOT {likely}", passed - strong)
    return standards.judge_column(_bounded(cells, until), filled=filled, passed=passed)


def _bounded(cells: Sequence[tuple[str, int]], until: float) -> Iterator[tuple[str, int]]:
    """The cells as long as there is time, asked before each is read. 限时限量。"""
    left = MOST
    for text, count in cells:
        if left <= 0 or time.monotonic() > until:
            return
        left -= len(text)
        yield text, count


def _draw(
    connection: pool.Connection, relation: str, name: str, condition: str, count: int
) -> list[tuple[str, int]]:
    """Some of the cells, always the same ones, each with how many it stands for. 抽取。"""
    if not count:
        return []
    found = connection.execute(
        f"SELECT left({name}, {LONGEST}) FROM (SELECT {name} FROM {relation} WHERE {condition})"
        f" USING SAMPLE reservoir({DRAWN} ROWS) REPEATABLE (7)"
    ).fetchall()
    return [(text, max(1, round(count / len(found)))) for (text,) in found]
