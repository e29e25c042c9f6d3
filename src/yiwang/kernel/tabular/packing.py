"""Rows of a grid put into batches. 网格行成批。"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable
from functools import wraps
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from .types import Batch, Cell, Difference, Row

if TYPE_CHECKING:
    from .grid import GridBlock, GridRow, GridSource, Marked

BATCH_ROWS = 5_000
BATCH_CHARACTERS = 8 << 20


Given = ParamSpec("Given")
Made = TypeVar("Made")


def without_collector(work: Callable[Given, Made]) -> Callable[Given, Made]:
    """Work that makes many plain objects and no cycles: looking for cycles among them is time lost. 暂停回收。"""

    @wraps(work)
    def run(*given: Given.args, **named: Given.kwargs) -> Made:
        if not gc.isenabled():
            return work(*given, **named)
        gc.disable()
        try:
            return work(*given, **named)
        finally:
            gc.enable()

    return run


class Packer:
    """Puts grid rows into batches of equal rows, noting what does not fit."""

    def __init__(self, source: GridSource) -> None:
        self.source = source
        self.width = source.width
        self.names = dict(zip(source.kept, source.columns, strict=False))
        self.kept = source.kept if len(source.kept) < source.width else None
        self.total = len(source.columns)
        self.number = 0
        self.size = 0
        self.batch = Batch(1, [], [], [])

    def add(self, row: GridRow) -> Batch | None:
        """Take one row; the batch when it is full."""
        self.number += 1
        cells = self._fit(row)
        for mark in row.marks:
            if mark.at in self.names:
                self._differ(self.names[mark.at], mark.kind, mark.raw, row.cells[mark.at])
        self.batch.rows.append(cells)
        self.batch.places.append(row.place)
        self.size += sum(map(len, filter(None, cells)))
        return self._full()

    @without_collector
    def add_block(self, block: GridBlock) -> Batch | None:
        """Take many rows at once; the batch when it is full. 收一块。"""
        rows = len(block.places)
        nothing: list[Cell] = [None] * rows
        wide = len(block.columns)
        columns = [block.columns[at] if at < wide else nothing for at in self.source.kept]
        self.batch.rows += map(list, zip(*columns, strict=True))
        self.batch.places += block.places
        found: list[Difference] = []
        for one in block.marked:
            if one.at in self.names:
                found += self._differences(one, block.columns[one.at])
        if len(block.marked) > 1:
            found.sort(key=itemgetter(0))  # by row; within one the order of columns stays
        self.batch.differences += found
        self.number += rows
        self.size += block.size
        return self._full()

    def _differences(self, one: Marked, cells: list[Cell]) -> Iterable[Difference]:
        rows = map((self.number + 1).__add__, one.rows)
        shown = map(cells.__getitem__, one.rows)
        return map(
            Difference._make, zip(rows, repeat(self.names[one.at]), one.kinds, one.raws, shown)
        )

    def _full(self) -> Batch | None:
        if len(self.batch.rows) < BATCH_ROWS and self.size < BATCH_CHARACTERS:
            return None
        self.source.budget.check_time()
        self.source.budget.check_rows(self.number)
        full, self.size = self.batch, 0
        self.batch = Batch(self.number + 1, [], [], [])
        return full

    def _fit(self, row: GridRow) -> Row:
        cells, width = row.cells, self.width
        if self.kept is not None:
            return self._picked(cells, self.kept)
        if len(cells) == width == self.total:
            return cells
        if len(cells) < width and self.source.ragged:
            self._differ("", "ragged_short", str(len(cells)), str(width))
        fitted = [*cells[:width], *[None] * (width - len(cells))]
        if self.total > width:
            fitted.append(self._surplus(cells))
        return fitted

    def _picked(self, cells: Row, kept: list[int]) -> Row:
        """Without the columns that are none."""
        if len(cells) < self.width and self.source.ragged:
            self._differ("", "ragged_short", str(len(cells)), str(self.width))
        fitted = [cells[at] if at < len(cells) else None for at in kept]
        if self.total > len(kept):
            fitted.append(self._surplus(cells))
        return fitted

    def leave_out(self, row: GridRow, kind: str) -> Batch | None:
        """List a row that is none of the table, under the number of the row that comes next."""
        raw = " | ".join(cell or "" for cell in trimmed(row.cells))
        self.batch.differences.append(Difference(self.number + 1, "", kind, raw, None))
        return None

    def _surplus(self, cells: Row) -> Cell:
        surplus = cells[self.width :]
        if not has_value(surplus):
            return None
        text = json.dumps(surplus, ensure_ascii=False)
        self._differ(self.source.columns[-1], "ragged_long", str(len(cells)), text)
        return text

    def _differ(self, column: str, kind: str, raw: Cell, shown: Cell) -> None:
        self.batch.differences.append(Difference(self.number, column, kind, raw, shown))


def has_value(cells: Iterable[Cell]) -> bool:
    """Whether a row has any value. 是否有值。"""
    return any(cell is not None for cell in cells)


def line_of(cells: Row) -> str:
    """A row as one line. 行文本。"""
    return " ".join(cell for cell in cells if cell)


def ended(cells: Row) -> Row:
    """A row without its empty end. 去掉行尾空格。"""
    end = len(cells)
    while end and cells[end - 1] is None:
        end -= 1
    return cells[:end]


def trimmed(cells: Row) -> Row:
    """A row without an end that shows nothing. 去掉行尾空白。"""
    end = len(cells)
    while end and not (cells[end - 1] or "").strip():
        end -= 1
    return cells[:end]
