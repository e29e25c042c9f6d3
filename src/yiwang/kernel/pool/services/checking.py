"""Are the parts on disk those of the manifest? 分片核对。"""

from __future__ import annotations

import hashlib
from pathlib import Path

from yiwang.kernel.pool.models import Part
from yiwang.kernel.pool.types import PartsReport

from .engine import pool_folder


def check_parts(*, deep: bool = False, most: int = 20) -> PartsReport:
    """Look for each part and its size; `deep` also compares digests. 核对数据分片。

    At most `most` paths are listed; the counts are whole.
    """
    folder = pool_folder()
    parts = missing = damaged = 0
    listed: list[str] = []
    rows = Part.objects.filter(present=True).values_list("path", "bytes", "sha256")
    for path, size, sha256 in rows.iterator(chunk_size=2000):
        parts += 1
        file = folder / path
        if not file.exists():
            missing += 1
        elif file.stat().st_size != size or (deep and _read_digest(file) != sha256):
            damaged += 1
        else:
            continue
        if len(listed) < most:
            listed.append(path)
    return PartsReport(parts=parts, missing=missing, damaged=damaged, listed=tuple(listed))


def _read_digest(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
