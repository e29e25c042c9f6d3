"""Texts as counted pieces of one and two characters. 字符片段。

Chinese has no spaces; single characters and pairs carry most of what words would, and need no
dictionary that a city would have to keep.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

BODY_AT_MOST = 200
"""Characters of each text after the first that count: what a letter is about stands at its start. 正文截取长度。"""
HEAVIEST = 120
"""Pieces of one text that are kept: the rest weighs next to nothing. 保留片段数。"""

Counts = Mapping[str, float]


def normalize(text: str) -> str:
    """Letters and digits only, in one width and case. 归一化。"""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def count_grams(texts: Sequence[str]) -> dict[str, float]:
    """How much each piece stands for in a text: the first is the title, of others the start counts. 片段计数。"""
    found: Counter[str] = Counter()
    for at, text in enumerate(texts):
        plain = normalize(text)
        found.update(_pieces(plain[:BODY_AT_MOST] if at else plain))
    return {gram: 1 + math.log(count) for gram, count in found.items()}


def _pieces(text: str) -> Iterable[str]:
    yield from text
    yield from (text[at : at + 2] for at in range(len(text) - 1))


def rarity(counted: Sequence[Counts]) -> dict[str, float]:
    """How rare each piece is among texts; those of one text only say nothing of others. 稀有度。"""
    seen = Counter(gram for one in counted for gram in one)
    most = len(counted) + 1
    return {gram: math.log(most / (count + 1)) + 1 for gram, count in seen.items() if count > 1}


def weigh(counts: Counts, rare: Mapping[str, float]) -> dict[str, float]:
    """The heaviest pieces of a text, of length 1 together. 加权向量。"""
    weighed = [(counts[gram] * rare[gram], gram) for gram in counts.keys() & rare.keys()]
    heaviest = sorted(weighed, reverse=True)[:HEAVIEST]
    length = math.sqrt(sum(weight * weight for weight, _ in heaviest)) or 1.0
    return {gram: weight / length for weight, gram in heaviest}


def likeness(left: Counts, right: Counts) -> float:
    """How alike two weighed texts are, 0 to 1. 相似度。"""
    if len(left) > len(right):
        left, right = right, left
    return sum(weight * right.get(gram, 0.0) for gram, weight in left.items())
