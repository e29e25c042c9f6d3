"""From a grid of cells to a table: header, width, blank and ragged rows. 由单元格网格成表。

Delimited text and sheets share these rules, see `docs/reference/files-read.md`.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

from .headers import SAMPLE_ROWS, HeaderProposal, name_columns, propose_header
from .opening import Opened
from .types import Batch, Cell, Difference, Note, Row, TableSource

BATCH_ROWS = 5_000
BATCH_CHARACTERS = 8 << 20
SURPLUS = "surplus_cells"
BLANK_ROWS = msg("%(count)s rows without any value were left out.")


class Mark(NamedTuple):
    """A cell that is landed otherwise than stored: its column from 0, the kind, the raw. 标记。"""

    at: int
    kind: str
    raw: str | None


class GridRow(NamedTuple):
    """One row as it stands in the file. 网格行。"""

    place: int
    cells: Row
    marks: tuple[Mark, ...] = ()


@dataclass
class Survey:
    """What one pass over a grid has counted. 普查结果。

    `ends` is how many rows end with a value in that many cells: the true widths, trailing empty
    cells left out. `lengths` counts rows by their cells.
    """

    rows: int = 0
    blank: int = 0
    ends: dict[int, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    head: list[tuple[int, Row]] = field(default_factory=list)

    def add(self, row: GridRow) -> None:
        """Count one row. 计一行。"""
        end = len(row.cells)
        while end and row.cells[end - 1] is None:
            end -= 1
        if len(self.head) < SAMPLE_ROWS:
            self.head.append((row.place, row.cells))
        if not end:
            self.blank += 1
        self.rows += 1
        self.ends[end] = self.ends.get(end, 0) + 1
        self.lengths[len(row.cells)] = self.lengths.get(len(row.cells), 0) + 1

    def take_regular(self, rows: int, fields: int) -> None:
        """Every row has that many fields and a value. 规整表。"""
        self.rows, self.blank = rows, 0
        self.ends = self.lengths = {fields: rows}

    @property
    def widest(self) -> int:
        """The widest row without its empty end. 最宽行。"""
        return max(self.ends, default=0)


class GridSource(TableSource):
    """A table over a grid that can be walked again and again. 网格表。

    `ragged` says whether the number of cells of a row means something: it does in delimited text,
    not in a sheet.
    """

    ragged = True

    def __init__(self, opened: Opened) -> None:
        self.budget = opened.budget
        self.options = opened.options
        self.member = opened.member
        self.scratch = opened.scratch  # held, so that its files stay as long as the table
        self.columns = []
        self.notes = []
        self.width = 0
        self._surplus = False

    @abstractmethod
    def grid(self) -> Iterator[GridRow]:
        """All rows of the file from the first. 全部行。"""

    def settle(self, survey: Survey) -> None:
        """Decide header, width and names from a survey. 确定表头与列。"""
        proposal = self._header(survey)
        self.header_row = proposal.row
        header = self._header_cells(survey)
        self.width = self._width(survey, header)
        self.columns, notes = name_columns(header, self.width)
        self.notes += notes
        self._note_above(survey)
        if self._surplus:
            self.columns.append(self._free_name())
        self.budget.check_columns(len(self.columns))
        if survey.blank:
            self.notes.append(Note("blank_rows", BLANK_ROWS, {"count": survey.blank}))

    def batches(self) -> Iterator[Batch]:
        """Data rows below the header; rows without any value are left out. 逐批读出。"""
        packer = _Packer(self)
        for row in self.grid():
            if row.place <= self.header_row + self._below or not _has_value(row.cells):
                continue
            full = packer.add(row)
            if full:
                yield full
        if packer.batch.rows:
            yield packer.batch

    @property
    def _below(self) -> int:
        return self.options.header_rows - 1 if self.header_row else 0

    def _header(self, survey: Survey) -> HeaderProposal:
        asked = self.options.header_row
        if asked is not None:
            return HeaderProposal(asked, msg("as asked"))
        proposal = propose_header(survey.head)
        if proposal.row != 1:
            text = msg("The header was taken to be row %(row)s (0: none): %(reason)s.")
            params = {"row": proposal.row, "reason": proposal.reason}
            self.notes.append(Note("header_proposed", text, params))
        return proposal

    def _header_cells(self, survey: Survey) -> Row:
        if not self.header_row:
            return []
        last = self.header_row + self._below
        rows = {place: cells for place, cells in survey.head if self.header_row <= place <= last}
        if self.header_row not in rows:
            rows = {row.place: row.cells for row in _between(self.grid(), self.header_row, last)}
        if not rows:
            raise InvalidInput(
                "tabular.header.missing",
                "There is no row %(row)s to take the headings from",
                row=self.header_row,
            )
        return _joined([rows[place] for place in sorted(rows)])

    def _width(self, survey: Survey, header: Row) -> int:
        """Columns of the table; whatever stands to the right goes into one column more."""
        if not header or not self.ragged:
            return max(survey.widest, len(_trimmed(header)))
        named = len(_trimmed(header))
        within = max((end for end in survey.ends if end <= len(header)), default=0)
        self._surplus = survey.widest > len(header)
        return max(named, within)

    def _note_above(self, survey: Survey) -> None:
        above = [cells for place, cells in survey.head if place < self.header_row]
        lines = [" ".join(cell for cell in cells if cell) for cells in above if _has_value(cells)]
        if lines:
            text = msg("%(count)s rows above the header are no part of the table: %(lines)s")
            shown = " / ".join(lines)[:500]
            self.notes.append(Note("rows_above", text, {"count": len(lines), "lines": shown}))

    def _free_name(self) -> str:
        return name_columns([*self.columns, SURPLUS], len(self.columns) + 1)[0][-1]


class _Packer:
    """Puts grid rows into batches of equal rows, noting what does not fit."""

    def __init__(self, source: GridSource) -> None:
        self.source = source
        self.width = source.width
        self.total = len(source.columns)
        self.number = 0
        self.size = 0
        self.batch = Batch(1, [], [], [])

    def add(self, row: GridRow) -> Batch | None:
        """Take one row; the batch when it is full."""
        self.number += 1
        cells = self._fit(row)
        for mark in row.marks:
            if mark.at < self.width:
                self._differ(self.source.columns[mark.at], mark.kind, mark.raw, cells[mark.at])
        self.batch.rows.append(cells)
        self.batch.places.append(row.place)
        self.size += sum(map(len, filter(None, cells)))
        if len(self.batch.rows) < BATCH_ROWS and self.size < BATCH_CHARACTERS:
            return None
        self.source.budget.check_time()
        self.source.budget.check_rows(self.number)
        full, self.size = self.batch, 0
        self.batch = Batch(self.number + 1, [], [], [])
        return full

    def _fit(self, row: GridRow) -> Row:
        cells, width = row.cells, self.width
        if len(cells) == width == self.total:
            return cells
        if len(cells) < width and self.source.ragged:
            self._differ("", "ragged_short", str(len(cells)), str(width))
        fitted = [*cells[:width], *[None] * (width - len(cells))]
        if self.total > width:
            fitted.append(self._surplus(cells))
        return fitted

    def _surplus(self, cells: Row) -> Cell:
        surplus = cells[self.width :]
        if not _has_value(surplus):
            return None
        text = json.dumps(surplus, ensure_ascii=False)
        self._differ(self.source.columns[-1], "ragged_long", str(len(cells)), text)
        return text

    def _differ(self, column: str, kind: str, raw: Cell, shown: Cell) -> None:
        self.batch.differences.append(Difference(self.number, column, kind, raw, shown))


def _has_value(cells: Iterable[Cell]) -> bool:
    return any(cell is not None for cell in cells)


def _trimmed(cells: Row) -> Row:
    end = len(cells)
    while end and not (cells[end - 1] or "").strip():
        end -= 1
    return cells[:end]


def _between(rows: Iterable[GridRow], first: int, last: int) -> Iterator[GridRow]:
    for row in rows:
        if row.place > last:
            return
        if row.place >= first:
            yield row


def _joined(rows: list[Row]) -> Row:
    """Several header rows as one: the parts of each column joined, repeats left out."""
    if len(rows) <= 1:
        return rows[0] if rows else []
    names: Row = []
    for at in range(max(map(len, rows))):
        parts: list[str] = []
        for row in rows:
            part = (row[at] or "").strip() if at < len(row) else ""
            if part and part not in parts:
                parts.append(part)
        names.append("/".join(parts) or None)
    return names
