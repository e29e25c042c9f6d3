"""Watching a folder of this machine. 监看本机目录。

Files are read and never moved, renamed or removed. Links are not followed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from yiwang.kernel.base.errors import InvalidInput, NotFound, Unavailable
from yiwang.kernel.base.text import msg
from yiwang.kernel.live.services import resolve_path
from yiwang.kernel.live.types import LiveFile, LiveKind, Setting

MOST_FILES = 20_000


def too_many() -> InvalidInput:
    """The refusal of a folder that holds too much. 文件过多。"""
    return InvalidInput(
        "live.folder.crowded",
        "The folder holds more than %(limit)s files; watch a folder further down",
        limit=MOST_FILES,
    )


def gone(name: str) -> NotFound:
    """The refusal of a file that is not there. 文件不存在。"""
    return NotFound("live.file.gone", "There is no file %(name)s any more", name=name[:300])


def clean_name(name: str) -> PurePosixPath:
    """A path below the folder, and nothing that leads out of it. 相对路径。"""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts:
        raise gone(name)
    return path


@contextmanager
def open_folder(settings: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[LocalFolder]:  # noqa: ARG001 - the shape of all kinds
    """Open a folder. 打开目录。"""
    root = resolve_path(settings["path"])
    if not root.is_dir():
        raise Unavailable(
            "live.folder.missing", "There is no folder %(path)s now", path=settings["path"]
        )
    yield LocalFolder(root)


class LocalFolder:
    """A folder, for reading only. 本机目录。"""

    def __init__(self, root: Path) -> None:
        self._root = root

    def check(self) -> str:
        """How many files there are. 检查目录。"""
        return f"{len(self.list_files())} files"

    def list_files(self) -> list[LiveFile]:
        """Ordinary files below the folder, by name. 列出文件。"""
        found = []
        for folder, _, names in os.walk(self._root, followlinks=False):
            for name in names:
                path = Path(folder, name)
                try:
                    known = path.lstat()
                except OSError:
                    continue  # gone while we looked
                if stat.S_ISREG(known.st_mode):
                    relative = path.relative_to(self._root).as_posix()
                    moment = datetime.fromtimestamp(known.st_mtime, UTC)
                    found.append(LiveFile(relative, known.st_size, moment))
            if len(found) > MOST_FILES:
                raise too_many()
        return sorted(found, key=lambda one: one.name)

    @contextmanager
    def open_file(self, name: str) -> Iterator[BinaryIO]:
        """The bytes of a file. 打开文件。"""
        path = self._root / clean_name(name)
        if not path.resolve().is_relative_to(self._root):
            raise gone(name)
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        except OSError as error:
            raise gone(name) from error
        with os.fdopen(handle, "rb") as stream:
            yield stream


FOLDER = LiveKind(
    "folder",
    msg("Folder of this machine"),
    "files",
    (Setting("path", msg("Folder"), required=True, help=msg("The whole path on this machine")),),
    open_folder,
    hint=msg(
        "Folders below inbox in the node's home may be read; an operator allows others with "
        "source_folders in yiwang.toml."
    ),
)
