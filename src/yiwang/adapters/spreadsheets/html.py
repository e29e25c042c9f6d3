"""Tables in HTML, which many systems save under the name XLS, and in MHTML. HTML 表格。

Nothing is fetched, nothing is run: tags are walked one by one and only the text of cells is taken,
without what a browser would not show. It runs in a process of its own.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.encoding import find_encoding, iterate_text
from yiwang.kernel.tabular.grid import GridRow
from yiwang.kernel.tabular.isolated import IsolatedTable, read_isolated
from yiwang.kernel.tabular.services import Area, FileRefused, Opened
from yiwang.kernel.tabular.types import Note, Row, TableSource

from .sheets import SheetFacts, notes_of, unknown_sheet

_MOST_SPAN = 1_000
_DEEPEST = 64
_SPACE = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSEEN = {"script", "style", "noscript", "template", "head", "select", "textarea"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
_BREAKS = {"br", "p", "div", "li", "tr"}


@dataclass
class _Table:
    """One table while its tags go by."""

    name: str = ""
    rows: list[Row] = field(default_factory=list)
    facts: SheetFacts = field(default_factory=SheetFacts)
    cell: list[str] | None = None
    caption: list[str] | None = None
    at: int = 0
    spans: tuple[int, int] = (1, 1)
    taken: dict[int, int] = field(default_factory=dict)
    inner: bool = False
    lone: bool = True

    def open_row(self) -> None:
        """A new row; places that cells of rows above reach down to stay free."""
        self.close_cell()
        self.taken = {at: left - 1 for at, left in self.taken.items() if left > 1}
        self.rows.append([])
        self.at = 0

    def open_cell(self, attributes: dict[str, str | None]) -> None:
        """A new cell at the next free place."""
        if not self.rows:
            self.open_row()
        self.close_cell()
        while self.at in self.taken:
            self.at += 1
        self.spans = _span(attributes.get("colspan")), _span(attributes.get("rowspan"))
        self.cell = []

    def close_cell(self) -> None:
        """The text of the cell, where its area begins."""
        if self.cell is None:
            return
        text = "\n".join(line for part in "".join(self.cell).split("\x00") if (line := _tidy(part)))
        row, (across, down) = self.rows[-1], self.spans
        row += [None] * (self.at - len(row)) + [text or None]
        if across > 1 or down > 1:
            top = len(self.rows)
            self.facts.add_area(Area(top, self.at, top + down - 1, self.at + across - 1))
        if down > 1:
            self.taken |= dict.fromkeys(range(self.at, self.at + across), down)
        self.at += across
        row += [None] * (self.at - len(row))
        self.cell = None

    @property
    def filled(self) -> bool:
        """Whether any cell shows something."""
        return any(cell for row in self.rows for cell in row)


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" ")


def _span(text: str | None) -> int:
    text = (text or "").strip()
    sound = text.isdecimal() and text.isascii() and len(text) < 6
    return min(max(int(text), 1), _MOST_SPAN) if sound else 1


class TableParser(HTMLParser):
    """Gathers the tables of a page in the order in which they begin. 表格解析。"""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._unseen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins. 开始标签。"""
        attributes = dict(attrs)
        if self._unseen:
            if tag == self._unseen[-1]:
                self._unseen.append(tag)
        elif tag in _UNSEEN or (tag not in _VOID and _is_hidden(attributes)):
            self._unseen.append(tag)
        elif tag == "table":
            self._open_table(attributes)
        elif self._open:
            self._inside(tag, attributes)

    def _open_table(self, attributes: dict[str, str | None]) -> None:
        if len(self._open) >= _DEEPEST:
            return
        if self._open:
            self._open[-1].inner = True
        table = _Table(attributes.get("id") or "")
        self.tables.append(table)
        self._open.append(table)

    def _inside(self, tag: str, attributes: dict[str, str | None]) -> None:
        table = self._open[-1]
        if tag == "tr":
            table.open_row()
        elif tag in {"td", "th"}:
            table.open_cell(attributes)
        elif tag == "caption":
            table.caption = []
        elif tag in _BREAKS and table.cell is not None:
            table.cell.append("\x00")

    def handle_endtag(self, tag: str) -> None:
        """A tag ends. 结束标签。"""
        if self._unseen:
            if tag == self._unseen[-1] or (tag == "body" and self._unseen[-1] == "head"):
                self._unseen.pop()
        elif not self._open:
            return
        elif tag in {"td", "th", "tr"}:
            self._open[-1].close_cell()
        elif tag == "caption" and self._open[-1].caption is not None:
            self._open[-1].name = _tidy("".join(self._open[-1].caption)) or self._open[-1].name
            self._open[-1].caption = None
        elif tag == "table":
            self._open.pop().close_cell()

    def handle_data(self, data: str) -> None:
        """Text between tags. 文字。"""
        if self._unseen or not self._open:
            return
        table = self._open[-1]
        if table.caption is not None:
            table.caption.append(data)
        elif table.cell is not None:
            table.cell.append(data.replace("\x00", ""))

    def close(self) -> None:
        """The end of the page closes what was left open. 结束。"""
        super().close()
        while self._open:
            self._open.pop().close_cell()


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def open_html(opened: Opened) -> list[TableSource]:
    """The tables of a page. 打开 HTML。"""
    asked = opened.options.encoding
    encoding = find_encoding(opened.path, file=opened.name, asked=asked)
    text = opened.scratch.new_file(".html")
    with text.open("w", encoding="utf-8", newline="") as out:
        for piece in iterate_text(opened.path, encoding):
            out.write(piece)
    return _read(opened, text, "read_html", "html")


