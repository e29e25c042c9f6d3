"""Which regular expressions an element may have. 数据元的正则表达式。

Python's engine tries one way after another to match a value, and a careless pattern has more ways
than there are seconds: `(a+)+b` hangs on thirty letters. So the ways are counted before a pattern
is taken; DuckDB's engine needs no such care, but knows no look-around and no back-references.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _parser  # type: ignore[attr-defined] # the only way to see what a pattern is made of
from typing import Any

WAYS = 1e7
# A repeat without an end may stop after each character of a value; values are cut at 200.
ENDLESS = 200
_ONE = {"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"}
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}


def is_bounded(pattern: str) -> bool:
    """Whether both engines know it and Python's is through with any value soon. 是否安全。"""
    try:
        return _ways(_parser.parse(pattern)) <= WAYS
    except (re.error, OverflowError, _Unknown):
        return False


class _Unknown(Exception):
    pass


def _ways(items: Iterable[tuple[Any, Any]]) -> float:
    """In how many ways a sequence can match, at most."""
    ways = 1.0
    for kind, content in items:
        ways *= _ways_of(str(kind), content)
    return ways


def _ways_of(kind: str, content: Any) -> float:
    if kind in _ONE:
        return 1.0
    if kind == "SUBPATTERN":
        return _ways(content[-1])
    if kind == "BRANCH":
        return sum(_ways(branch) for branch in content[1])
    if kind in _REPEATS:
        least, most, body = content
        return _ways_of_repeat(int(least), min(int(most), max(ENDLESS, int(least))), body)
    raise _Unknown


def _ways_of_repeat(least: int, most: int, body: Any) -> float:
    one = _ways(body)
    if one == 1.0:
        return most - least + 1.0
    return sum(one**times for times in range(least, most + 1))
