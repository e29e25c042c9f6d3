"""Folders for plain copies, held by a lock that ends with the process. 临时明文目录。

What a crash leaves behind holds no lock any more, so the next start tells it from what another
process still reads, and removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

# Between the making of a folder and its lock; and for files, which nobody locks.
FRESH_SECONDS = 60
FILE_SECONDS = 24 * 3600


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """A private folder (0700) for as long as the block runs. 临时目录。"""
    folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=scratch_root()))
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def scratch_root() -> Path:
    """The folder of all of them. 临时目录根。"""
    root = Path(settings.YIWANG_HOME) / "tmp"
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    return root


def sweep_scratch() -> int:
    """Remove what processes left that are gone; gives how many things. 清扫临时明文。"""
    return sum(_sweep_one(path) for path in scratch_root().iterdir())


def _sweep_one(path: Path) -> bool:
    try:
        age = time.time() - path.lstat().st_mtime
        if path.is_symlink() or not path.is_dir():
            return age > FILE_SECONDS and _unlink(path)
        return age > FRESH_SECONDS and _remove_unheld(path)
    except OSError:
        return False  # gone meanwhile, or not ours: the doctor tells of foreign owners


def _unlink(path: Path) -> bool:
    path.unlink()
    return True


def _remove_unheld(folder: Path) -> bool:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
        return True
    finally:
        os.close(handle)
