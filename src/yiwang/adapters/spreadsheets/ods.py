"""ODS spreadsheets. ODS 电子表格。

An ODS cell holds the shown text beside the stored value, so nothing has to be formatted here.
Rows and cells that say how often they repeat are repeated only where they hold something.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from xml.parsers import expat

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.grid import GridRow, Mark
from yiwang.kernel.tabular.services import Area, FileRefused, Opened
from yiwang.kernel.tabular.spool import SpooledSource, spool
from yiwang.kernel.tabular.types import Row, TableSource

from .package import Package
from .sheets import SheetFacts, choose_sheet, notes_of

_KINDS = {
    "float": "number_format",
    "percentage": "number_format",
    "currency": "number_format",
    "date": "date",
    "time": "date",
    "boolean": "boolean",
}
_VALUES = ("value", "date-value", "time-value", "boolean-value", "string-value")
_SPANS = ("number-columns-spanned", "number-rows-spanned")
_SPACES = {"s": " ", "tab": "\t", "line-break": "\n"}
_CELLS = {"table-cell", "covered-table-cell"}
_SKIPPED = {"annotation", "tracked-changes", "dde-links", "note", "shapes", "forms"}


@dataclass
class Table:
    """A sheet while it is read. 工作表。"""

    name: str
    hidden: bool
    place: int = 0
    facts: SheetFacts = field(default_factory=SheetFacts)


def open_ods(opened: Opened) -> list[TableSource]:
    """The sheets that hold anything, hidden ones too. 打开 ODS。"""
    package = Package(opened)
    manifest = "META-INF/manifest.xml"
    if manifest in package and b"encryption-data" in package.small(manifest):
        raise FileRefused(
            "tabular.file.encrypted",
            msg("%(file)s is protected by a password. Remove the password and send it again."),
            file=opened.name,
        )
    reader = OdsReader(package, opened.options.sheet)
    sources = [
        _spooled(opened, reader, number, rows)
        for number, rows in groupby(reader.rows(), key=itemgetter(0))
    ]
    choose_sheet(reader.names, opened)
    return [source for source in sources if source.columns]


def _spooled(
    opened: Opened, reader: OdsReader, number: int, rows: Iterator[tuple[int, GridRow]]
) -> SpooledSource:
    target = opened.scratch.new_file(".rows")
    packed = opened.path.stat().st_size
    spooled = spool((row for _, row in rows), target, opened.budget, packed=packed)
    table = reader.tables[number]
    spooled.survey.merged = table.facts.areas
    source = SpooledSource(opened, spooled, kind="ods", sheet=table.name)
    source.notes += notes_of(table.name, table.facts, hidden=table.hidden)
    return source


@lru_cache(maxsize=1_000)
def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes without their prefixes; of two the first, unless the second says `error`."""
    plain: dict[str, str] = {}
    for key, value in attributes.items():
        name = _local(key)
        if name not in plain or value == "error":
            plain[name] = value
    return plain


def _times(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and text.isascii() and len(text) < 10 else 1


class OdsReader:
    """Walks the XML once and gives the rows of all sheets, or of the one asked for. ODS 读取器。"""

    def __init__(self, package: Package, asked: str | None) -> None:
        self.package = package
        self.asked = asked
        self.tables: list[Table] = []
        self.table = Table("", hidden=False)
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._depth = self._skipped = 0
        self._wanted = False
        self._ready: list[tuple[int, GridRow, int]] = []
        self._start_row({})
        self._start_cell({})

    @property
    def names(self) -> list[str]:
        """The names of the sheets seen so far. 表名。"""
        return [table.name for table in self.tables]

    def rows(self) -> Iterator[tuple[int, GridRow]]:
        """All rows that hold something, each with the number of its sheet. 全部行。"""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        for _ in self.package.parse("content.xml", parser):
            for table, row, times in self._ready:
                for again in range(times):
                    yield table, row._replace(place=row.place + again)
            self._ready = []

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name in _SKIPPED:
            self._skipped += 1
        elif self._skipped:
            return
        elif name == "table":
            self._start_table(_plain(attributes))
        elif self._wanted and self._depth == 1:
            self._start_inside(name, attributes)
        elif name == "style":
            self._style = _plain(attributes).get("name", "")
        elif name == "table-properties" and _plain(attributes).get("display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: dict[str, str]) -> None:
        if not self._depth:
            hidden = attributes.get("style-name") in self._hidden_styles
            self.table = Table(attributes.get("name", ""), hidden=hidden)
            self.tables.append(self.table)
            self._wanted = self.asked in {None, self.table.name}
        self._depth += 1

    def _start_inside(self, name: str, attributes: dict[str, str]) -> None:
        if name in _CELLS:
            self._start_cell(_plain(attributes))
        elif name == "p":
            self._paragraphs.append([])
        elif name == "table-row":
            self._start_row(_plain(attributes))
        elif self._paragraphs and name in _SPACES:
            times = min(_times(_plain(attributes), "c"), 10_000)
            self._paragraphs[-1].append(_SPACES[name] * times)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._cells: Row = []
        self._marks: list[Mark] = []
        self._empty = 0
        self._row_times = _times(attributes, "number-rows-repeated")
        if attributes.get("visibility", "visible") != "visible":
            self.table.facts.hidden_rows += self._row_times

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._attributes = attributes
        self._paragraphs: list[list[str]] = []
        across, down = (_times(attributes, span) for span in _SPANS)
        if across > 1 or down > 1:
            top, left = self.table.place + 1, len(self._cells) + self._empty
            self.table.facts.add_area(Area(top, left, top + down - 1, left + across - 1))

    def _text(self, piece: str) -> None:
        if self._paragraphs and not self._skipped:
            self._paragraphs[-1].append(piece)

    def _end(self, tag: str) -> None:
        name = _local(tag)
        if name in _SKIPPED:
            self._skipped -= 1
        elif self._skipped:
            return
        elif name == "table":
            self._depth -= 1
        elif self._wanted and self._depth == 1:
            self._end_inside(name)

    def _end_inside(self, name: str) -> None:
        if name in _CELLS:
            self._end_cell()
        elif name == "table-row":
            if self._cells:
                row = GridRow(self.table.place + 1, self._cells, tuple(self._marks))
                self._ready.append((len(self.tables) - 1, row, self._row_times))
            self.table.place += self._row_times
            self._cells = []

    def _end_cell(self) -> None:
        times = _times(self._attributes, "number-columns-repeated")
        raw = next((self._attributes[name] for name in _VALUES if name in self._attributes), "")
        text = "\n".join("".join(parts) for parts in self._paragraphs)
        self._paragraphs = []
        shown = text or raw
        if not shown:
            self._empty += times
            return
        self.package.opened.budget.check_columns(len(self._cells) + self._empty + times)
        self._cells += [None] * self._empty
        self._empty = 0
        kind = self._kind(shown, raw)
        for _ in range(times):
            if kind:
                self._marks.append(Mark(len(self._cells), kind, raw or shown))
            self._cells.append(shown)

    def _kind(self, shown: str, raw: str) -> str:
        type_ = self._attributes.get("value-type", "")
        if type_ == "error":
            return "error_value"
        return _KINDS.get(type_, "") if raw and shown != raw else ""
