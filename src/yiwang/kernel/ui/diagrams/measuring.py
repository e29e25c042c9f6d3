"""How wide texts are, before any browser has seen them. 文字度量。

No font is asked: Chinese takes a whole em, other letters about half. A guess a little too wide
keeps every text inside its box.
"""

from __future__ import annotations

import re
from unicodedata import category, east_asian_width

FONT, SMALL_FONT = 14, 12
LINE, SMALL_LINE = 19, 16
WHOLE, CAPITAL, NARROW, OTHER = 1.0, 0.72, 0.36, 0.58
_NARROW = frozenset("iljt.,:;|!'()[] ")
_BREAK = re.compile(r"\s+|(?<=[\u2e80-\uffef])|(?=[\u2e80-\uffef])")


def measure(text: str, *, small: bool = False) -> int:
    """The width of a text in a drawing, at most. 文字宽度。"""
    return round(sum(map(_width_of, text)) * (SMALL_FONT if small else FONT) + 0.5)


def _width_of(letter: str) -> float:
    if east_asian_width(letter) in "WFA":
        return WHOLE
    if category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if letter in _NARROW:
        return NARROW
    return CAPITAL if letter.isupper() or letter in "mw%@→" else OTHER


def clip_text(text: str, width: int, *, small: bool = False) -> str:
    """The text on one line, with … where it had to be cut. 截断。"""
    text = " ".join(text.split())
    if measure(text, small=small) <= width:
        return text
    while text and measure(text + "…", small=small) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def break_text(text: str, width: int, most: int) -> list[str]:
    """The text in lines no wider than `width`, the last of at most `most` cut with …. 折行。

    Chinese breaks anywhere, other words between words; a word too long for a line is broken too.
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most - 1:
        line = _take_line(rest, width)
        lines.append(line.rstrip())
        rest = rest[len(line) :].lstrip()
    return [*lines, clip_text(rest, width)] if rest else lines or [""]


def _take_line(text: str, width: int) -> str:
    """As much of the text as fits, up to a place where it may break."""
    if measure(text) <= width:
        return text
    fits = next(at for at in range(1, len(text) + 1) if measure(text[:at]) > width) - 1
    breaks = [found.start() for found in _BREAK.finditer(text) if 0 < found.start() <= fits]
    return text[: breaks[-1] if breaks else max(fits, 1)]
