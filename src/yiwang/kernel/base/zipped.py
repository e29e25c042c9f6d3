"""What is known of ZIPs wherever they are opened. 压缩包常识。"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterable

DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, EOFError,
    OSError, OverflowError, ValueError,
)  # fmt: skip
"""What the library raises for bytes that are no whole ZIP or GZ, or packed in an odd way. 损坏。"""
UNREADABLE = (*DAMAGED, RuntimeError)
"""The same, and its word for a member under a password. 损坏或加密。"""
_MEMBER_HEAD = 30


def is_overlapping(members: Iterable[zipfile.ZipInfo]) -> bool:
    """Whether members share bytes: much made of little without a high ratio of any. 成员重叠。"""
    end = 0
    for one in sorted(members, key=lambda member: member.header_offset):
        if one.header_offset < end:
            return True
        end = one.header_offset + _MEMBER_HEAD + one.compress_size
    return False
