"""Where contents lie on disk. 内容存放。

`files/ab/<ulid>` below the node's home, `ab` being the end of the id; `files/new/` holds what is
being written. A content appears under its name by a rename after it was flushed, whole or not at
all.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from yiwang.kernel.base.errors import Unavailable

FULL = (errno.ENOSPC, errno.EDQUOT)


def content_path(file_id: str) -> Path:
    """Where the content of a file lies. 内容路径。"""
    return _root() / file_id[-2:].lower() / _file_name(file_id)


@contextmanager
def new_content(file_id: str) -> Iterator[BinaryIO]:
    """A file to write to that appears under its name when the block ends well. 新内容。

    A full disk becomes `Unavailable`, and nothing is left behind by any failure.
    """
    target = content_path(file_id)
    draft = _root() / "new" / _file_name(file_id)
    try:
        for folder in (draft.parent, target.parent):
            folder.mkdir(parents=True, exist_ok=True)
        with draft.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.rename(target)
        _sync_folder(target.parent)
    except OSError as error:
        if error.errno in FULL:
            raise Unavailable(
                "files.disk.full", "The disk of this node is full; nothing was stored"
            ) from error
        raise
    finally:
        draft.unlink(missing_ok=True)


def file_id_of(path: Path) -> str:
    """Whose content lies there. 内容所属文件。"""
    return path.name.replace("-", ":", 1)


def erase_content(file_id: str) -> None:
    """Remove a content if it is there. 删除内容。"""
    content_path(file_id).unlink(missing_ok=True)


def list_contents() -> Iterator[Path]:
    """All finished contents. 全部内容。"""
    return _root().glob("[0-9a-z][0-9a-z]/*")


def list_drafts() -> Iterator[Path]:
    """All contents that are being written, or were when a process died. 写入中内容。"""
    return _root().glob("new/*")


def _root() -> Path:
    return Path(settings.YIWANG_HOME) / "files"


def _file_name(file_id: str) -> str:
    return file_id.replace(":", "-")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
