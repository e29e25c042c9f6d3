"""What a live source is to those who read it. 数据源接口。

Two shapes: a *table source* (a database) lists tables and reads rows, a *file source* (a watched
folder) lists files and opens them. Both are only ever read. Cells come as text as shown; `None` is
a NULL, `""` a text of no characters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Literal, Protocol

from yiwang.kernel.base.registry import Registry
from yiwang.kernel.tabular.types import Cell

Shape = Literal["tables", "files"]
SettingKind = Literal["text", "number", "choice", "secret"]
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to say about a connection; a form follows from it. 连接参数。

    `label` and `help` are message ids. A `secret` is kept encrypted and never shown again.
    """

    name: str
    label: str
    kind: SettingKind = "text"
    required: bool = False
    default: str = ""
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LiveColumn:
    """One column as the database tells of it. 源字段。

    `moves` says that its values can order changes: a number, a date or a time. `binary` columns
    come as hexadecimal digits.
    """

    name: str
    type: str
    comment: str = ""
    key: bool = False
    moves: bool = False
    binary: bool = False


@dataclass(frozen=True, slots=True)
class LiveTable:
    """One table or view that may be read; `rows` is the database's own guess. 源表。"""

    name: str
    comment: str = ""
    rows: int | None = None
    columns: tuple[LiveColumn, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """The primary key's columns. 主键列。"""
        return tuple(column.name for column in self.columns if column.key)

    def find(self, name: str) -> LiveColumn | None:
        """The column of that name, or None. 查找字段。"""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read of a table. 读取请求。

    With `watermark` only rows whose value there is above `since` (or equal to it too, where
    `from_since`), minus `overlap` (seconds for times, days for dates, else a number), up to the
    greatest value when the reading began. Without `since` everything is read, rows without a
    watermark value among it.
    """

    table: str
    columns: tuple[str, ...]
    watermark: str = ""
    since: str = ""
    from_since: bool = False
    overlap: int = 0
    batch: int = 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading that has begun: all of it sees one state of the database. 一次读取。

    `upper` is the greatest watermark value in it, "" where there is none.
    """

    columns: tuple[str, ...]
    blocks: Iterator[list[Row]]
    upper: str = ""
    total: int | None = None


class TableSource(Protocol):
    """An open connection to a database. 数据库连接。"""

    def check(self) -> str:
        """What answers there, in words: product and version. 检查连接。"""

    def discover(self) -> list[LiveTable]:
        """Every table and view that may be read, with its columns. 发现数据表。"""

    def describe(self, table: str) -> LiveTable:
        """One table; NotFound where there is none. 查看数据表。"""

    def read(self, wanted: Wanted) -> AbstractContextManager[Reading]:
        """Begin to read. 开始读取。"""


@dataclass(frozen=True, slots=True)
class LiveFile:
    """One file of a folder; `name` is its path below the folder. 源文件。"""

    name: str
    size: int
    modified_at: datetime


class FileSource(Protocol):
    """An open folder. 已打开的目录。"""

    def check(self) -> str:
        """What stands there, in words. 检查连接。"""

    def list_files(self) -> list[LiveFile]:
        """The files below the folder, by name. 列出文件。"""

    def open_file(self, name: str) -> AbstractContextManager[BinaryIO]:
        """The bytes of a file. 打开文件。"""


Opened = TableSource | FileSource
OpenFunction = Callable[[Mapping[str, str], Mapping[str, str]], AbstractContextManager[Opened]]


@dataclass(frozen=True, slots=True)
class LiveKind:
    """One kind of live source. 数据源类型。

    `open_source(settings, secrets)` connects; the block's end lets go. `hint` says in a sentence
    what the other side should grant.
    """

    name: str
    label: str
    shape: Shape
    settings: tuple[Setting, ...]
    open_source: OpenFunction
    hint: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def secrets(self) -> frozenset[str]:
        """Which settings are secret. 保密参数。"""
        return frozenset(one.name for one in self.settings if one.kind == "secret")


LIVE_KINDS: Registry[LiveKind] = Registry("kind of live source")
