"""What the pool hands to its callers. 数据池的类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

DeliveryKind = Literal["full", "append", "upsert", "delete"]
ROW = "_row"


@dataclass(frozen=True, slots=True)
class ValueCount:
    """One value and in how many rows it stands. 值与行数。 `value` None means absent."""

    value: str | None
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What one column looks like. 列概况。

    `absent` counts cells that the file left out, `empty` those that hold no character, `blank`
    those of white space only. Lengths are in characters. `numeric`, `dates` are shares of the
    cells with text. `patterns` writes a run of digits as 9(n), of Latin letters as A(n), of Han
    as 汉(n). `sampled` says that patterns and shares were read from that many distinct values
    (0: from all of them), and then patterns count those values, not rows; everything else is exact.
    `top` leaves out values that stand once where there are very many rows.
    """

    name: str
    rows: int
    absent: int
    empty: int
    blank: int
    distinct: int
    shortest: int
    longest: int
    smallest: str | None
    largest: str | None
    numeric: float
    dates: float
    top: tuple[ValueCount, ...] = ()
    patterns: tuple[ValueCount, ...] = ()
    sampled: int = 0

    @property
    def filled(self) -> int:
        """Rows whose cell holds more than white space. 有值行数。"""
        return self.rows - self.absent - self.empty - self.blank

    @property
    def unique(self) -> bool:
        """Whether no two filled cells are alike. 是否唯一。"""
        return self.filled == self.rows == self.distinct

    def count_top(self) -> dict[str, int]:
        """The commonest values that hold something, with their rows. 常见值计数。"""
        return {one.value: one.rows for one in self.top if one.value}


@dataclass(frozen=True, slots=True)
class StagedPart:
    """One Parquet file written and flushed, not yet part of any version. 暂存分片。"""

    path: Path
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class Staged:
    """Rows at rest in Parquet, waiting to be committed. 暂存数据。"""

    columns: tuple[str, ...]
    rows: int
    parts: tuple[StagedPart, ...]
    profile: tuple[ColumnProfile, ...] = ()


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One state of a table, for ever the same. 版本信息。

    `rows` is how many rows the state holds, `delivered` how many the delivery brought.
    """

    id: str
    table_id: str
    number: int
    kind: str
    state: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: int
    delivered: int
    digest: str
    act_id: str
    parent_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """How the columns of a delivery differ from those of the table. 列变化。

    `renamed` pairs a column that went with one that came at the same place.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    reordered: bool = False

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.renamed or self.reordered)


@dataclass(frozen=True, slots=True)
class CommitPlan:
    """A delivery checked against the version it will stand on. 提交计划。

    Made outside any transaction, because it may read millions of rows; `commit` refuses it when
    the table has moved on meanwhile.
    """

    table_id: str
    parent_id: str | None
    kind: DeliveryKind
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: int
    inserted: int
    changed: int
    removed: int
    smallest_key: str = ""
    largest_key: str = ""


@dataclass(frozen=True, slots=True)
class RowPage:
    """A page of rows. 数据页。 Each row is its number in the version and its cells, in order."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]
    more: bool
    next_after: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowSpan:
    """Rows numbered in one go: those after `first_row` came with a version. 行号区段。"""

    first_row: int
    rows: int
    version_id: str


@dataclass(frozen=True, slots=True)
class PartsReport:
    """How parts on disk stand against the manifest: counts, and some of the paths in trouble. 核对结果。"""

    parts: int
    missing: int
    damaged: int
    listed: tuple[str, ...]
