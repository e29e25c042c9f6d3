"""What a dashboard declares: blocks that count, list and tell. 统计看板声明。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Label = Mapping[str, str]
BlockKind = Literal["figures", "table", "bars", "records", "text"]
Each = Literal["", "year", "month"]
Of = Literal["count", "sum", "avg", "share", "median"]


@dataclass(frozen=True, slots=True)
class By:
    """What rows are put together by: a field, of a date perhaps only its year or month. 分组项。"""

    key: str
    each: Each = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a group. 统计量。

    How many records; the sum or the mean of `key`; the share of those for which `when` holds; of
    ended cases the median of days in hand. With
    `when` only these are counted, summed and averaged.
    """

    label: Label
    of: Of = "count"
    key: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a dashboard. 看板块。

    `where` is a fixed filter over records of `entity`, or over cases of the types `cases`. Figures
    and tables have `measures`, bars the first of them; a table is by one or two fields, bars by one.
    A list of records has `columns` and `order`. `most` is how many groups, bars or records are told.
    """

    kind: BlockKind
    title: Label = field(default_factory=dict)
    entity: str = ""
    cases: tuple[str, ...] = ()
    where: str = ""
    by: tuple[By, ...] = ()
    measures: tuple[Measure, ...] = ()
    columns: tuple[str, ...] = ()
    order: str = ""
    most: int = 20
    text: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A page of blocks, printed and handed out as it stands. 统计看板与报告。"""

    code: str
    title: Label
    blocks: tuple[Block, ...]
    help: Label = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Counted:
    """One number of a dashboard: its block, measure and group, for one reader on one day. 看板数字。

    `title` is that of the block, else of the dashboard; without `keys` all groups are meant.
    """

    title: str
    block: Block
    measure: Measure
    keys: tuple[Any, ...]
    facts: tuple[tuple[str, str], ...] = ()


CASE_FIELDS = (
    "state", "light", "kind", "step", "outcome", "in_time",
    "organization", "unit", "handled_by", "opened", "closed",
)  # fmt: skip
"""What cases are counted and asked by; all texts, days as 2026-03-01. 流程统计项。"""
CASE_DATES = ("opened", "closed")
