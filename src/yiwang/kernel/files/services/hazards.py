"""Files that nobody should be handed: locked with a password, or much packed into little. 有害文件。

Nothing is unpacked. Of an archive the list of its members is read, so what an archive inside an
archive holds is not known; nothing here ever opens it.
"""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from yiwang.kernel.base.zipped import DAMAGED, is_overlapping

from .sniffing import LARGEST_LIST, ZIPPED, find_directory, lists_stream, starts_as_compound

UNPACKED_MOST = 1 << 30
UNPACKED_TIMES = 200
"""Times the size of the file; documents reach a tenth of it. 解压倍数上限。"""
UNPACKED_SPARED = 50 << 20
"""What unpacks to less is no bomb however small it was packed. 倍数检查起点。"""
PIECE = 1 << 20
LOCKED_PDF = re.compile(rb"/Encrypt(\s+\d+\s+\d+\s+R|\s*<<)")


def is_locked(source: BinaryIO, kind: str) -> bool:
    """Whether a file asks for a password: ZIP, PDF, an office document since 2007. 是否加密。"""
    if kind == "application/pdf":
        return _finds(source, LOCKED_PDF)
    if kind in ZIPPED:
        return any(one.flag_bits & 1 for one in _list_members(source))
    return starts_as_compound(source) and lists_stream(source, "EncryptedPackage")


def is_bomb(source: BinaryIO, kind: str) -> bool:
    """Whether an archive says of itself that it unpacks to what no honest one does. 是否压缩炸弹。"""
    if kind not in ZIPPED:
        return False
    if find_directory(source)[0] > LARGEST_LIST:
        return True
    members = _list_members(source)
    size = source.seek(0, 2)
    unpacked = sum(one.file_size for one in members)
    swollen = unpacked > UNPACKED_SPARED and unpacked > UNPACKED_TIMES * size
    return unpacked > UNPACKED_MOST or swollen or is_overlapping(members)


def _list_members(source: BinaryIO) -> list[zipfile.ZipInfo]:
    """None where the list is damaged, or too long to be looked through."""
    if find_directory(source)[0] > LARGEST_LIST:
        return []
    source.seek(0)
    try:
        return zipfile.ZipFile(source).infolist()
    except DAMAGED:
        return []


def _finds(source: BinaryIO, mark: re.Pattern[bytes]) -> bool:
    """Whether a mark stands anywhere, also over the end of a piece."""
    source.seek(0)
    before = b""
    while piece := source.read(PIECE):
        if mark.search(before + piece):
            return True
        before = (before + piece)[-64:]
    return False
