"""Terms of Delta Sharing. 批量共享用语。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SCHEMA = "default"
"""Each share has one schema, with one table. 固定模式名。"""
METHOD = "delta"
CHANGE = "_change_type"
Kind = Literal["rows", "changes"]
"""The rows of a copy, or what changed since the copy before. 文件类别。"""


@dataclass(frozen=True, slots=True)
class Table:
    """One grant as programs see it. 共享表。"""

    share: str
    name: str
    grant_id: str


@dataclass(frozen=True, slots=True)
class Span:
    """Which versions of a table somebody wants the changes of, by number or by time. 变更范围。"""

    first: int | None = None
    last: int | None = None
    since: datetime | None = None
    until: datetime | None = None
