"""Which characters of two texts differ. 字符差异。"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of both texts: the same on both sides, or not. 片段。"""

    left: str
    right: str

    @property
    def same(self) -> bool:
        """Whether both sides hold the same characters. 是否相同。"""
        return self.left == self.right


def compare_texts(left: str, right: str) -> list[Piece]:
    """Both texts cut into stretches that are the same or differ. 比较文本。

    Texts over 2,000 characters are compared as one stretch after their common head and before
    their common tail: the time taken must not depend on what somebody sent.
    """
    if max(len(left), len(right)) > LONGEST:
        return _compare_ends(left, right)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return [Piece(left[a:b], right[c:d]) for _, a, b, c, d in matcher.get_opcodes()]


def _compare_ends(left: str, right: str) -> list[Piece]:
    shortest = min(len(left), len(right))
    head = next((i for i in range(shortest) if left[i] != right[i]), shortest)
    rest = shortest - head
    tail = next((i for i in range(rest) if left[-1 - i] != right[-1 - i]), rest)
    ends = (len(left) - tail, len(right) - tail)
    pieces = [
        Piece(left[:head], right[:head]),
        Piece(left[head : ends[0]], right[head : ends[1]]),
        Piece(left[ends[0] :], right[ends[1] :]),
    ]
    return [piece for piece in pieces if piece.left or piece.right]
