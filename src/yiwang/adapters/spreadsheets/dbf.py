"""DBF tables of dBASE, FoxPro and what still writes them. DBF 数据表。

A small reader of our own: the format is a header and rows of fixed length, and the libraries for
it have not been kept for years.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.grid import GridRow, Mark
from yiwang.kernel.tabular.isolated import IsolatedTable, read_isolated
from yiwang.kernel.tabular.services import FileRefused, Opened
from yiwang.kernel.tabular.types import Cell, Note, Row, TableSource

_CODE_PAGES = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x13: "cp932", 0x4D: "gb18030", 0x4E: "cp949",
    0x4F: "cp950", 0x57: "cp1252", 0x78: "cp950", 0x79: "cp949", 0x7A: "gb18030", 0x7B: "cp932",
    0xC8: "cp1250", 0xC9: "cp1251",
}  # fmt: skip
_MEMO = {"M", "G", "P"}
_FEW = 2_000


class Field(NamedTuple):
    """A column of the table. 字段。"""

    name: bytes
    kind: str
    start: int
    length: int


class Header(NamedTuple):
    """What stands before the rows. 文件头。"""

    rows: int
    start: int
    length: int
    page: int
    fields: list[Field]


def open_dbf(opened: Opened) -> list[TableSource]:
    """The one table. 打开 DBF。"""
    options = {"encoding": opened.options.encoding}
    return read_isolated(opened, f"{__name__}:read_dbf", kind="dbf", options=options)


def read_dbf(path: Path, options: dict[str, Any]) -> Iterator[IsolatedTable]:
    """The table; runs in the child. 读 DBF。"""
    header = _read_header(path, options["file"])
    encoding = options["encoding"] or _find_encoding(path, header)
    try:
        names = [_text(one.name.split(b"\0")[0], encoding).strip() for one in header.fields]
        reader = _Rows(path, header, encoding, options["file"])
        notes = _notes(path, header, encoding)
        yield IsolatedTable("", reader.rows(), names=names, notes=notes)
    except LookupError as error:
        raise _damaged(options["file"], f"unknown encoding {encoding}") from error


def _read_header(path: Path, file: str) -> Header:
    with path.open("rb") as stream:
        head = stream.read(65_536)
    rows, start, length = struct.unpack_from("<IHH", head.ljust(32, b"\0"), 4)
    fields: list[Field] = []
    at, offset = 32, 1
    while at + 32 <= min(start, len(head)) and head[at] not in b"\r\0":
        kind, size, decimals = chr(head[at + 11]), head[at + 16], head[at + 17]
        wide = size + 256 * decimals if kind == "C" else size
        fields.append(Field(head[at : at + 11], kind, offset, wide))
        offset, at = offset + wide, at + 32
    if not fields or offset > length or start < 33:
        raise _damaged(file, "header")
    if path.stat().st_size < start + rows * length:
        raise _damaged(file, "cut short")
    return Header(rows, start, length, head[29], fields)


def _damaged(file: str, why: str) -> FileRefused:
    return FileRefused(
        "tabular.file.damaged",
        msg("%(file)s is damaged (%(why)s). Ask for it again."),
        file=file,
        why=why,
    )


def _find_encoding(path: Path, header: Header) -> str:
    """What decodes the first rows: UTF-8 by its marks, else what the file says, else GB 18030."""
    with path.open("rb") as stream:
        sample = stream.read(header.start + header.length * _FEW)
    fields = [one.name.split(b"\0")[0] for one in header.fields]
    for row in range((len(sample) - header.start) // header.length):
        begin = header.start + row * header.length
        fields += [
            sample[begin + one.start : begin + one.start + one.length].rstrip(b" \0")
            for one in header.fields
            if one.kind == "C"
        ]
    said = _CODE_PAGES.get(header.page)
    for encoding in filter(None, ("utf-8", said, "gb18030", "big5")):
        if all(_decodes(one, encoding) for one in fields):
            return encoding
    return said or "gb18030"


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _text(content: bytes, encoding: str) -> str:
    return content.decode(encoding, "backslashreplace")


def _notes(path: Path, header: Header, encoding: str) -> list[Note]:
    notes = [Note("encoding", msg("The text was read as %(encoding)s."), {"encoding": encoding})]
    deleted = _count_deleted(path, header)
    if deleted:
        text = msg(
            "%(count)s rows that were deleted in the table but still lay in it were left out."
        )
        notes.append(Note("rows_deleted", text, {"count": deleted}))
    if any(one.kind in _MEMO for one in header.fields):
        text = msg("Long texts lie in a second file (.dbt or .fpt), which is not read here.")
        notes.append(Note("memo_missing", text))
    return notes


def _records(path: Path, header: Header) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(header.start)
        for _ in range(header.rows):
            yield stream.read(header.length)


def _count_deleted(path: Path, header: Header) -> int:
    return sum(1 for record in _records(path, header) if record[:1] == b"*")


class _Rows:
    """Cuts records into cells."""

    def __init__(self, path: Path, header: Header, encoding: str, file: str) -> None:
        self.path = path
        self.header = header
        self.encoding = encoding
        self.file = file

    def rows(self) -> Iterator[GridRow]:
        for place, record in enumerate(_records(self.path, self.header), start=1):
            if record[:1] == b"*":
                continue
            cells: Row = []
            marks: list[Mark] = []
            for one in self.header.fields:
                raw = record[one.start : one.start + one.length]
                cell, kind = self._cell(one.kind, raw)
                if kind:
                    marks.append(Mark(len(cells), kind, _text(raw, "latin-1").strip()))
                cells.append(cell)
            yield GridRow(place, cells, tuple(marks))

    def _cell(self, kind: str, raw: bytes) -> tuple[Cell, str]:
        if kind in _BINARY:
            return _BINARY[kind](raw)
        bare = raw.rstrip(b" \0") if kind == "C" else raw.strip(b" \0")
        if not bare or kind in _MEMO:
            return None, ""
        if kind == "D" and len(bare) == 8 and bare.isdigit():
            return None if bare == b"00000000" else bare.decode(), ""
        if kind == "L":
            known = {"T": "TRUE", "Y": "TRUE", "F": "FALSE", "N": "FALSE"}
            return known.get(chr(bare[0]).upper()), "boolean" if bare != b"?" else ""
        text = _text(bare, self.encoding)
        return text, "" if _decodes(bare, self.encoding) else "binary"


def _integer(raw: bytes) -> tuple[Cell, str]:
    return (str(struct.unpack("<i", raw)[0]), "") if len(raw) == 4 else (None, "")


def _double(raw: bytes) -> tuple[Cell, str]:
    return (
        (repr(struct.unpack("<d", raw)[0]).removesuffix(".0"), "") if len(raw) == 8 else (None, "")
    )


def _money(raw: bytes) -> tuple[Cell, str]:
    if len(raw) != 8:
        return None, ""
    whole, part = divmod(abs(amount := struct.unpack("<q", raw)[0]), 10_000)
    return f"{'-' if amount < 0 else ''}{whole}.{part:04}", ""


def _moment(raw: bytes) -> tuple[Cell, str]:
    day, milliseconds = struct.unpack("<ii", raw) if len(raw) == 8 else (0, 0)
    if not 1_721_426 <= day <= 5_373_484 or not 0 <= milliseconds < 86_400_000:
        return None, ""
    shown = date.fromordinal(day - 1_721_425).isoformat()
    clock = str(timedelta(seconds=milliseconds // 1000)).rjust(8, "0")
    return f"{shown} {clock}", "date"


_BINARY: dict[str, Callable[[bytes], tuple[Cell, str]]] = {
    "I": _integer,
    "B": _double,
    "Y": _money,
    "T": _moment,
}
