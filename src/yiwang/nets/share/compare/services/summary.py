"""The counts as people read them: named, grouped, with shares. 指标汇总。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.nets.share.compare.models import Comparison
from yiwang.nets.share.compare.types import (
    COUNT_NAMES,
    GROUPS,
    CountGroup,
    CountLine,
    NamedCount,
)

from .running import count_lines

ALL_KEYS, LEFT_KEYS, RIGHT_KEYS = (
    msg("of all distinct keys"),
    msg("of the distinct keys on the left"),
    msg("of the distinct keys on the right"),
)
WHOLES = {
    "left_blank_keys": (msg("of the rows on the left"), ("left_rows",)),
    "right_blank_keys": (msg("of the rows on the right"), ("right_rows",)),
    "left_duplicate_keys": (LEFT_KEYS, ("matched", "left_only")),
    "right_duplicate_keys": (RIGHT_KEYS, ("matched", "right_only")),
    "matched": (ALL_KEYS, ("matched", "left_only", "right_only")),
    "left_only": (ALL_KEYS, ("matched", "left_only", "right_only")),
    "right_only": (ALL_KEYS, ("matched", "left_only", "right_only")),
    "differing": (msg("of the matched keys"), ("matched",)),
    "same_key_pairs": (msg("of these pairs"), ("alternate_pairs",)),
    "other_key_same_thing": (msg("of these pairs"), ("alternate_pairs",)),
    "moved": (msg("of the matched keys"), ("matched",)),
}
"""Of which whole a count is a share: its name, and the counts that add up to it."""


def group_counts(comparison: Comparison) -> list[CountGroup]:
    """The counts in the order in which an official asks for them. 分组指标。"""
    lines = count_lines(comparison)
    numbers = {line.name: line.value for line in lines if not line.of}
    groups = []
    for title, names in GROUPS.items():
        found = tuple(_named(line, numbers) for line in lines if line.name in names)
        if found:
            groups.append(CountGroup(title, found))
    return groups


def _named(line: CountLine, numbers: dict[str, int]) -> NamedCount:
    words, parts = WHOLES.get(line.name, ("", ()))
    whole = sum(numbers[part] for part in parts)
    share = line.value / whole if whole else None
    return NamedCount(line, COUNT_NAMES[line.name], share, words if whole else "")
