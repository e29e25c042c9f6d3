"""From the bytes of a delivery to the reader that knows them. 按内容选择读取器。"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from yiwang.kernel.base.registry import Registry

from .limits import Budget
from .types import ReadOptions, TableSource


class Scratch:
    """A folder for temporary files that goes when nobody holds it any more. 临时文件夹。"""

    def __init__(self, inside: Path | None) -> None:
        if inside:
            inside.mkdir(parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix="reading-", dir=inside))
        self._count = 0
        self._close = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    def new_file(self, suffix: str = "") -> Path:
        """A path in the folder that nobody else uses. 新临时文件。"""
        self._count += 1
        return self.path / f"{self._count}{suffix}"

    def close(self) -> None:
        """Remove the folder now. 删除。"""
        self._close()


@dataclass(frozen=True)
class Opened:
    """A file in front of a reader: where it lies, what it is called, what it may cost. 待读文件。

    `name` is for people (the delivery's name and the member's), `member` the path inside archives,
    `nesting` how many archives stand around it. `open_any` opens what came out of an archive.
    """

    path: Path
    name: str
    options: ReadOptions
    budget: Budget
    scratch: Scratch
    open_any: Callable[[Opened], list[TableSource]]
    member: str = ""
    nesting: int = 0

    def inside(self, path: Path, member: str) -> Opened:
        """The file that came out of this archive. 压缩包内文件。"""
        inner = f"{self.member}/{member}" if self.member else member
        name = f"{self.name}/{member}" if member else self.name
        return replace(self, path=path, member=inner, name=name, nesting=self.nesting + 1)


Reader = Callable[[Opened], list[TableSource]]

READERS: Registry[Reader] = Registry("reader of files")
