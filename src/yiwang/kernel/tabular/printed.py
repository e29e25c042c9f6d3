"""Workbooks that people read and count on with: numbers are numbers, all else is text. 供阅读的工作簿。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from .write import clean_sheet_name, clean_text

EXACT = 10**15
"""A sheet keeps fifteen digits; a longer number is written as text. 精确位数。"""
LOOKS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "title": {"bold": True, "font_size": 18},
    "heading": {"bold": True, "font_size": 13},
    "head": {"bold": True, "bg_color": "#EEF1F6", "text_wrap": True},
}
Look = Literal["plain", "title", "heading", "head"]


@dataclass(frozen=True, slots=True)
class Line:
    """One row and how it looks. 行。"""

    cells: Sequence[str | int | Decimal | None]
    look: Look = "plain"


def write_sheet(path: Path, name: str, lines: Sequence[Line], *, width: float = 18) -> None:
    """Write one sheet, line by line. 写单表工作簿。"""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(str(path), options) as book:
        out = book.add_worksheet(clean_sheet_name(name, 1))
        out.set_column(0, max([1, *(len(one.cells) for one in lines)]), width)
        styles = _styles(book)
        for row, line in enumerate(lines):
            for at, cell in enumerate(line.cells):
                _write(out, styles, (row, at), cell, line.look)
        out.set_paper(9)
        out.fit_to_pages(1, 0)


def _styles(book: Workbook) -> dict[tuple[str, str], Format]:
    kinds = {"text": "@", "whole": "#,##0", "part": "#,##0.##########"}
    return {
        (look, kind): book.add_format({**facts, "num_format": form, "valign": "top"})
        for look, facts in LOOKS.items()
        for kind, form in kinds.items()
    }


def _write(
    out: Worksheet,
    styles: Mapping[tuple[str, str], Format],
    place: tuple[int, int],
    cell: str | int | Decimal | None,
    look: str,
) -> None:
    if cell is None:
        return
    if isinstance(cell, str) or not -EXACT < cell < EXACT:
        out.write_string(*place, clean_text(str(cell)), styles[look, "text"])
    else:
        kind = "whole" if cell == int(cell) else "part"
        out.write_number(*place, float(cell), styles[look, kind])