def open_mhtml(opened: Opened) -> list[TableSource]:
    """The tables of a page saved with all its parts in one file. 打开 MHTML。"""
    return _read(opened, opened.path, "read_mhtml", "mhtml")


def _read(opened: Opened, path: Path, reader: str, kind: str) -> list[TableSource]:
    options = {"sheet": opened.options.sheet, "path": str(path)}
    sources = read_isolated(opened, f"{__name__}:{reader}", kind=kind, options=options)
    found = [source for source in sources if source.columns]
    if not found:
        raise FileRefused(
            "tabular.file.no_table",
            msg("%(file)s is a web page without a table. Save the table as XLSX or CSV."),
            file=opened.name,
        )
    return found


def read_html(_: Path, options: dict[str, Any]) -> Iterator[IsolatedTable]:
    """The tables; runs in the child. 读 HTML。"""
    parser = TableParser()
    with Path(options["path"]).open(encoding="utf-8", newline="") as stream:
        while piece := stream.read(1 << 20):
            parser.feed(piece)
    parser.close()
    yield from _chosen(parser.tables, options)


def read_mhtml(path: Path, options: dict[str, Any]) -> Iterator[IsolatedTable]:
    """The tables of every page inside; runs in the child. 读 MHTML。"""
    tables: list[_Table] = []
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() != "text/html":
            continue
        parser = TableParser()
        parser.feed(_decode(part.get_payload(decode=True), part.get_content_charset()))
        parser.close()
        tables += parser.tables
    yield from _chosen(tables, options)


def _decode(content: Any, charset: str | None) -> str:
    raw = content if isinstance(content, bytes) else b""
    for encoding in (charset, "utf-8", "gb18030"):
        try:
            return raw.decode(encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("gb18030", "backslashreplace")


def _chosen(tables: list[_Table], options: dict[str, Any]) -> Iterator[IsolatedTable]:
    """The tables that show something; such as only lay out a page where there are others are none."""
    shown = [table for table in tables if table.filled]
    real = [table for table in shown if len(table.rows) > 1 and _width(table) > 1]
    kept = real or [table for table in shown if not table.inner] or shown
    names = _names(kept)
    asked = options["sheet"]
    if asked is not None and asked not in names:
        raise unknown_sheet(options["file"], asked, names)
    left = len(tables) - len(kept)
    for name, table in zip(names, kept, strict=True):
        if asked in {None, name}:
            yield _isolated(name, table, left)


def _isolated(name: str, table: _Table, left: int) -> IsolatedTable:
    notes = notes_of(name, table.facts, hidden=False)
    if left:
        text = msg("%(count)s tables of the page only lay it out; they were left out.")
        notes.append(Note("tables_left_out", text, {"count": left}))
    rows = (GridRow(place, row) for place, row in enumerate(table.rows, start=1) if any(row))
    return IsolatedTable(name, rows, notes=notes, merged=table.facts.areas)


def _width(table: _Table) -> int:
    return max(sum(1 for cell in row if cell) for row in table.rows)


def _names(tables: list[_Table]) -> list[str]:
    """Of one table none; of several their captions, or their numbers."""
    if len(tables) == 1:
        return [tables[0].name]
    names: list[str] = []
    for number, table in enumerate(tables, start=1):
        name = table.name or f"table {number}"
        names.append(name if name not in names else f"{name} {number}")
    return names
