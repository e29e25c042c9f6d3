"""Bars drawn by the server: a chart that is a table, no script needed. 条形图。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its number, a colour that has a meaning or none. 条形。"""

    label: str
    value: float
    color: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ScaledBar:
    """A bar and its width in thousandths of the widest. 缩放后的条形。"""

    bar: Bar
    width: int


def scale_bars(bars: Iterable[Bar]) -> list[ScaledBar]:
    """Bars with widths; the widest has 1000, what is not nothing at least 4. 缩放。"""
    found = list(bars)
    widest = max((bar.value for bar in found), default=0)
    return [ScaledBar(bar, _width(bar.value, widest)) for bar in found]


def _width(value: float, widest: float) -> int:
    return max(4, round(1000 * value / widest)) if value > 0 and widest > 0 else 0
