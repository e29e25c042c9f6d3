"""Personal data inside texts and columns. 个人信息识别服务。"""

from yiwang.kernel.standards.finder.columns import judge_column
from yiwang.kernel.standards.finder.find import find_spans, mask_spans
from yiwang.kernel.standards.finder.sql import likely_hold_sql, may_hold_sql
from yiwang.kernel.standards.finder.types import (
    KINDS,
    ColumnFinding,
    KindCount,
    PersonalKind,
    Span,
)

__all__ = [
    "KINDS",
    "ColumnFinding",
    "KindCount",
    "PersonalKind",
    "Span",
    "find_spans",
    "judge_column",
    "likely_hold_sql",
    "mask_spans",
    "may_hold_sql",
]
