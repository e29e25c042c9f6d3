"""Which element a column holds, judged from its name and sample values. 数据元推荐。

The name speaks first; values confirm or contradict it. Values alone speak only for elements that
are known by them (a check digit or a shape nothing else has), never for short codes: a column of
1 and 2 may be anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .checks import CHECKS, DIGITS
from .readings import read_text
from .types import CodeSetVersion, Element, Reason, Suggestion

SAMPLE_LIMIT = 500
FEW = 5
FEWEST = 3
THRESHOLD = 0.3
EXACT = 0.7
AGREE = 0.8
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
    bare = NOISE.sub("", plain).lower()
    return bare.rstrip(DIGITS) or bare


_Test = tuple[Callable[[str], bool], str, str]


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
    score, reasons = _name_score(element, column_name, element.aliases)
    weak = not score and element.weak_aliases
    if weak:
        score, reasons = _name_score(element, column_name, element.weak_aliases, own=False)
    if not score and not element.known_by_values:
        return None
    fit = _share(element, code_sets, values)
    if fit is not None:
        score = _weigh(element, score, fit.share, len(values))
    if weak and score and (fit is None or fit.share < AGREE or len(values) < FEWEST):
        return None
    if fit is not None:
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
        if share >= 0.5 or count < FEW:
            return score + 0.3 * share
        # A heading that says exactly so is believed even against its values: better masked.
        return score * (0.6 if score >= EXACT else 0.4)
    if share < 0.9 or count < FEW:
        return 0.0
    return 0.8 * share if element.check else 0.6 * share


def _name_score(
    element: Element, column_name: str, aliases: Sequence[str], *, own: bool = True
) -> tuple[float, list[Reason]]:
    name = fold_name(column_name)
    best, alias = 0.0, ""
    for candidate in (element.zh, element.code, *aliases) if own else aliases:
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
        return EXACT
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
    """The strictest thing known of the element, and how many values fit it. 符合比例。"""
    if not values:
        return None
    test = _test(element, code_sets)
    if test is None:
        return None
    fits, zh, en = test
    return _Share(sum(map(fits, values)) / len(values), zh, en)


def _test(element: Element, code_sets: Mapping[str, CodeSetVersion]) -> _Test | None:
    codes = code_sets.get(element.code_set)
    if codes is not None:
        known = _spellings(codes)
        return lambda v: v.strip() in known, f"代码集“{codes.zh}”", f"the code set “{codes.en}”"
    if element.check:
        holds = CHECKS[element.check].holds
        return lambda v: holds(read_text(element, v).text or ""), "校验规则", "the check rule"
    if element.shape:
        usual = re.compile(element.shape)
        return lambda v: usual.fullmatch(v.strip()) is not None, "常见写法", "the usual wording"
    if element.pattern:
        form = re.compile(element.pattern)
        return (
            lambda v: form.fullmatch(read_text(element, v).text or "") is not None,
            "格式",
            "the format",
        )
    if element.type in ("date", "datetime", "number", "integer"):
        return lambda v: read_text(element, v).text is not None, "数据类型", "the data type"
    return None


def _spellings(codes: CodeSetVersion) -> set[str]:
    """Codes, names, and names without what people leave out (男性 as 男). 代码写法。"""
    names = {code.name for code in codes.codes.values()} | set(codes.codes)
    return names | {name.removesuffix("性").removesuffix("族") for name in names}
