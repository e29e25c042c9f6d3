"""Workbooks that people fill in: colours, drop-downs, guarded cells. 供人填写的工作簿。

The one place that speaks to XlsxWriter. Every cell is written as text under the text format, so
nothing runs as a formula and 001 stays 001. Rows stream; what is kept is where drop-downs stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .types import Cell
from .write import clean_sheet_name, clean_text, letters_of

COMMENTS = 2_000
"""Comments are drawings; beyond these the column beside the cell says it. 批注上限。"""
LISTS_SHEET = "代码 Codes"
RED, YELLOW, GREY, BLUE = "#FDECEA", "#FFF4E0", "#EEF1F6", "#E8F1FB"
ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "autofilter": True,
    "sort": True,
    "select_locked_cells": True,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a sheet. 列。

    An `open` column is to be typed into; `choices` is its drop-down, the same in every row.
    """

    heading: str
    width: float = 14
    open: bool = False
    wrap: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells, which of them is wrong and why, and its own drop-downs. 行。

    `pick` gives, by place of a column, the name of a list of the workbook.
    """

    cells: Sequence[Cell]
    wrong: int = -1
    comment: str = ""
    pick: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to be filled in; `frozen` columns stay in view. 填写表。"""

    name: str
    fields: Sequence[Field]
    lines: Iterable[Line]
    frozen: int = 0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Cover:
    """The sheet that opens first: a title, facts, what to do. 封面。"""

    name: str
    title: str
    facts: Sequence[tuple[str, str]]
    steps: Sequence[str]


Choices = Mapping[str, Sequence[tuple[str, str]]]
"""Lists of a workbook by name: each code with its name. 代码表。"""


def write_workbook(
    path: Path, cover: Cover, sheets: Iterable[Sheet], lists: Choices | None = None
) -> int:
    """Write a workbook and say how many lines it holds. 写工作簿。

    `sheets` may be made as they are written, each after the one before. Sheets get distinct names.
    """
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(str(path), options) as book:
        return _Writer(book, lists or {}).write(cover, sheets)


