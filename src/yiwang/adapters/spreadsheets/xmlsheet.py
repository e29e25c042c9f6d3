"""Workbooks as one XML file, which Excel 2003 wrote and many systems still do. XML 表格 2003。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.grid import GridRow, Mark
from yiwang.kernel.tabular.isolated import IsolatedTable, read_isolated
from yiwang.kernel.tabular.services import Area, FileRefused, Opened
from yiwang.kernel.tabular.types import Row, TableSource

from .package import HostileXml, forbid_entities
from .sheets import SheetFacts, notes_of, unknown_sheet

_MOST_COLUMNS = 16_384
_MOST_ROWS = 1_048_576
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?")
_GB = re.compile(rb"""encoding=["'](?:gb2312|gbk|gb18030|cp936)["']""", re.IGNORECASE)


def open_xmlsheet(opened: Opened) -> list[TableSource]:
    """The sheets that hold anything. 打开 XML 表格。"""
    options = {"sheet": opened.options.sheet}
    sources = read_isolated(opened, f"{__name__}:read_xmlsheet", kind="xmlsheet", options=options)
    return [source for source in sources if source.columns]


def read_xmlsheet(path: Path, options: dict[str, Any]) -> Iterator[IsolatedTable]:
    """The sheets; runs in the child. 读 XML 表格。"""
    reader = _Reader()
    try:
        reader.parse(_utf8(path.read_bytes()))
    except HostileXml as error:
        raise FileRefused(
            "tabular.file.hostile",
            msg("%(file)s holds XML with declarations that can harm a reader. It was not read."),
            file=options["file"],
        ) from error
    except (expat.ExpatError, UnicodeDecodeError, _Disordered) as error:
        raise FileRefused(
            "tabular.file.damaged",
            msg("%(file)s is damaged (%(why)s). Ask for it again."),
            file=options["file"],
            why=str(error)[:200],
        ) from error
    names = [sheet.name for sheet in reader.sheets]
    asked = options["sheet"]
    if asked is not None and asked not in names:
        raise unknown_sheet(options["file"], asked, names)
    for sheet in reader.sheets:
        if asked in {None, sheet.name}:
            notes = notes_of(sheet.name, sheet.facts, hidden=sheet.hidden)
            yield IsolatedTable(sheet.name, sheet.rows, notes=notes, merged=sheet.facts.areas)


class _Disordered(Exception):
    pass


def _utf8(content: bytes) -> bytes:
    """The parser knows no Chinese encodings: those are decoded before it."""
    found = _GB.search(content[:200])
    if not found:
        return content
    text = content.decode("gb18030")
    return re.sub(r"""encoding=["'][^"']*["']""", 'encoding="utf-8"', text, count=1).encode()


@dataclass
class _Sheet:
    name: str
    rows: list[GridRow] = field(default_factory=list)
    facts: SheetFacts = field(default_factory=SheetFacts)
    hidden: bool = False
    place: int = 0


class _Reader:
    """Walks Workbook, Worksheet, Row, Cell and Data."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self.cells: Row = []
        self.marks: list[Mark] = []
        self.text: list[str] | None = None
        self.kind = ""
        self.wide = 1
        self.into_hidden: list[str] | None = None

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        forbid_entities(parser)
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._take
        parser.Parse(content, True)

    def _take(self, piece: str) -> None:
        if self.text is not None:
            self.text.append(piece)
        elif self.into_hidden is not None:
            self.into_hidden.append(piece)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self.sheets.append(_Sheet(plain.get("Name", "")))
        elif not self.sheets:
            return
        elif name == "Row":
            self._start_row(plain)
        elif name == "Cell":
            self._start_cell(plain)
        elif name == "Data":
            self.kind, self.text = plain.get("Type", "String"), []
        elif name == "Visible":
            self.into_hidden = []

    def _start_row(self, attributes: dict[str, str]) -> None:
        sheet = self.sheets[-1]
        sheet.place = _index(attributes.get("Index"), sheet.place, _MOST_ROWS)
        sheet.facts.hidden_rows += attributes.get("Hidden") == "1"
        self.cells, self.marks = [], []

    def _start_cell(self, attributes: dict[str, str]) -> None:
        at = _index(attributes.get("Index"), len(self.cells), _MOST_COLUMNS) - 1
        self.cells += [None] * (at - len(self.cells))
        across, down = _more(attributes.get("MergeAcross")), _more(attributes.get("MergeDown"))
        if across or down:
            top = self.sheets[-1].place
            self.sheets[-1].facts.add_area(Area(top, at, top + down, at + across))
        self.wide = across
        self.cells.append(None)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(" ")[2]
        if name == "Data" and self.text is not None:
            self._end_data("".join(self.text))
        elif name == "Cell":
            self.cells += [None] * self.wide
        elif name == "Row" and self.sheets:
            sheet = self.sheets[-1]
            if any(cell is not None for cell in self.cells):
                sheet.rows.append(GridRow(sheet.place, self.cells, tuple(self.marks)))
        elif name == "Visible" and self.into_hidden is not None:
            self.sheets[-1].hidden = "".join(self.into_hidden).strip() != "SheetVisible"
            self.into_hidden = None

    def _end_data(self, text: str) -> None:
        self.text = None
        if not self.cells or not text:
            return
        shown, kind = _show(self.kind, text)
        if kind:
            self.marks.append(Mark(len(self.cells) - 1, kind, text))
        self.cells[-1] = shown


def _show(kind: str, text: str) -> tuple[str, str]:
    if kind == "DateTime":
        day = _MIDNIGHT.fullmatch(text)
        moment = _MOMENT.fullmatch(text)
        shown = day[1] if day else f"{moment[1]} {moment[2]}" if moment else text
        return shown, "date" if shown != text else ""
    if kind == "Boolean" and text in {"0", "1"}:
        return ("TRUE" if text == "1" else "FALSE"), "boolean"
    return text, "error_value" if kind == "Error" else ""


def _index(asked: str | None, before: int, most: int) -> int:
    sound = asked is not None and asked.isdecimal() and asked.isascii() and len(asked) < 9
    at = int(asked) if asked and sound else before + 1
    if not before < at <= most:
        raise _Disordered("rows or cells out of order")
    return at


def _more(asked: str | None) -> int:
    sound = asked is not None and asked.isdecimal() and asked.isascii() and len(asked) < 6
    return min(int(asked), _MOST_COLUMNS) if asked and sound else 0
