"""Telling a category by the nearest texts whose category is known. 近邻分类。

Nothing is fitted: the texts themselves are the model, so each answer can be traced to the texts
that gave it, and a correction counts from the next training on. On letters to a city it was the
best of what was measured, see decision 0148.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.texts.types import Suggestion

from .grams import count_grams, rarity, weigh

NEIGHBOURS = 15
COMMON = 0.2
"""A piece that more than this share of the examples has tells little and costs most. 常见片段上限。"""
FEW = 200
EXAMPLES_AT_MOST = 5_000
CONTENT_AT_MOST = 32 << 20
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A text with its category; the first of the texts is the title. 样本。"""

    texts: tuple[str, ...]
    category: str


@dataclass(frozen=True)
class Nearest:
    """Weighed examples of known category. 近邻模型。"""

    rare: Mapping[str, float]
    vectors: Sequence[Mapping[str, float]]
    categories: Sequence[str]

    @cached_property
    def _holders(self) -> Mapping[str, list[tuple[int, float]]]:
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, vector in enumerate(self.vectors):
            for gram, weight in vector.items():
                found[gram].append((at, weight))
        return found

    def suggest(self, texts: Sequence[str]) -> list[Suggestion]:
        """Categories of the nearest examples by their share of the votes, the likeliest first. 建议。"""
        votes: dict[str, float] = defaultdict(float)
        for at, near in self._find_near(texts):
            votes[self.categories[at]] += near * near
        whole = sum(votes.values())
        ranked = sorted(votes.items(), key=lambda one: (-one[1], one[0]))
        return [Suggestion(category, vote / whole) for category, vote in ranked]

    def _find_near(self, texts: Sequence[str]) -> list[tuple[int, float]]:
        found: dict[int, float] = defaultdict(float)
        most = max(FEW, COMMON * len(self.vectors))
        for gram, weight in weigh(count_grams(texts), self.rare).items():
            holders = self._holders.get(gram, ())
            if len(holders) <= most:
                for at, other in holders:
                    found[at] += weight * other
        return nlargest(NEIGHBOURS, found.items(), key=lambda one: (one[1], -one[0]))


def learn(examples: Sequence[Example], names: Sequence[str] = ()) -> Nearest:
    """What tells categories by examples, and by the names of all categories there are. 训练。"""
    counted = [count_grams(one.texts) for one in examples]
    rare = rarity(counted)
    # A name is one text of few characters; each of its pieces counts although no letter has it yet.
    named = [count_grams([name]) for name in names]
    unseen = max(rare.values(), default=1.0)
    whole = {**{gram: unseen for one in named for gram in one}, **rare}
    vectors = [weigh(one, whole) for one in (*counted, *named)]
    return Nearest(whole, vectors, [*(one.category for one in examples), *names])


def write_model(model: Nearest) -> str:
    """A model as JSON. 模型文本。"""
    grams = sorted(model.rare)
    place = {gram: at for at, gram in enumerate(grams)}
    document = {
        "format": FORMAT,
        "grams": grams,
        "rare": [round(model.rare[gram], 4) for gram in grams],
        "categories": list(model.categories),
        "vectors": [
            [[place[gram], round(weight, 4)] for gram, weight in vector.items()]
            for vector in model.vectors
        ],
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    if len(text) > CONTENT_AT_MOST:
        raise InvalidInput(
            "texts.model.large", "These texts are too many for one model; train on fewer"
        )
    return text


def read_model(text: str, digest: str) -> Nearest:
    """A model from its JSON; InvalidInput unless it is what was written. 读取模型。"""
    if len(text) > CONTENT_AT_MOST or digest_of(text) != digest:
        raise InvalidInput("texts.model.changed", "This model is not what was trained")
    document = json.loads(text)
    grams = document["grams"]
    vectors = [{grams[at]: weight for at, weight in one} for one in document["vectors"]]
    return Nearest(dict(zip(grams, document["rare"], strict=True)), vectors, document["categories"])


def digest_of(text: str) -> str:
    """The SHA-256 of a model's text. 摘要。"""
    return hashlib.sha256(text.encode()).hexdigest()
