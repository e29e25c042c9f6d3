"""What a file is by its bytes, whatever it is called. 内容类型识别。

Nothing is unpacked: of an archive only the list of its members is read, up to a limit.
"""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

HEAD = 64 * 1024
TEXT, ZIP, COMPOUND = "text/plain", "application/zip", "application/x-ole-storage"
OFFICE = "application/vnd.openxmlformats-officedocument"
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)
RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif",
          b"avif": "image/avif", b"qt  ": "video/quicktime", b"M4A ": "audio/mp4"}  # fmt: skip
"""Brands of the ISO base media format; what is none of these is a film."""
MEMBERS = {
    "word/document.xml": f"{OFFICE}.wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet",
    "ppt/presentation.xml": f"{OFFICE}.presentationml.presentation",
    "OFD.xml": "application/ofd",
}
STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
MACROS = "application/vnd.ms-office.macro-enabled"
ODF = "application/vnd.oasis.opendocument."
ZIPPED = frozenset(
    {
        ZIP,
        MACROS,
        *MEMBERS.values(),
        *(ODF + one for one in ("text", "spreadsheet", "presentation")),
    }
)
"""Kinds that are archives of the ZIP format inside. 实为 ZIP 的类型。"""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MARKUP = (
    (re.compile(r"<!doctype html|<html|<head|<body|<script", re.I), "text/html"),
    (re.compile(r"<svg\b", re.I), "image/svg+xml"),
    (re.compile(r"<\?xml"), "application/xml"),
)
CONTROLS = re.compile("[\0-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
LARGEST_LIST, MOST_SECTORS = 1 << 20, 64


def sniff_type(source: BinaryIO) -> str:
    """The content type that the bytes show; empty where they show none that is known. 识别内容类型。"""
    source.seek(0)
    head = source.read(HEAD)
    source.seek(0)
    if head.startswith((b"PK\3\4", b"PK\5\6")):
        return _look_into_zip(source, head)
    if head.startswith(OLE):
        return _look_into_compound(source, head)
    return _match_signature(head) or _read_as_text(head)


def starts_as_compound(source: BinaryIO) -> bool:
    """Whether the bytes begin as Microsoft's old container does. 是否复合文档。"""
    source.seek(0)
    return source.read(len(OLE)) == OLE


def lists_stream(source: BinaryIO, name: str) -> bool:
    """Whether the directory of a compound document names a stream. 是否含某数据流。"""
    source.seek(0)
    return name in _list_streams(source, source.read(HEAD))


def _match_signature(head: bytes) -> str:
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "video/mp4")
    if head[:2] == b"BM" and head[14:18] in (b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0"):
        return "image/bmp"
    return next((kind for start, kind in SIGNATURES if head.startswith(start)), "")


def _look_into_zip(source: BinaryIO, head: bytes) -> str:
    """An office document says so in its first member or in the names of its members."""
    if head[30:38] == b"mimetype" and head[8:10] == b"\0\0":
        told = head[38 : 38 + int.from_bytes(head[18:22], "little")]
        if re.fullmatch(rb"application/[a-z0-9.+-]{3,80}", told):
            return told.decode("ascii")
    names = _list_members(source)
    if any(name.endswith("vbaProject.bin") for name in names):
        return MACROS
    return next((kind for name, kind in MEMBERS.items() if name in names), ZIP)


def find_directory(source: BinaryIO) -> tuple[int, int]:
    """Length and place of the list of members of a ZIP, as its end says; nothing without one. 中央目录。"""
    size = source.seek(0, 2)
    source.seek(max(0, size - HEAD - 22))
    tail = source.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        return 0, 0
    length, offset = (int.from_bytes(tail[at + i : at + i + 4], "little") for i in (12, 16))
    return length, min(offset, size)


def _list_members(source: BinaryIO) -> list[str]:
    """The names in the central directory of a ZIP, as far as they fit the limit."""
    length, offset = find_directory(source)
    source.seek(offset)
    listed = source.read(min(length, LARGEST_LIST))
    names, place = [], 0
    while listed[place : place + 4] == b"PK\1\2":
        named, extra, comment = (
            int.from_bytes(listed[place + i : place + i + 2], "little") for i in (28, 30, 32)
        )
        names.append(listed[place + 46 : place + 46 + named].decode("utf-8", "replace"))
        place += 46 + named + extra + comment
    return names


def _look_into_compound(source: BinaryIO, head: bytes) -> str:
    """Word, Excel or PowerPoint before 2007, by the streams in its directory."""
    found = next((STREAMS[name] for name in _list_streams(source, head) if name in STREAMS), "")
    return found or COMPOUND


def _list_streams(source: BinaryIO, head: bytes) -> list[str]:
    shift = int.from_bytes(head[30:32], "little")
    if shift not in (9, 12):
        return []
    size, names = 1 << shift, []
    sector = int.from_bytes(head[48:52], "little")
    for _ in range(MOST_SECTORS):
        entries = _read_sector(source, sector, size)
        for place in range(0, len(entries), 128):
            long = int.from_bytes(entries[place + 64 : place + 66], "little")
            named = entries[place : place + min(max(long - 2, 0), 64)]
            names.append(named.decode("utf-16-le", "replace"))
        sector = _next_sector(source, head, sector, size)
        if sector < 0:
            break
    return names


def _next_sector(source: BinaryIO, head: bytes, sector: int, size: int) -> int:
    """What follows a sector, by the table whose first 109 sectors the header names; -1 for nothing."""
    table, place = divmod(sector, size // 4)
    if table >= 109:
        return -1
    at = int.from_bytes(head[76 + table * 4 : 80 + table * 4], "little")
    found = _read_sector(source, at, size)[place * 4 : place * 4 + 4]
    following = int.from_bytes(found, "little")
    return following if len(found) == 4 and following < 0xFFFFFFFA else -1


def _read_sector(source: BinaryIO, sector: int, size: int) -> bytes:
    source.seek((sector + 1) * size)
    return source.read(size)


def _read_as_text(head: bytes) -> str:
    """Text in one of the encodings of the country; markup is named for what it is."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) < HEAD)
        except UnicodeDecodeError:
            continue
        if not text or CONTROLS.search(text):
            return ""
        start = text.lstrip()[:1000]
        kinds = (kind for mark, kind in MARKUP if start[:1] == "<" and mark.search(start))
        return next(kinds, TEXT)
    return ""
