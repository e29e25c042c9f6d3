"""What programs ask by and are answered with. 授权查询用语。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from yiwang.kernel.base.errors import YiwangError

ODATA, CKAN = "odata", "ckan"
"""How a delivery out left. 交付方式。"""
ROW, CKAN_ROW = "_row", "_id"
"""Under what name the number of a row goes. 行号字段。"""
SKIP_AT_MOST = 100_000
"""Rows that may be passed over by counting them; beyond, pages are followed. 跳过上限。"""
FILTER_LENGTH = 2_000


class Unsupported(YiwangError):
    """The protocol knows it and this node does not do it. 不支持的功能。"""

    status = 501


class Unreadable(YiwangError):
    """What was sent is no request of the protocol. 无法读取。"""

    status = 400


class MethodNotAllowed(YiwangError):
    """Nothing can be changed here. 方法不允许。"""

    status = 405


class NotAcceptable(YiwangError):
    """The answer does not come in the form that is wanted. 形式不支持。"""

    status = 406


@dataclass(frozen=True, slots=True)
class Column:
    """A granted column: its name, and the ASCII name for programs that take no other. 授权列。"""

    name: str
    short: str
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """What a grant offers to programs. 授权数据源。"""

    grant_id: str
    number: str
    terms: int
    title: str
    columns: tuple[Column, ...]

    @property
    def shorts(self) -> Mapping[str, str]:
        """Short names by the names of the columns. 短名。"""
        return {one.name: one.short for one in self.columns}

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the columns by their short names. 列名。"""
        return {one.short: one.name for one in self.columns}


@dataclass(frozen=True, slots=True)
class Options:
    """One page as it is asked for over OData; `after` and `version` come from the page before. 取页选项。"""

    select: tuple[str, ...] = ()
    where: str = ""
    top: int | None = None
    skip: int = 0
    after: int = 0
    version: int = 0
    count: bool = False
    size: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows under a grant: cells in the order of `columns`. 数据页。"""

    columns: tuple[str, ...]
    rows: Sequence[tuple[int, Sequence[str | None]]]
    version: int
    more: bool
    after: int
    total: int | None = None
    masked: frozenset[str] = field(default_factory=frozenset)
