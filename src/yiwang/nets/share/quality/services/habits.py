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
FILLED = "几乎全部有值，空缺可疑", "nearly all are filled, the empty ones are suspect"
NUMBERS = "几乎全为数字，其余可疑", "nearly all are numbers, the others are suspect"
DATES = "几乎全为日期，其余可疑", "nearly all are dates, the others are suspect"
SHAPES = "几乎全为同一样式，其余可疑", "nearly all have one shape, the others are suspect"


def suspect_values(column: ColumnProfile, *, bound: bool, key: bool) -> Iterator[RuleSpec]:
    """The rules that a column's own values suggest. 推断规则。

    Of a `bound` column the element says what its values are; a `key` must be filled anyway.
    """
    said = _count_words(column)
    if column.filled - said < LEAST_ROWS:
        return
    if not key and 0 < column.rows - column.filled + said <= (1 - SURE) * column.rows:
        yield _suspect(column.name, RuleKind.REQUIRED, {}, *FILLED)
    if not bound:
        yield from _of_values(column, 0 if column.sampled else said)


def _count_words(column: ColumnProfile) -> int:
    """Cells that hold, among the commonest values, a word for nothing: 无, N/A."""
    words = (one for one in column.top if one.value and one.value.strip())
    return sum(one.rows for one in words if _is_blank(one.value or ""))


def _is_blank(value: str) -> bool:
    return BLANK.fullmatch(value) is not None and not DIGIT.search(value)


def _of_values(column: ColumnProfile, said: int) -> list[RuleSpec]:
    """Of the cells that say something, what nearly all are; `said` are words for nothing."""
    real = column.filled / (column.filled - said)
    counted = column.sampled or column.filled - said
    # The profile takes 5% as a number, the reading of numbers does not: it is a shape.
    percents = sum(one.rows for one in column.patterns if (one.value or "").endswith("%"))
    numbers = column.numeric * real - percents / counted
    if SURE <= numbers < 1:
        return [_suspect(column.name, RuleKind.TYPED, {"type": "number"}, *NUMBERS)]
    if SURE <= column.dates * real < 1:
        return [_suspect(column.name, RuleKind.TYPED, {"type": "date"}, *DATES)]
    shape = _usual_shape(column, counted)
    # The digits of a code are counted, those of a measure such as 9.5 are not.
    if not shape or (numbers >= SURE and "\\." in shape):
        return []
    return [_suspect(column.name, RuleKind.PATTERN, {"pattern": shape}, *SHAPES)]


def _usual_shape(column: ColumnProfile, counted: int) -> str:
    """The regular expression of the shape that nearly all values have, where it says anything.

    Where no shape is that common with its lengths, the lengths are left out: `京A12` and `京A123`.
    """
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
