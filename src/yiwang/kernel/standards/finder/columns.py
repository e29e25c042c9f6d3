"""What a column holds, from its cells. 列识别。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .find import LONGEST, find_spans, find_whole
from .types import ColumnFinding, KindCount

MOSTLY = 0.8
"""Share of the cells that must be alike before what is not sure counts. 多数比例。"""
ALONE_SHARE = 0.02
"""Where cells hold nothing but numbers, fewer hits than this are chance. 偶合比例。"""


def judge_column(
    cells: Iterable[tuple[str, int]], *, filled: int = 0, passed: int = 0
) -> ColumnFinding:
    """The kinds in a column, given cells and for how many each stands. 判定列。

    `filled` is how many cells the column has, `passed` how many the filter let through, where
    `cells` are only those, or some of them. A sure hit inside a text counts however rare; a cell
    that is nothing but a number counts where enough cells are alike, since one in so many passes
    any check digit by chance.
    """
    inside: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    looked = stood_for = 0
    for text, count in cells:
        looked, stood_for = looked + 1, stood_for + count
        kind = find_whole(text[:LONGEST])
        if kind:
            whole[kind] += count
            continue
        for found in {span.kind for span in find_spans(text[:LONGEST]) if span.sure}:
            inside[found] += count
    total = max(filled, stood_for)
    kinds = {
        kind: KindCount(inside[kind] + whole[kind], whole[kind])
        for kind in {*inside, *whole}
        if inside[kind] or _counts(kind, whole[kind], total)
    }
    return ColumnFinding(total, max(passed, stood_for), looked, kinds)


WEAK = frozenset({"person_name", "passport", "bank_card", "phone"})
"""Kinds of which a lone cell may be something else. 弱特征种类。"""


def _counts(kind: str, cells: int, total: int) -> bool:
    share = cells / total if total else 0.0
    return share >= (MOSTLY if kind in WEAK else ALONE_SHARE)
