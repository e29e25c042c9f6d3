"""How well categories are told, of texts that were held back. 测评。

Each text is held back once: it is judged by a model that was trained without its fifth of the
texts. The fifth is drawn from the text itself, so the split is the same everywhere, and two copies
of one letter never stand on both sides.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from yiwang.kernel.texts.types import (
    Chosen,
    ClassResult,
    LevelResult,
    Measured,
    Suggestion,
    level_of,
)

from .grams import normalize
from .nearest import Example, learn

PARTS = 5
LEASTS = (0.3, 0.5, 0.7, 0.9)
Judged = Sequence[tuple[Example, list[Suggestion]]]


def measure(
    examples: Sequence[Example],
    names: Sequence[str] = (),
    *,
    levels: int = 1,
) -> Measured:
    """What each text gets from a model that has not seen it. 留出测评。"""
    judged = _judge(examples, names)
    told = [(one.category, likely) for one, likely in judged]
    return Measured(
        examples=len(examples),
        levels=[_level(told, level) for level in range(1, levels + 1)],
        chosen=[_choose(told, least) for least in LEASTS],
    )


def part_of(texts: Sequence[str]) -> int:
    """The fifth that a text belongs to. 所属份。"""
    told = "\n".join(map(normalize, texts)).encode()
    return int(hashlib.sha256(told).hexdigest()[:8], 16) % PARTS


def merge_levels(likely: Sequence[Suggestion], level: int) -> list[Suggestion]:
    """Suggestions cut to their first levels, their shares added up. 按层级合并。"""
    shares: dict[str, float] = defaultdict(float)
    for one in likely:
        shares[level_of(one.category, level)] += one.confidence
    ranked = sorted(shares.items(), key=lambda one: (-one[1], one[0]))
    return [Suggestion(category, share) for category, share in ranked]


def _judge(examples: Sequence[Example], names: Sequence[str]) -> Judged:
    parts = [part_of(one.texts) for one in examples]
    found = []
    for part in range(PARTS):
        known = [one for one, at in zip(examples, parts, strict=True) if at != part]
        model = learn(known, names)
        found += [
            (one, model.suggest(one.texts))
            for one, at in zip(examples, parts, strict=True)
            if at == part
        ]
    return found


Told = Sequence[tuple[str, list[Suggestion]]]


def _level(told: Told, level: int) -> LevelResult:
    wanted = [level_of(category, level) for category, _ in told]
    merged = [
        [one.category for one in merge_levels(likely, level)[:3]] or [""] for _, likely in told
    ]
    got = [one[0] for one in merged]
    classes = _classes(wanted, got)
    return LevelResult(
        level=level,
        accuracy=_share(a == b for a, b in zip(wanted, got, strict=True)),
        macro_f1=sum(map(_f1, classes)) / max(1, len(classes)),
        top3=_share(a in near for a, near in zip(wanted, merged, strict=True)),
        classes=classes,
    )


def _classes(wanted: Sequence[str], got: Sequence[str]) -> list[ClassResult]:
    is_right = Counter(a for a, b in zip(wanted, got, strict=True) if a == b)
    true, said = Counter(wanted), Counter(got)
    return [
        ClassResult(
            name, true[name],
            precision=is_right[name] / said[name] if said[name] else 0.0,
            recall=is_right[name] / true[name],
        )
        for name in sorted(true, key=lambda one: (-true[one], one))
    ]  # fmt: skip


def _f1(one: ClassResult) -> float:
    both = one.precision + one.recall
    return 2 * one.precision * one.recall / both if both else 0.0


def _choose(told: Told, least: float) -> Chosen:
    taken = [(wanted, likely[0]) for wanted, likely in told if likely]
    sure = [(wanted, one) for wanted, one in taken if one.confidence >= least]
    return Chosen(
        least, len(sure) / max(1, len(told)), _share(wanted == one.category for wanted, one in sure)
    )


def _share(found: Iterable[bool]) -> float:
    held = list(found)
    return sum(held) / len(held) if held else 0.0