class _Writer:
    """One workbook being written. 写入过程。"""

    def __init__(self, book: Workbook, lists: Choices) -> None:
        self.book, self.lists = book, lists
        self.styles: dict[tuple[str, bool, bool], Format] = {}
        self.names: set[str] = set()
        self.places: dict[str, str] = {}

    def write(self, cover: Cover, sheets: Iterable[Sheet]) -> int:
        """Cover first, then tables, the lists where they are known before. 写出全部。"""
        self._cover(cover)
        self.places = self._place_lists()
        count = sum(self._sheet(sheet) for sheet in sheets)
        self._lists()
        return count

    def style(self, color: str = "", *, locked: bool = True, wrap: bool = False) -> Format:
        """A text format, made once. 单元格样式。"""
        key = (color, locked, wrap)
        if key not in self.styles:
            facts: dict[str, Any] = {"num_format": "@", "locked": locked, "valign": "top"}
            facts |= {"bg_color": color, "border": 1, "border_color": "#C9CDD4"} if color else {}
            facts |= {"text_wrap": True} if wrap else {}
            self.styles[key] = self.book.add_format(facts)
        return self.styles[key]

    def _add(self, asked: str) -> Worksheet:
        name, number = clean_sheet_name(asked, 1), 1
        while name.casefold() in self.names:
            number += 1
            name = clean_sheet_name(asked, number)
        self.names.add(name.casefold())
        return self.book.add_worksheet(name)

    def _cover(self, cover: Cover) -> None:
        sheet = self._add(cover.name)
        title = self.book.add_format({"bold": True, "font_size": 18, "num_format": "@"})
        bold = self.book.add_format({"bold": True, "num_format": "@", "valign": "top"})
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 80)
        sheet.write_string(0, 0, clean_text(cover.title), title)
        for row, (label, text) in enumerate(cover.facts, 2):
            sheet.write_string(row, 0, clean_text(label), bold)
            sheet.write_string(row, 1, clean_text(text), self.style(wrap=True))
        start = 3 + len(cover.facts)
        for row, text in enumerate(cover.steps, start):
            sheet.write_string(row, 0, str(row - start + 1), bold)
            sheet.write_string(row, 1, clean_text(text), self.style(wrap=True))
        sheet.protect("", ALLOWED)
        sheet.fit_to_pages(1, 0)

    def _sheet(self, sheet: Sheet) -> int:
        out = self._add(sheet.name)
        self._head(out, sheet)
        ranges: dict[tuple[int, str], list[list[int]]] = {}
        count = 0
        for count, line in enumerate(sheet.lines, 1):
            self._line(out, sheet, line, count)
            for column, name in line.pick.items():
                _extend(ranges.setdefault((column, name), []), count, column)
        self._choose(out, sheet, ranges, count)
        if sheet.hidden:
            out.very_hidden()
        else:
            out.autofilter(0, 0, max(count, 1), len(sheet.fields) - 1)
            out.protect("", ALLOWED)
            out.set_landscape()
            out.fit_to_pages(1, 0)
            out.repeat_rows(0)
        return 0 if sheet.hidden else count

    def _head(self, out: Worksheet, sheet: Sheet) -> None:
        for at, column in enumerate(sheet.fields):
            out.set_column(at, at, column.width)
        # Row 0 is written after the widths: a streaming sheet takes rows in order only.
        for at, column in enumerate(sheet.fields):
            color = YELLOW if column.open else BLUE
            out.write_string(0, at, clean_text(column.heading), self.style(color, wrap=True))
        out.freeze_panes(1, sheet.frozen)

    def _line(self, out: Worksheet, sheet: Sheet, line: Line, row: int) -> None:
        for at, (column, cell) in enumerate(zip(sheet.fields, line.cells, strict=True)):
            wrong = at == line.wrong
            color = RED if wrong else YELLOW if column.open else ""
            style = self.style(color, locked=not column.open, wrap=column.wrap)
            if cell:
                out.write_string(row, at, clean_text(cell), style)
            else:
                out.write_blank(row, at, None, style)
        if line.comment and line.wrong >= 0 and row <= COMMENTS:
            out.write_comment(row, line.wrong, clean_text(line.comment), {"x_scale": 2})

    def _choose(
        self,
        out: Worksheet,
        sheet: Sheet,
        ranges: Mapping[tuple[int, str], list[list[int]]],
        count: int,
    ) -> None:
        for at, column in enumerate(sheet.fields):
            if column.choices and count:
                out.data_validation(
                    1, at, count, at, {"validate": "list", "source": list(column.choices)}
                )
        for (_, name), areas in ranges.items():
            if name in self.places:
                # A warning only: a code that is not in the list may still be right.
                told = {
                    "validate": "list",
                    "source": self.places[name],
                    "error_type": "information",
                    "other_cells": areas[1:],
                }
                out.data_validation(*areas[0], told)

    def _place_lists(self) -> dict[str, str]:
        """Where each list will stand, known before the sheet of lists is written. 代码表位置。"""
        return {
            name: f"='{LISTS_SHEET}'!${letters_of(2 * at)}$2:${letters_of(2 * at)}${len(codes) + 1}"
            for at, (name, codes) in enumerate(self.lists.items())
            if codes
        }

    def _lists(self) -> None:
        if not self.places:
            return
        out = self._add(LISTS_SHEET)
        found = list(self.lists.items())
        for at in range(2 * len(found)):
            out.set_column(at, at, 12 if at % 2 == 0 else 30)
        for row in range(1 + max(len(codes) for _, codes in found)):
            for at, (name, codes) in enumerate(found):
                pair = (name, "") if row == 0 else codes[row - 1] if row <= len(codes) else ("", "")
                out.write_string(row, 2 * at, clean_text(pair[0]), self.style())
                out.write_string(row, 2 * at + 1, clean_text(pair[1]), self.style())
        out.freeze_panes(1, 0)
        out.protect("", ALLOWED)


def _extend(areas: list[list[int]], row: int, column: int) -> None:
    """Grow the last area by the row below it, else begin another. 合并连续区域。"""
    if areas and areas[-1][2] == row - 1:
        areas[-1][2] = row
    else:
        areas.append([row, column, row, column])
