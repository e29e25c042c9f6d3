"""One sheet of an XLSX workbook, cell by cell. XLSX 工作表读取。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.grid import GridRow, Mark
from yiwang.kernel.tabular.services import Area, FileRefused
from yiwang.kernel.tabular.types import Cell, Row

from .package import Package
from .sheets import SheetFacts
from .shown import Shown, show_number, show_text

if TYPE_CHECKING:
    from .xlsx import Sheet, Workbook

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7}):\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
MOST_ROW = 1_048_576


class Meaning(NamedTuple):
    """What a cell shows; `kind` is empty where that is what the sheet stores. 单元格含义。"""

    cell: Cell
    kind: str
    raw: str


class SheetReader:
    """Walks a sheet's XML and gives its rows. 工作表读取器。

    A cell's place comes from its own reference or, without one, from the cell before it; what the
    sheet claims about its size is not read.
    """

    def __init__(self, package: Package, book: Workbook, sheet: Sheet) -> None:
        self.package = package
        self.book = book
        self.sheet = sheet
        self.facts = SheetFacts()
        self._ready: list[GridRow] = []
        self.stored = package.opened.options.numbers == "stored"
        self._show = lru_cache(maxsize=20_000)(self._number)
        self.place = 0
        self._start_row()
        self._start_cell()

    def rows(self) -> Iterator[GridRow]:
        """All rows that have a cell. 全部行。"""
        for _ in self.package.parse(self.sheet.part, self.parser()):
            yield from self.take_ready()

    def parser(self) -> expat.XMLParserType:
        """The parser that feeds this reader. 解析器。"""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        return parser

    def take_ready(self) -> list[GridRow]:
        """The rows that have ended since the last call. 取走已完成的行。"""
        ready, self._ready = self._ready, []
        return ready

    def _start_row(self) -> None:
        self._cells: Row = []
        self._marks: list[Mark] = []

    def _start_cell(self, kind: str = "n", style: str = "0") -> None:
        self._kind = kind
        self._style = style
        self._value: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self._sound = 0

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._open_cell(attributes)
        elif name in {"v", "t"}:
            self._into = None if self._sound else self._value
        elif name == "f":
            self._into = self._formula
        elif name == "rPh":
            self._sound += 1
        elif name == "row":
            self._open_row(attributes)
        else:
            self._beside(name, attributes)

    def _text(self, piece: str) -> None:
        if self._into is not None:
            self._into.append(piece)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2] if ":" in tag else tag
        if name == "c":
            self._close_cell()
        elif name in {"v", "t", "f"}:
            self._into = None
        elif name == "rPh":
            self._sound -= 1
        elif name == "row" and self._cells:
            self._ready.append(GridRow(self.place, self._cells, tuple(self._marks)))
            self._start_row()

    def _beside(self, name: str, attributes: dict[str, str]) -> None:
        if name == "mergeCell":
            area = read_area(attributes.get("ref", ""))
            if area:
                self.facts.add_area(area)
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = attributes.get("min", "0"), attributes.get("max", "0")
            if first.isdecimal() and last.isdecimal():
                self.facts.hidden_columns += max(0, int(last) - int(first) + 1)

    def _open_row(self, attributes: dict[str, str]) -> None:
        asked = attributes.get("r")
        place = int(asked) if asked and asked.isdecimal() and asked.isascii() else self.place + 1
        if place <= self.place or place > MOST_ROW:
            raise self._damaged(place, "rows out of order")
        self.place = place
        if attributes.get("hidden") in {"1", "true"}:
            self.facts.hidden_rows += 1

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._start_cell(attributes.get("t", "n"), attributes.get("s", "0"))
        reference = attributes.get("r")
        at = column_index(reference) if reference else len(self._cells)
        if at < len(self._cells):
            raise self._damaged(self.place, "cells out of order")
        self.package.opened.budget.check_columns(at + 1)
        while len(self._cells) < at:
            self._cells.append(None)

    def _damaged(self, row: int, why: str) -> Exception:
        return FileRefused(
            "tabular.sheet.damaged",
            msg("%(file)s, sheet %(sheet)s, row %(row)s is damaged (%(why)s). Save it once more."),
            file=self.package.opened.name,
            sheet=self.sheet.name,
            row=row,
            why=why,
        )

    def _close_cell(self) -> None:
        value = "".join(self._value)
        if value or self._kind in {"inlineStr", "e"}:
            found = self.read_value(self._kind, self._style, value)
        else:
            formula = "".join(self._formula) if self._kind in {"n", "str"} else ""
            found = Meaning(None, "formula_without_value" if formula else "", f"={formula}")
        if found.kind:
            self._marks.append(Mark(len(self._cells), found.kind, found.raw))
        self._cells.append(found.cell)

    def read_value(self, kind: str, style: str, value: str) -> Meaning:
        """What a cell of this type and style shows where the sheet stores `value`. 单元格含义。"""
        if kind == "n":
            shown = self._show(value, style)
            return Meaning(shown.text, shown.kind, value)
        if kind == "s":
            return self._written(self._shared(value), style)
        if kind in {"str", "inlineStr"}:
            return self._written(value, style)
        if kind == "b" and value in {"0", "1"}:
            return Meaning("TRUE" if value == "1" else "FALSE", "boolean", value)
        return Meaning(value or None, "error_value" if kind == "e" else "", value)

    def _number(self, value: str, style: str) -> Shown:
        shown = show_number(value, self.format_of(style), dates_1904=self.book.dates_1904)
        return Shown(value) if self.stored and shown.kind in {"number_format", "rounded"} else shown

    def format_of(self, style: str) -> str:
        """The format code of a style. 样式的数字格式。"""
        at = int(style) if style.isdecimal() and style.isascii() else 0
        return self.book.formats[at] if at < len(self.book.formats) else "General"

    def _shared(self, value: str) -> str:
        at = int(value) if value.strip().isdecimal() else -1
        if not 0 <= at < len(self.book.texts):
            raise self._damaged(self.place, "a text is missing")
        return self.book.texts[at]

    def _written(self, text: str, style: str) -> Meaning:
        """A text as shown: characters that XML cannot hold come back, the format's own come too."""
        plain = _ESCAPE.sub(_character, text) if "_x" in text else text
        shown = show_text(plain, self.format_of(style))
        kind = "text_format" if shown != plain else "text_escape"
        return Meaning(shown, kind if shown != text else "", text)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code < 0xE000 else chr(code)


@lru_cache(maxsize=20_000)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_index(reference: str) -> int:
    """`C7` to 2; -1 for what is no reference. 列序号。"""
    letters = reference.rstrip("0123456789").replace("$", "").upper()
    ok = letters.isascii() and letters.isalpha() and len(letters) <= 3
    return _column(letters) if ok else -1


def read_area(reference: str) -> Area | None:
    """`B3:C4` as an area; None for what is none. 区域。"""
    found = _AREA.fullmatch(reference)
    if not found:
        return None
    left, top, right, bottom = found.groups()
    return Area(int(top), _column(left.upper()), int(bottom), _column(right.upper()))
