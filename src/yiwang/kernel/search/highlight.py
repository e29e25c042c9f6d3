"""Marks what was searched for in the text as it stands. 高亮。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .types import Piece
from .words import fold

SNIPPET = 120
LEAD = 30


def mark(text: str, chunks: Sequence[str]) -> tuple[Piece, ...]:
    """The text in pieces, those that are one of the chunks marked, longest first. 标记命中。"""
    return _pieces(text, _spans(text, chunks))


def snippet(text: str, chunks: Sequence[str]) -> tuple[Piece, ...]:
    """About 120 characters around the first match, with ellipses. 摘要片段。"""
    spans = _spans(text, chunks)
    start = max(0, spans[0][0] - LEAD) if spans else 0
    end = min(len(text), start + SNIPPET)
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end]
    pieces = _pieces(text[start:end], inside)
    before = (Piece("…"),) if start else ()
    after = (Piece("…"),) if end < len(text) else ()
    return (*before, *pieces, *after)


def _spans(text: str, chunks: Sequence[str]) -> list[tuple[int, int]]:
    if not chunks:
        return []
    folded, origin = _fold_with_origin(text)
    pattern = "|".join(re.escape(chunk) for chunk in chunks)
    return [
        (origin[found.start()], origin[found.end() - 1] + 1)
        for found in re.finditer(pattern, folded)
    ]


def _fold_with_origin(text: str) -> tuple[str, list[int]]:
    """Folded text, and for each of its characters the place it came from. 归一与位置。"""
    folded, origin = [], []
    for place, char in enumerate(text):
        for one in fold(char):
            folded.append(one)
            origin.append(place)
    return "".join(folded), origin


def _pieces(text: str, spans: list[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces, place = [], 0
    for start, end in spans:
        if start > place:
            pieces.append(Piece(text[place:start]))
        if end > place:
            pieces.append(Piece(text[max(start, place) : end], found=True))
            place = end
    if place < len(text):
        pieces.append(Piece(text[place:]))
    return tuple(pieces)
