"""Files as people send them, each the least that shows what it is. 附件示例。"""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def sent(name: str, content: bytes, told: str = "application/octet-stream") -> SimpleUploadedFile:
    """A file as a browser sends it; what the browser says it is counts for nothing."""
    return SimpleUploadedFile(name, content, content_type=told)


def zipped(*members: str, first: tuple[str, str] | None = None) -> bytes:
    """A ZIP with these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr(zipfile.ZipInfo(first[0]), first[1])
        for name in members:
            archive.writestr(name, "x")
    return out.getvalue()


def compound(*streams: str, size: int = 512) -> bytes:
    """An OLE file whose directory names these streams, in two sectors that follow each other."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (1).to_bytes(4, "little")  # the directory begins in sector 1
    header[76:80] = (0).to_bytes(4, "little")  # the table of sectors is sector 0
    table = bytearray(b"\xff" * size)
    table[4:8] = (2).to_bytes(4, "little")  # after sector 1 comes 2
    table[8:12] = (0xFFFFFFFE).to_bytes(4, "little")
    names = ["Root Entry", "\1CompObj", "Data", "1Table", *streams]
    entries = b"".join(_entry(name) for name in names).ljust(2 * size, b"\0")
    return bytes(header) + bytes(table) + entries


def _entry(name: str) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return text.ljust(64, b"\0") + len(text).to_bytes(2, "little") + b"\0" * 62
