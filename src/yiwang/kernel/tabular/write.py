"""Writing tables for people: CSV and XLSX. 导出 CSV 与 XLSX。

Both stream: rows are taken as they come and memory stays the same however many there are.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import defuse_formula, msg

from .types import Cell

_BLOCK = 500
SHEET_ROWS = 1_048_576
_CELL_CHARACTERS = 32_767
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_BAD_IN_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write_csv(
    out: IO[bytes],
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    encoding: str = "utf-8-sig",
    defuse: bool = True,
) -> int:
    """Write a CSV with CRLF; nothing is an empty field, an empty text a quoted one. 写 CSV。

    `defuse=False` is for files that a program reads and no spreadsheet. Gives the number of rows.
    Raises InvalidInput `tabular.write.encoding` for a character that `encoding` does not have.
    """
    prepare: Callable[[str], str] = defuse_formula if defuse else str
    count = 0
    first = True
    for block in in_blocks(chain([columns], rows), _BLOCK):
        text = "".join(_csv_line(row, prepare) for row in block)
        out.write(_encoded(text, encoding, first=first))
        count += len(block)
        first = False
    return count - 1


def _csv_line(row: Sequence[Cell], prepare: Callable[[str], str]) -> str:
    fields = [_csv_field(cell, prepare) for cell in row]
    return ",".join(fields) + "\r\n"


def _csv_field(cell: Cell, prepare: Callable[[str], str]) -> str:
    if cell is None:
        return ""
    text = prepare(cell)
    plain = text and not any(one in text for one in ',"\r\n') and text == text.strip()
    return text if plain else '"' + text.replace('"', '""') + '"'


def _encoded(text: str, encoding: str, *, first: bool) -> bytes:
    name = "utf-8" if encoding == "utf-8-sig" and not first else encoding
    try:
        return text.encode(name)
    except UnicodeEncodeError as error:
        raise InvalidInput(
            "tabular.write.encoding",
            "%(encoding)s has no character %(character)s. Export as UTF-8.",
            encoding=encoding,
            character=ascii(text[error.start]),
        ) from error


def write_xlsx(
    out: IO[bytes],
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    sheet: str = "Sheet1",
    mark: str = "",
) -> int:
    """Write an XLSX whose cells are all text, so that 001 stays 001. 写 XLSX。

    More rows than a sheet holds go on in further sheets, each with the header. Gives the number of
    rows. Raises InvalidInput `tabular.write.cell` for a text longer than a cell of a sheet holds.
    """
    count = 0
    stream = iter(rows)
    names: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        while True:
            names.append(clean_sheet_name(sheet, len(names) + 1))
            part = f"xl/worksheets/sheet{len(names)}.xml"
            with archive.open(part, "w", force_zip64=True) as target:
                written = _write_sheet(target, columns, stream, mark)
            count += written
            if written < SHEET_ROWS - 1:
                break
        for name, content in _frame(names):
            # Without a time of writing, equal rows make equal files.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return count


def clean_sheet_name(asked: str, number: int) -> str:
    """A name that spreadsheets take, with a number where it is not the first. 工作表名。"""
    plain = _BAD_IN_SHEET_NAME.sub(" ", asked).strip(" '") or "Sheet"
    tail = f" {number}" if number > 1 else ""
    return plain[: 31 - len(tail)] + tail


def _write_sheet(
    target: IO[bytes], columns: Sequence[str], rows: Iterator[Sequence[Cell]], mark: str
) -> int:
    letters = [letters_of(at) for at in range(len(columns))]
    target.write(_SHEET_START.encode())
    lines = [_xlsx_row(1, columns, letters, style=2)]
    number = 1
    for row in rows:
        number += 1
        lines.append(_xlsx_row(number, row, letters, style=1))
        if len(lines) >= _BLOCK:
            target.write("".join(lines).encode())
            lines = []
        if number >= SHEET_ROWS:
            break
    target.write("".join([*lines, "</sheetData>", _header(mark), "</worksheet>"]).encode())
    return number - 1


def _header(mark: str) -> str:
    """The line above every printed page; its own `&` are doubled. 页眉。"""
    if not mark:
        return ""
    line = escape(_FORBIDDEN.sub("", mark)[:200].replace("&", "&&"))
    return f"<headerFooter><oddHeader>&amp;C{line}</oddHeader></headerFooter>"


def _xlsx_row(number: int, row: Sequence[Cell], letters: Sequence[str], *, style: int) -> str:
    cells = [
        f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{_xml_text(cell, number)}</t></is></c>"
        for letter, cell in zip(letters, row, strict=True)
        if cell is not None
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def clean_text(text: str) -> str:
    """A text that a cell of a sheet can hold: cut to its length, what XML forbids left out. 单元格文本。"""
    kept = "".join(one for one in text if one >= " " or one in "\n\t")
    return kept.replace("\ufffe", "").replace("\uffff", "")[:_CELL_CHARACTERS]


def letters_of(at: int) -> str:
    """The letters of a column, from 0: A, B, … AA. 列字母。"""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text


def _xml_text(text: str, row: int) -> str:
    if len(text) > _CELL_CHARACTERS:
        raise InvalidInput(
            "tabular.write.cell",
            msg("Row %(row)s has a text longer than the %(limit)s that a cell holds. Export CSV."),
            row=row,
            limit=_CELL_CHARACTERS,
        )
    return escape(_FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_START = (
    f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    '</sheetViews><sheetFormatPr defaultRowHeight="15"/><sheetData>'
)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="49" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1">'
    '<cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _frame(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The parts around the sheets."""
    numbers = range(1, len(names) + 1)
    yield "[Content_Types].xml", _content_types(numbers)
    yield (
        "_rels/.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{at}" r:id="rId{at}"/>'
        for at, name in zip(numbers, names, strict=True)
    )
    yield (
        "xl/workbook.xml",
        (
            f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets>'
            "</workbook>"
        ),
    )
    yield "xl/_rels/workbook.xml.rels", _sheet_relations(numbers)
    yield "xl/styles.xml", _STYLES


def _content_types(numbers: Iterable[int]) -> str:
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for at in numbers
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{types}</Types>'
    )


def _sheet_relations(numbers: Sequence[int]) -> str:
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{at}.xml"/>'
        for at in numbers
    )
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
        f'<Relationship Id="rId{len(numbers) + 1}" Type="{_RELATIONS}/styles" '
        'Target="styles.xml"/></Relationships>'
    )
