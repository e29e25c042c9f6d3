"""The nearest of known names, for a name that nobody knows. 拼写建议。"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

_LOOKED_AT = 2_000
_LONGEST = 80
# One of two Chinese characters is near enough to be meant.
_NEAR = 0.5


def suggest(name: str, known: Iterable[str]) -> str:
    """` → name?` where a known one is near, else nothing. 拼写建议。"""
    by_lower = {item.lower(): item for item in islice(known, _LOOKED_AT)}
    near = get_close_matches(name[:_LONGEST].lower(), by_lower, 1, _NEAR)
    return f" → {by_lower[near[0]]}?" if near else ""
