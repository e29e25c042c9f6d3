"""Writing a sheet: just enough of OOXML, every cell a text. 表格写出。"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from yiwang.kernel.base.errors import InvalidInput

SHEET_ROWS = 1_048_575
CELL_CHARACTERS = 32_767
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_sheet(target: Path, headings: Sequence[str], rows: Iterable[Sequence[str | None]]) -> int:
    """Write rows as the one sheet of an XLSX file, every cell a text. 写出表格文件。

    Text cells cannot be formulas. A sheet ends at 1,048,575 rows; InvalidInput when there are more.
    """
    written = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        for name, text in _BOOK.items():
            book.writestr(name, text)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_SHEET_HEAD + _row_xml(headings))
            for row in rows:
                written += 1
                if written > SHEET_ROWS:
                    raise InvalidInput(
                        "pool.export.too_many_rows",
                        "A sheet holds at most %(rows)s rows; export as CSV or Parquet",
                        rows=SHEET_ROWS,
                    )
                sheet.write(_row_xml(row))
            sheet.write(b"</sheetData></worksheet>")
    return written


def _row_xml(cells: Sequence[str | None]) -> bytes:
    parts = [
        "<c/>"
        if cell is None
        else f'<c t="inlineStr"><is><t xml:space="preserve">{_sheet_text(cell)}</t></is></c>'
        for cell in cells
    ]
    return f"<row>{''.join(parts)}</row>".encode()


def _sheet_text(cell: str) -> str:
    return escape(NOT_XML.sub("\N{REPLACEMENT CHARACTER}", cell[:CELL_CHARACTERS]))


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINKS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_HEAD = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
_BOOK = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_TYPES}">'
    f'<Default Extension="rels" ContentType="{_LINKS_TYPE}"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/>'
    "</Types>",
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_LINKS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_LINKS}">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
