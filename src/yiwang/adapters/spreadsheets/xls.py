"""XLS workbooks (BIFF), read in a process of their own. XLS 工作簿。"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlrd
from xlrd.biffh import error_text_from_code

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.grid import GridRow, Mark
from yiwang.kernel.tabular.isolated import IsolatedTable, read_isolated
from yiwang.kernel.tabular.services import Area, FileRefused, Opened
from yiwang.kernel.tabular.types import Cell, Row, TableSource

from .sheets import SheetFacts, notes_of, unknown_sheet
from .shown import show_number, show_text

_LARGEST_ROW = 65_536


def open_xls(opened: Opened) -> list[TableSource]:
    """The sheets that hold anything, hidden ones too. 打开 XLS。"""
    options = {"sheet": opened.options.sheet, "stored": opened.options.numbers == "stored"}
    sources = read_isolated(opened, f"{__name__}:read_xls", kind="xls", options=options)
    return [source for source in sources if source.columns]


def read_xls(path: Path, options: dict[str, Any]) -> Iterator[IsolatedTable]:
    """The sheets of the workbook; runs in the child. 读 XLS。"""
    book = _open(path, options["file"])
    asked = options["sheet"]
    if asked is not None and asked not in book.sheet_names():
        raise unknown_sheet(options["file"], asked, book.sheet_names())
    for sheet in book.sheets():
        if asked in {None, sheet.name}:
            yield _table(book, sheet, stored=options["stored"])


def _open(path: Path, file: str) -> Any:
    try:
        return xlrd.open_workbook(str(path), formatting_info=True, logfile=_Silent())
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise FileRefused(
                "tabular.file.encrypted",
                msg("%(file)s is protected by a password. Remove the password and send it again."),
                file=file,
            ) from error
        raise _damaged(file, error) from error
    except (MemoryError, KeyboardInterrupt):
        raise
    except Exception as error:
        raise _damaged(file, error) from error


def _damaged(file: str, error: Exception) -> Exception:
    return FileRefused(
        "tabular.file.damaged",
        msg("%(file)s is damaged (%(why)s). Ask for it again."),
        file=file,
        why=str(error)[:200] or type(error).__name__,
    )


class _Silent:
    """Takes what the parser says to nobody."""

    def write(self, _: str) -> int:
        """Forget it. 忽略。"""
        return 0

    def flush(self) -> None:
        """Nothing to do. 无操作。"""


def _table(book: Any, sheet: Any, *, stored: bool) -> IsolatedTable:
    facts = SheetFacts()
    for top, bottom, left, right in sheet.merged_cells:
        facts.add_area(Area(top + 1, left, bottom, right - 1))
    facts.hidden_rows = sum(1 for info in sheet.rowinfo_map.values() if info.hidden)
    notes = notes_of(sheet.name, facts, hidden=bool(sheet.visibility))
    return IsolatedTable(
        sheet.name, _rows(book, sheet, stored=stored), notes=notes, merged=facts.areas
    )


def _rows(book: Any, sheet: Any, *, stored: bool) -> Iterator[GridRow]:
    reader = _CellReader(book, stored=stored)
    for at in range(min(sheet.nrows, _LARGEST_ROW)):
        cells: Row = []
        marks: list[Mark] = []
        for cell in sheet.row(at):
            shown, kind, raw = reader.read(cell)
            if kind:
                marks.append(Mark(len(cells), kind, raw))
            cells.append(shown)
        if any(cell is not None for cell in cells):
            yield GridRow(at + 1, cells, tuple(marks))


class _CellReader:
    def __init__(self, book: Any, *, stored: bool) -> None:
        self.book = book
        self.stored = stored
        self.dates_1904 = bool(book.datemode)

    def read(self, cell: Any) -> tuple[Cell, str, str]:
        """What is shown, why it differs, and what is stored."""
        if cell.ctype in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
            return None, "", ""
        if cell.ctype in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
            return self._number(cell)
        if cell.ctype == xlrd.XL_CELL_BOOLEAN:
            return ("TRUE" if cell.value else "FALSE"), "boolean", str(int(cell.value))
        if cell.ctype == xlrd.XL_CELL_ERROR:
            shown = error_text_from_code.get(cell.value, f"#ERR{cell.value}")
            return shown, "error_value", shown
        shown = show_text(cell.value, self._code(cell))
        return shown, ("" if shown == cell.value else "text_format"), cell.value

    def _number(self, cell: Any) -> tuple[Cell, str, str]:
        raw = repr(cell.value).removesuffix(".0")
        shown = show_number(raw, self._code(cell), dates_1904=self.dates_1904)
        if self.stored and shown.kind in {"number_format", "rounded"}:
            return raw, "", ""
        return shown.text, shown.kind, raw

    def _code(self, cell: Any) -> str:
        index = cell.xf_index
        if index is None or index >= len(self.book.xf_list):
            return "General"
        form = self.book.format_map.get(self.book.xf_list[index].format_key)
        return form.format_str if form else "General"
