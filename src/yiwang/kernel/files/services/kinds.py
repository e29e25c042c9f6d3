"""What people call the contents of files, and how their names end. 文件类型名称。"""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from .sniffing import COMPOUND, MACROS, OFFICE, TEXT, ZIP

NAME_LENGTH = 150
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of characters that nobody sees, among them those that turn the reading around."""
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "image/jpeg": ("JPEG", (".jpg", ".jpeg")),
    "image/png": ("PNG", (".png",)),
    "image/gif": ("GIF", (".gif",)),
    "image/webp": ("WebP", (".webp",)),
    "image/bmp": ("BMP", (".bmp",)),
    "image/tiff": ("TIFF", (".tif", ".tiff")),
    "image/heic": ("HEIC", (".heic",)),
    "image/heif": ("HEIF", (".heif", ".heic")),
    "image/avif": ("AVIF", (".avif",)),
    "image/svg+xml": ("SVG", (".svg",)),
    "application/pdf": ("PDF", (".pdf",)),
    "application/ofd": ("OFD", (".ofd",)),
    f"{OFFICE}.wordprocessingml.document": ("Word (docx)", (".docx",)),
    f"{OFFICE}.spreadsheetml.sheet": ("Excel (xlsx)", (".xlsx",)),
    f"{OFFICE}.presentationml.presentation": ("PowerPoint (pptx)", (".pptx",)),
    "application/msword": ("Word (doc)", (".doc", ".wps")),
    "application/vnd.ms-excel": ("Excel (xls)", (".xls", ".et")),
    "application/vnd.ms-powerpoint": ("PowerPoint (ppt)", (".ppt", ".dps")),
    "application/vnd.oasis.opendocument.text": ("ODT", (".odt",)),
    "application/vnd.oasis.opendocument.spreadsheet": ("ODS", (".ods",)),
    "application/vnd.oasis.opendocument.presentation": ("ODP", (".odp",)),
    TEXT: ("TXT", (".txt", ".log")),
    "text/csv": ("CSV", (".csv",)),
    "application/json": ("JSON", (".json",)),
    "application/geo+json": ("GeoJSON", (".geojson",)),
    "text/html": ("HTML", (".html", ".htm")),
    "application/xml": ("XML", (".xml",)),
    ZIP: ("ZIP", (".zip",)),
    "application/vnd.rar": ("RAR", (".rar",)),
    "application/x-7z-compressed": ("7z", (".7z",)),
    "application/gzip": ("GZIP", (".gz", ".tgz")),
    "audio/mpeg": ("MP3", (".mp3",)),
    "audio/mp4": ("M4A", (".m4a",)),
    "audio/wav": ("WAV", (".wav",)),
    "audio/ogg": ("OGG", (".ogg", ".opus")),
    "video/mp4": ("MP4", (".mp4", ".m4v")),
    "video/quicktime": ("MOV", (".mov",)),
    "video/x-msvideo": ("AVI", (".avi",)),
    "video/webm": ("WebM", (".webm", ".mkv")),
    MACROS: ("Office (docm, xlsm, pptm)", (".docm", ".xlsm", ".pptm")),
    COMPOUND: ("OLE", (".ole",)),
}
"""All content types that are told apart, each with its name and the endings it usually has."""
OF_TEXT = frozenset({"text/csv", "application/json", "application/geo+json"})
"""Kinds of text that only the ending tells apart."""
ORDINARY = tuple(
    kind
    for kind in KINDS
    if kind.startswith(("image/", "application/vnd.o"))
    or kind in (TEXT, "text/csv", "application/pdf", "application/ofd", "application/msword",
                "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
    if kind != "image/svg+xml"
)  # fmt: skip
"""What may be sent where a field names no types: pictures and documents, nothing that runs."""


def name_kind(kind: str) -> str:
    """What people call a content type. 类型名称。"""
    return KINDS[kind][0] if kind in KINDS else kind


def refine_kind(kind: str, name: str) -> str:
    """The kind of a text by its ending; anything else is what its bytes say. 细分文本类型。"""
    ending = PurePosixPath(name).suffix.lower()
    if kind == TEXT:
        return next((one for one in OF_TEXT if ending in KINDS[one][1]), kind)
    return kind


def clean_name(name: str) -> str:
    """A name as people can read it whole: no folders, nothing unseen. 整理文件名。"""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/")
    seen = "".join(one for one in plain if unicodedata.category(one) not in UNSEEN)
    return PurePosixPath(seen).name.strip(" .")[-NAME_LENGTH:] or "file"


def end_rightly(name: str, kind: str) -> str:
    """A name that ends as its contents do: who opens it later is led by the ending. 规范扩展名。

    What is called `invoice.bat` and is a text becomes `invoice.bat.txt`.
    """
    endings = KINDS[kind][1]
    return name if name.lower().endswith(endings) else name + endings[0]


def show_size(size: int) -> str:
    """The size of a file in the unit that fits. 文件大小。"""
    for unit, least in (("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} B"
