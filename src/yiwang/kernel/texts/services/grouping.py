"""Which texts say the same, and which are about the same matter. 重复与归并。

A text is kept as its weightiest pieces; the rarest pairs of them are its keys. Whoever shares keys
is compared, nobody else, so that one more text costs the same however many there are. Nothing is
decided for good: a person may take a text out of a group or put it into another.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .grams import count_grams, likeness, weigh

KEPT = 40
KEYS = 10
SHARED_AT_LEAST = 2
COMPARED_AT_MOST = 60
REPEAT = 0.80
"""From this likeness on a text is taken for a repeat of the other. 重复阈值。"""
ALIKE = 0.45
"""From this likeness on two texts are about one matter. 同类事项阈值。"""


@dataclass(frozen=True, slots=True)
class Trace:
    """What is kept of a text to find those like it. 文本特征。"""

    vector: Mapping[str, float]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The text that another is most like. 最相似文本。"""

    ref: str
    likeness: float

    @property
    def repeats(self) -> bool:
        """Whether it says the same. 是否重复。"""
        return self.likeness >= REPEAT


def trace_of(texts: Sequence[str], rare: Mapping[str, float]) -> Trace:
    """The weightiest pieces of a text and the pairs under which it is found. 提取特征。

    A piece that nobody has written yet is as rare as any: what is new is found by what is new in it.
    """
    counts = count_grams(texts)
    unseen = max(rare.values(), default=1.0)
    weighed = weigh(counts, {gram: rare.get(gram, unseen) for gram in counts})
    heaviest = sorted(weighed.items(), key=lambda one: (-one[1], one[0]))[:KEPT]
    length = sum(weight * weight for _, weight in heaviest) ** 0.5 or 1.0
    pairs = [gram for gram, _ in heaviest if len(gram) > 1]
    return Trace(
        {gram: round(weight / length, 4) for gram, weight in heaviest}, tuple(pairs[:KEYS])
    )


def pick_candidates(shared: Iterable[str]) -> list[str]:
    """Of those that share keys, each named once for each key, the ones worth comparing. 候选。"""
    counted = Counter(shared)
    often = counted.most_common(COMPARED_AT_MOST)
    return [ref for ref, count in often if count >= SHARED_AT_LEAST]


def find_match(trace: Trace, others: Mapping[str, Mapping[str, float]]) -> Match | None:
    """The one that a text is most like, if it is about the same matter. 匹配。"""
    found = [Match(ref, likeness(trace.vector, vector)) for ref, vector in others.items()]
    best = max(found, key=lambda one: (one.likeness, one.ref), default=None)
    return best if best and best.likeness >= ALIKE else None


class Groups:
    """Texts put together one after the other, in memory. 内存归并。"""

    def __init__(self, rare: Mapping[str, float]) -> None:
        self.rare = rare
        self.traces: dict[str, Trace] = {}
        self.group: dict[str, str] = {}
        self.holders: dict[str, list[str]] = defaultdict(list)

    def add(self, ref: str, texts: Sequence[str]) -> Match | None:
        """Add a text: it joins the group of the one it is most like, else begins its own. 加入。"""
        trace = trace_of(texts, self.rare)
        near = pick_candidates(
            other for key in trace.keys for other in self.holders[key][-COMPARED_AT_MOST * 4 :]
        )
        match = find_match(trace, {one: self.traces[one].vector for one in near})
        self.group[ref] = self.group[match.ref] if match else ref
        self.traces[ref] = trace
        for key in trace.keys:
            self.holders[key].append(ref)
        return match
