"""Telling a file's format by its content. 按内容识别格式。"""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

from yiwang.kernel.base.zipped import UNREADABLE

from .encoding import find_mark

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS = (
    (b"PAR1", "parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "pdf"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x00\x01\x00\x00Standard Jet DB", "access"),
    (b"\x00\x01\x00\x00Standard ACE DB", "access"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM\x36", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x09\x08", "xls"),
    (b"\x09\x04\x06\x00", "xls"),
    (b"\x09\x02\x06\x00", "xls"),
    (b"\x09\x00\x04\x00", "xls"),
)

_DBF = b"\x02\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\x8c\xcb\xf5\xfb"
_DBF_KINDS = "CNFLDMIBYTGPVQ@O+W"
_DUMP = re.compile(
    rb"PGDMP|.{0,3}T?EXPORT:V\d|-- (?:MySQL|MariaDB|PostgreSQL database|Dumping)\b", re.DOTALL
)
_SHEET_XML = (b"urn:schemas-microsoft-com:office:spreadsheet", b'progid="excel.sheet"')

_HTML = re.compile(rb"<(?:html|table|body|head|meta|style)[\s>]", re.IGNORECASE)
_JSON = re.compile(rb'\{\s*(?:["}]|\Z)|\[\s*(?:["\[\]{]|-?\d|true|false|null|\Z)')


def find_format(path: Path) -> str:
    """A short name of the format, `delimited` for any other text. 识别格式。"""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if not head:
        return "empty"
    if head.startswith(_OLE):
        return _ole(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip(path)
    if _DUMP.match(head) or b"SYS_EXPORT_" in head:
        return "dump"
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    return "dbf" if _is_dbf(head, path.stat().st_size) else _text(head)


def _is_dbf(head: bytes, size: int) -> bool:
    """A table of dBASE: version, month and day, lengths that fit each other and the file."""
    if len(head) < 33 or head[0] not in _DBF or not (head[2] <= 12 and head[3] <= 31):
        return False
    rows, start, length = struct.unpack_from("<IHH", head, 4)
    described = start >= 65 and (start - 33) % 32 in {0, 7, 8, 31} and chr(head[43]) in _DBF_KINDS
    return described and length > 1 and start <= size and rows * length <= size * 2


def _ole(path: Path) -> str:
    """The old container of Microsoft: names of its streams say what is inside."""
    with path.open("rb") as stream:
        content = stream.read(64 << 20)
    for name, found in (
        ("EncryptedPackage", "encrypted"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("WordDocument", "doc"),
        ("PowerPoint Document", "ppt"),
    ):
        if name.encode("utf-16-le") in content:
            return found
    return "ole"


_ZIP_PARTS = (
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("word/document.xml", "docx"),
    ("ppt/presentation.xml", "pptx"),
    ("OFD.xml", "ofd"),
)


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                return _open_document(archive)
    except UNREADABLE:
        return "zip"
    lower = {name.lower().replace("\\", "/") for name in names}
    for part, found in _ZIP_PARTS:
        if part.lower() in lower:
            return found
    return "zip"


def _open_document(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as stream:
        kind = stream.read(100).decode("ascii", "replace")
    if "opendocument.spreadsheet" in kind:
        return "ods"
    return "odf" if "opendocument" in kind else "zip"


def _text(head: bytes) -> str:
    marked = find_mark(head)
    if marked and marked.name != "utf-8":
        head = head[marked.bom :].decode(marked.name, "replace").encode()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = start[:400].lower()
    if lower.startswith((b"mime-version:", b"from: <saved by", b"content-type: multipart/related")):
        return "mhtml"
    if lower.startswith(b"<") and any(name in start.lower() for name in _SHEET_XML):
        return "html" if b"<html" in start[:2000].lower() else "xmlsheet"
    if lower.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        return "html"
    if lower.startswith(b"<"):
        return "html" if _HTML.search(start) else "xml"
    return "json" if _JSON.match(start) else "delimited"
