"""What nearly all values of a column are, the few others are suspected not to be. 按值推断。

These rules need no data element. They are warnings and never count in a score.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from yiwang.kernel.pool.types import ColumnProfile
from yiwang.kernel.query.tables import BLANK_PATTERN
from yiwang.nets.share.quality.types import Dimension, RuleKind, RuleSpec, Severity

SURE = 0.95
"""Share of a column's cells that must be alike to expect it of all. 推断所需占比。"""
LEAST_ROWS = 50
SHAPED = re.compile(r"(?:[9A](?:\(\d+\))?|[-/.:])+")
MIXED = re.compile(r"(?=.*9)(?=.*[^9])[9A汉/.:%-]+")
"""Without lengths a shape says something only where digits stand beside something else."""
LENGTHS = re.compile(r"\(\d+\)")
UNITS = {"9": "[0-9]", "A": "[A-Za-z]", "汉": "[㐀-䶿一-鿿𠀀-𯨟]"}
BLANK = re.compile(BLANK_PATTERN)
DIGIT = re.compile(r"\d")


def suspect_values(column: ColumnProfile, *, bound: bool, key: bool) -> Iterator[RuleSpec]:
    """The rules that a column's own values suggest. 推断规则。

    Of a `bound` column the element says what its values are; a `key` must be filled anyway.
    """
    if column.filled < LEAST_ROWS:
        return
    if not key and 0 < _count_blank(column) <= (1 - SURE) * column.rows:
        yield _suspect(
            column.name, RuleKind.REQUIRED, {}, "几乎全部有值，空缺可疑",
            "nearly all are filled, the empty ones are suspect",
        )  # fmt: skip
    if not bound:
        yield from _of_values(column)


def _count_blank(column: ColumnProfile) -> int:
    """Cells that hold nothing or, among the commonest values, a word for nothing."""
    words = (one for one in column.top if one.value and one.value.strip())
    said = sum(one.rows for one in words if _is_blank(one.value or ""))
    return column.rows - column.filled + said


def _is_blank(value: str) -> bool:
    return BLANK.fullmatch(value) is not None and not DIGIT.search(value)


def _of_values(column: ColumnProfile) -> list[RuleSpec]:
    for kind, zh, en, share in (
        (
            "number",
            "几乎全为数字，其余可疑",
            "nearly all are numbers, the others are suspect",
            column.numeric,
        ),
        (
            "date",
            "几乎全为日期，其余可疑",
            "nearly all are dates, the others are suspect",
            column.dates,
        ),
    ):
        if SURE <= share < 1:
            return [_suspect(column.name, RuleKind.TYPED, {"type": kind}, zh, en)]
    shape = _usual_shape(column)
    if not shape:
        return []
    return [_suspect(column.name, RuleKind.PATTERN, {"pattern": shape}, "几乎全为同一样式，其余可疑",
                     "nearly all have one shape, the others are suspect")]  # fmt: skip


def _usual_shape(column: ColumnProfile) -> str:
    """The regular expression of the shape that nearly all values have, where it says anything.

    Where no shape is that common with its lengths, the lengths are left out: `京A12` and `京A123`.
    """
    counted = column.sampled or column.filled
    shapes = Counter({one.value: one.rows for one in column.patterns if one.value})
    without = Counter[str]()
    for shape, rows in shapes.items():
        without[LENGTHS.sub("", shape)] += rows
    for usual, says in ((shapes, SHAPED), (without, MIXED)):
        told, rows = usual.most_common(1)[0] if usual else ("", 0)
        if SURE <= rows / counted < 1 and says.fullmatch(told) and told != "9":
            return _as_regex(told, exact=usual is shapes)
    return ""


def _as_regex(shape: str, *, exact: bool) -> str:
    pieces = []
    for kind, _, count in re.findall(r"(.)(\((\d+)\))?", shape):
        unit = UNITS.get(kind, re.escape(kind))
        many = "" if kind not in UNITS else "+" if not exact else f"{{{count}}}" if count else ""
        pieces.append(unit + many)
    return "".join(pieces)


def _suspect(name: str, kind: RuleKind, params: Mapping[str, object], zh: str, en: str) -> RuleSpec:
    return RuleSpec(
        code=f"derived.{name}.usual_{kind.value}",
        kind=kind,
        dimension=Dimension.COMPLETENESS if kind == RuleKind.REQUIRED else Dimension.CONFORMITY,
        fields=(name,),
        params=params,
        severity=Severity.WARNING,
        title_zh=f"{name}：{zh}",
        title_en=f"{name}: {en}",
        derived=True,
    )
