"""What others see of stored files. 文件类型。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiwang.kernel.base.act import Ref


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as others know it; `sha256` is of the plain bytes, in hex. 已存文件。"""

    id: str
    name: str
    size: int
    sha256: str
    owner: Ref
    resource_key: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """Bytes that are safely on disk but that no row names yet. 已写入内容。

    Made outside a transaction by `write_file`, given an owner inside one by `keep_file`. One that
    is never kept is swept away after a day.
    """

    id: str
    name: str
    size: int
    sha256: str
    resource_key: str


@dataclass(frozen=True, slots=True)
class FilesReport:
    """How contents stand against their rows: counts, and some of the ids in trouble. 核对结果。"""

    rows: int
    missing: int
    damaged: int
    listed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """What somebody sent, as it is kept: its name, and its content type by its bytes. 已校验附件。"""

    name: str
    kind: str
