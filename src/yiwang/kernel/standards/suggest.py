"""Which element a column holds, judged from its name and sample values. 数据元推荐。

The name speaks first; values confirm or contradict it. Values alone speak only for elements that
are known by them (a check digit or a shape nothing else has), never for short codes: a column of
1 and 2 may be anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .checks import CHECKS
from .readings import read_text
from .types import CodeSetVersion, Element, Reason, Suggestion

SAMPLE_LIMIT = 500
FEW = 5
THRESHOLD = 0.3
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
NOISE = re.compile(r"[\s_\-./:：*#\"'、，,;；?？!！]+")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")


def suggest(
    elements: Sequence[Element],
    code_sets: Mapping[str, CodeSetVersion],
    column_name: str,
    samples: Sequence[str | None],
    limit: int,
) -> list[Suggestion]:
    """The likeliest elements of a column, best first. 推荐数据元。"""
    values = [v for v in samples if v is not None and v.strip()][:SAMPLE_LIMIT]
    found = [_judge(element, code_sets, column_name, values) for element in elements]
    likely = [one for one in found if one is not None and one.score >= THRESHOLD]
    return sorted(likely, key=lambda one: -one.score)[:limit]


def fold_name(name: str) -> str:
    """A column heading without brackets' contents, marks and case. 规范列名。"""
    plain = BRACKETS.sub("", unicodedata.normalize("NFKC", name))
    return NOISE.sub("", plain).lower()


@dataclass(frozen=True, slots=True)
class _Share:
    """How many of the values fit, and what they were held against. 符合比例。"""

    share: float
    zh: str
    en: str


def _judge(
    element: Element,
    code_sets: Mapping[str, CodeSetVersion],
    column_name: str,
    values: Sequence[str],
) -> Suggestion | None:
    score, reasons = _name_score(element, column_name)
    if not score and _has_shape(element, values):
        score, reasons = _name_score(element, column_name, weak=True)
    if not score and not element.known_by_values:
        return None
    fit = _share(element, code_sets, values)
    if fit is not None:
        score = _weigh(element, score, fit.share, len(values))
        percent = f"{fit.share:.0%}"
        reasons = [
            *reasons,
            Reason(f"{percent} 的样例值符合{fit.zh}", f"{percent} of the samples fit {fit.en}"),
        ]
    if not score:
        return None
    return Suggestion(element.code, round(score, 3), tuple(reasons), element.zh, element.en)


def _weigh(element: Element, score: float, share: float, count: int) -> float:
    """Values add to a name, take from it, or speak alone where they may. 加权。"""
    if score:
        return score + 0.3 * share if share >= 0.5 or count < FEW else score * 0.4
    if share < 0.9 or count < FEW:
        return 0.0
    return 0.8 * share if element.check else 0.6 * share


def _has_shape(element: Element, values: Sequence[str]) -> bool:
    """Whether half of the values look like what a weak heading may mean. 形状相符。"""
    if not element.shape or not values:
        return False
    fits = sum(bool(re.fullmatch(element.shape, value.strip())) for value in values)
    return fits >= len(values) / 2


def _name_score(
    element: Element, column_name: str, *, weak: bool = False
) -> tuple[float, list[Reason]]:
    name = fold_name(column_name)
    best, alias = 0.0, ""
    strong = (element.zh, element.code, *element.aliases)
    for candidate in element.weak_aliases if weak else strong:
        score = _alias_score(name, column_name, fold_name(candidate))
        if score > best:
            best, alias = score, candidate
    if not best:
        return 0.0, []
    return best, [Reason(f"列名与“{alias}”相符", f"The column name matches “{alias}”")]


def _alias_score(name: str, column_name: str, alias: str) -> float:
    if not name or not alias:
        return 0.0
    if name == alias:
        return 0.7
    if alias.isascii():
        parts = [part.lower() for part in PARTS.findall(column_name)]
        return 0.45 + 0.01 * len(alias) if len(alias) > 2 and _runs(parts, alias) else 0.0
    if len(alias) < 2 or alias not in name:
        return 0.0
    at_end = 0.1 if name.endswith(alias) else 0.0
    return 0.35 + at_end + 0.15 * len(alias) / len(name)


def _runs(parts: Sequence[str], alias: str) -> bool:
    """Whether whole words of the heading, joined, are the alias at its end. 按词匹配。"""
    return any("".join(parts[start:]) == alias for start in range(len(parts)))


def _share(
    element: Element, code_sets: Mapping[str, CodeSetVersion], values: Sequence[str]
) -> _Share | None:
    if not values:
        return None
    codes = code_sets.get(element.code_set)
    if codes is not None:
        names = {code.name for code in codes.codes.values()} | set(codes.codes)
        short = {name.removesuffix("性").removesuffix("族") for name in names}
        fits = sum(value.strip() in names or value.strip() in short for value in values)
        return _Share(fits / len(values), f"代码集“{codes.zh}”", f"the code set “{codes.en}”")
    texts = [read_text(element, value).text for value in values]
    if element.check:
        holds = CHECKS[element.check].holds
        fits = sum(text is not None and holds(text) for text in texts)
        return _Share(fits / len(values), "校验规则", "the check rule")
    if element.pattern:
        fits = sum(text is not None and bool(re.fullmatch(element.pattern, text)) for text in texts)
        return _Share(fits / len(values), "格式", "the format")
    if element.type in ("date", "datetime", "number", "integer"):
        fits = sum(text is not None for text in texts)
        return _Share(fits / len(values), "数据类型", "the data type")
    return None
