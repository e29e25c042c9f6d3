"""Addresses that every page draws by the dozen. 常用地址。

Finding one among some hundred routes takes longer than drawing the line it stands in. They are the
same as long as a process runs, so each is asked for once.
"""

from __future__ import annotations

from functools import cache, lru_cache

from django.urls import reverse

_PLACE = "0" * 26


@cache
def find_plain(route: str) -> str:
    """The address of a route that needs nothing filled in. 无参地址。"""
    return reverse(route)


@lru_cache(maxsize=100)
def _split(route: str) -> tuple[str, str]:
    before, _, after = reverse(route, args=[_PLACE]).partition(_PLACE)
    return before, after


def find_one(route: str, key: str) -> str:
    """The address of one thing of a list by its id, which holds no sign that an address escapes. 单项地址。"""
    before, after = _split(route)
    return before + key + after
