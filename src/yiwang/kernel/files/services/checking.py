"""Are the contents still what their rows say? 内容核对。"""

from __future__ import annotations

import hashlib

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.files.models import FileRow
from yiwang.kernel.files.types import FilesReport

from .content import content_path
from .frames import FRAME
from .storing import open_file


def check_contents(*, deep: bool = False, most: int = 20) -> FilesReport:
    """Look for each row's content; `deep` also reads it all and compares digests. 核对文件。

    At most `most` ids of each kind of trouble are listed; the counts are whole.
    """
    rows = missing = damaged = 0
    listed: list[str] = []
    for file_id, sha256 in FileRow.objects.values_list("id", "sha256").iterator(chunk_size=2000):
        rows += 1
        if not content_path(file_id).exists():
            missing += 1
        elif deep and _read_digest(file_id) != sha256:
            damaged += 1
        else:
            continue
        if len(listed) < most:
            listed.append(file_id)
    return FilesReport(rows=rows, missing=missing, damaged=damaged, listed=tuple(listed))


def _read_digest(file_id: str) -> str:
    """The digest of the plain bytes, or nothing where they cannot be read. 读取摘要。"""
    digest = hashlib.sha256()
    try:
        with open_file(file_id) as source:
            while piece := source.read(FRAME):
                digest.update(piece)
    except YiwangError:
        return ""
    return digest.hexdigest()
