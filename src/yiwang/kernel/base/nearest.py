"""The nearest of known names, for a name that nobody knows. 拼写建议。"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_LOOKED_AT = 2_000
_LONGEST = 80
# One of two Chinese characters is near enough to be meant.
_NEAR = 0.5


def find_nearest(name: str, known: Iterable[str], *, near: float = _NEAR) -> str:
    """The known name that is nearest, whatever the case of its letters; else nothing. 最近名称。"""
    by_lower: dict[str, str] = {}
    for item in islice(known, _LOOKED_AT):
        by_lower.setdefault(item.lower(), item)
    found = get_close_matches(name[:_LONGEST].lower(), by_lower, 1, near)
    return by_lower[found[0]] if found else ""


def suggest(name: str, known: Iterable[str], *, near: float = _NEAR) -> str:
    """` → name?` where a known one is near, else nothing. 拼写建议。"""
    found = find_nearest(name, known, near=near)
    return f" → {found}?" if found else ""
