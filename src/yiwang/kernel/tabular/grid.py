"""From a grid of cells to a table: header, width, blank and ragged rows. 由单元格网格成表。

Delimited text and sheets share these rules, see `docs/reference/files-read.md`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

from .footer import TAIL_ROWS
from .frame import Area, Frame, join_header, propose_frame
from .headers import SAMPLE_ROWS, name_columns
from .opening import Opened
from .packing import Packer, ended, has_value, line_of, trimmed
from .types import Batch, Cell, Note, Row, TableSource

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


class Marked(NamedTuple):
    """Cells of one column of a block that are landed otherwise than stored. 列标记。"""

    at: int
    rows: list[int]
    kinds: list[str]
    raws: list[str]


class GridBlock(NamedTuple):
    """Many rows at once, column by column; `size` is about how many characters. 网格块。"""

    places: list[int]
    columns: list[list[Cell]]
    marked: list[Marked]
    size: int = 0

    def rows(self) -> Iterator[GridRow]:
        """The same rows one by one. 逐行。"""
        marks: dict[int, list[Mark]] = {}
        for one in self.marked:
            for row, kind, raw in zip(one.rows, one.kinds, one.raws, strict=True):
                marks.setdefault(row, []).append(Mark(one.at, kind, raw))
        for at, cells in enumerate(zip(*self.columns, strict=True)):
            yield GridRow(self.places[at], list(cells), tuple(marks.get(at, ())))


@dataclass
class Survey:
    """What one pass over a grid has counted. 普查结果。

    `ends` is how many rows end with a value in that many cells: the true widths, trailing empty
    cells left out. `lengths` counts rows by their cells. `head` and `tail` are the first and the
    last rows with their places, `merged` the merged areas among the first rows. `used` are the
    columns that hold something somewhere, None where not all rows were looked at.
    """

    rows: int = 0
    blank: int = 0
    ends: dict[int, int] = field(default_factory=dict)
    lengths: dict[int, int] = field(default_factory=dict)
    head: list[tuple[int, Row]] = field(default_factory=list)
    tail: deque[tuple[int, Row]] = field(default_factory=lambda: deque(maxlen=TAIL_ROWS))
    merged: list[Area] = field(default_factory=list)
    used: set[int] | None = field(default_factory=set)

    def add(self, row: GridRow) -> None:
        """Count one row. 计一行。"""
        end = len(row.cells)
        while end and row.cells[end - 1] is None:
            end -= 1
        if len(self.head) < SAMPLE_ROWS:
            self.head.append((row.place, row.cells))
        self.tail.append((row.place, row.cells))
        if not end:
            self.blank += 1
        if self.used is not None and len(self.used) < end:
            self.used.update(at for at in range(end) if row.cells[at] is not None)
        self.rows += 1
        self.ends[end] = self.ends.get(end, 0) + 1
        self.lengths[len(row.cells)] = self.lengths.get(len(row.cells), 0) + 1

    def add_block(self, block: GridBlock) -> None:
        """Count many rows; one by one where they are wanted or end here and there. 计一块。"""
        if len(self.head) < SAMPLE_ROWS or self.used is None or None in block.columns[-1]:
            for row in block.rows():
                self.add(row)
            return
        rows, wide = len(block.places), len(block.columns)
        self.used.update(at for at in range(wide) if block.columns[at].count(None) < rows)
        for at in range(max(0, rows - TAIL_ROWS), rows):
            self.tail.append((block.places[at], [column[at] for column in block.columns]))
        self.rows += rows
        self.ends[wide] = self.ends.get(wide, 0) + rows
        self.lengths[wide] = self.lengths.get(wide, 0) + rows

    def take_regular(self, rows: int, fields: int) -> None:
        """Every row has that many fields and a value. 规整表。"""
        self.rows, self.blank = rows, 0
        self.ends = self.lengths = {fields: rows}
        self.used = None

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
        self.survey = Survey()
        self.frame = Frame(0)
        self._surplus = False
        self._kept: list[int] = []
        self._left_out: dict[int, str] = {}
        self._headings: tuple[frozenset[Cell], frozenset[tuple[Cell, ...]]] = (
            frozenset(),
            frozenset(),
        )

    @abstractmethod
    def grid(self) -> Iterator[GridRow]:
        """All rows of the file from the first. 全部行。"""

    def settle(self, survey: Survey) -> None:
        """Decide header, width, names and foot from a survey. 确定表头、列与表尾。"""
        self.survey = survey
        self.frame = frame = self._frame(survey)
        self.header_row, self.header_rows = frame.header_row, frame.rows_used
        heading = self._heading_rows(survey)
        header = join_header(heading, survey.merged)
        self.width = self._width(survey, header)
        self.columns, notes = name_columns(header, self.width)
        self.notes += notes if self.header_row else []
        self._leave_out(frame, heading, survey)
        self._drop_empty(survey, header)
        self._note_above(survey)
        if self._surplus:
            self.columns.append(self._free_name())
        self.budget.check_columns(len(self.columns))
        if survey.blank:
            self.notes.append(Note("blank_rows", BLANK_ROWS, {"count": survey.blank}))

    def batches(self) -> Iterator[Batch]:
        """Data rows below the header; rows without any value are left out. 逐批读出。

        What stands under the table and what repeats the header is left out too, and listed.
        """
        packer = Packer(self)
        for piece in self.pieces():
            if isinstance(piece, GridRow):
                full = self._pack(packer, piece)
            elif self._is_plain(piece):
                full = packer.add_block(piece)
            else:
                yield from filter(None, (self._pack(packer, row) for row in piece.rows()))
                continue
            if full:
                yield full
        if packer.batch.rows or packer.batch.differences:
            yield packer.batch

    def pieces(self) -> Iterator[GridRow | GridBlock]:
        """All rows, some of them perhaps in blocks. 全部行或行块。"""
        return self.grid()

    def _pack(self, packer: Packer, row: GridRow) -> Batch | None:
        if row.place <= self.header_row + self._below or not has_value(row.cells):
            return None
        kind = self._left_out.get(row.place) or self._repeats(row.cells)
        return packer.leave_out(row, kind) if kind else packer.add(row)

    def _is_plain(self, block: GridBlock) -> bool:
        """Whether all its rows are rows of the table with some value."""
        return (
            block.places[0] > self.header_row + self._below
            and any(None not in column for column in block.columns)
            and self._left_out.keys().isdisjoint(block.places)
            and self._headings[0].isdisjoint(block.columns[0])
        )

    @property
    def kept(self) -> list[int]:
        """The places of the columns that are kept, from 0. 保留的列。"""
        return self._kept or list(range(self.width))

    @property
    def _below(self) -> int:
        return self.header_rows - 1 if self.header_row else 0

    def _repeats(self, cells: Row) -> str:
        first, rows = self._headings
        if cells[0] in first and tuple(ended(cells)) in rows:
            return "repeated_header"
        return ""

    def _frame(self, survey: Survey) -> Frame:
        """The proposal, under what was asked for."""
        frame = propose_frame(survey.head, survey.tail, survey.merged)
        asked = self.options
        if asked.header_row is not None:
            rows = asked.header_rows or (
                frame.rows_used if frame.header_row == asked.header_row else 1
            )
            last = asked.header_row + (rows if asked.header_row else 0)
            footer = tuple(place for place in frame.footer if place >= last)
            same = frame.header_row == asked.header_row and rows == frame.rows_used
            numbered = frame.numbered if same else 0
            frame = Frame(asked.header_row, rows, last, footer, numbered)
        elif asked.header_rows is not None and frame.header_row:
            frame = replace(frame, header_rows=asked.header_rows, sure=True)
        if asked.footer_rows is not None:
            filled = [place for place, cells in survey.tail if has_value(cells)]
            frame = replace(
                frame, footer=tuple(filled[-asked.footer_rows :] if asked.footer_rows else ())
            )
        self._note_frame(frame)
        return frame

    def _note_frame(self, frame: Frame) -> None:
        if self.options.header_row is not None:
            return
        if frame.header_row != 1:
            text = msg("The header was taken to be row %(row)s (0: none): %(reason)s.")
            params = {"row": frame.header_row, "reason": frame.reasons[0].message}
            self.notes.append(Note("header_proposed", text, params))
        if frame.header_rows > 1:
            text = (
                msg("The names of the columns were joined from %(count)s header rows.")
                if frame.sure
                else msg("%(count)s rows may name the columns together; only the first was taken.")
            )
            self.notes.append(Note("header_rows", text, {"count": frame.header_rows}))

    def _heading_rows(self, survey: Survey) -> list[tuple[int, Row]]:
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
        return sorted(rows.items())

    def _leave_out(self, frame: Frame, heading: list[tuple[int, Row]], survey: Survey) -> None:
        """Remember which rows are none of the table, and say so."""
        self.footer_rows = len(frame.footer)
        self._left_out = dict.fromkeys(frame.footer, "footer_row")
        if frame.numbered:
            self._left_out[frame.numbered] = "column_numbers"
        rows = {tuple(ended(cells)) for _, cells in heading}
        rows = {cells for cells in rows if sum(1 for cell in cells if cell) >= 2}
        self._headings = frozenset(cells[0] for cells in rows), frozenset(rows)
        if frame.footer:
            lines = [line_of(cells) for place, cells in survey.tail if place in frame.footer]
            text = msg("%(count)s rows under the table are no part of it: %(lines)s")
            shown = " / ".join(lines)[:500]
            self.notes.append(Note("rows_below", text, {"count": len(lines), "lines": shown}))

    def _used(self, survey: Survey, nameless: set[int]) -> set[int]:
        """Which columns hold something; where that was not counted, the rows are looked at again."""
        if survey.used is not None:
            return survey.used
        unseen = set(nameless)
        for row in self.grid() if nameless else ():
            unseen = {at for at in unseen if at >= len(row.cells) or row.cells[at] is None}
            if not unseen:
                break
        return nameless - unseen

    def _drop_empty(self, survey: Survey, header: Row) -> None:
        """Columns without a name that hold nothing in any row are none."""
        named = {at for at, cell in enumerate(header) if (cell or "").strip()}
        nameless = set(range(self.width)) - named if self.header_row else set()
        empty = nameless - self._used(survey, nameless)
        if not empty or len(empty) == self.width:
            return
        self._kept = [at for at in range(self.width) if at not in empty]
        self.columns = [self.columns[at] for at in self._kept]
        gone = {at + 1 for at in empty}
        self.notes = [
            note
            for note in self.notes
            if not (note.kind == "header_blank" and note.params["column"] in gone)
        ]
        text = msg(
            "%(count)s columns without a name and without any value were left out: %(columns)s"
        )
        columns = ", ".join(map(str, sorted(gone)[:50]))
        self.notes.append(Note("columns_empty", text, {"count": len(gone), "columns": columns}))

    def _width(self, survey: Survey, header: Row) -> int:
        """Columns of the table; whatever stands to the right goes into one column more."""
        if not header or not self.ragged:
            return max(survey.widest, len(trimmed(header)))
        named = len(trimmed(header))
        within = max((end for end in survey.ends if end <= len(header)), default=0)
        self._surplus = survey.widest > len(header)
        return max(named, within)

    def _note_above(self, survey: Survey) -> None:
        above = [cells for place, cells in survey.head if place < self.header_row]
        lines = [line_of(cells) for cells in above if has_value(cells)]
        if lines:
            text = msg("%(count)s rows above the header are no part of the table: %(lines)s")
            shown = " / ".join(lines)[:500]
            self.notes.append(Note("rows_above", text, {"count": len(lines), "lines": shown}))

    def _free_name(self) -> str:
        return name_columns([*self.columns, SURPLUS], len(self.columns) + 1)[0][-1]


def _between(rows: Iterable[GridRow], first: int, last: int) -> Iterator[GridRow]:
    for row in rows:
        if row.place > last:
            return
        if row.place >= first:
            yield row
