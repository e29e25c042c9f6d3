"""Which element a column holds, judged from its name and sample values. 数据元推荐。

The name speaks first; values confirm or contradict it. Values alone speak only for elements that
are known by them (a check digit or a shape nothing else has), never for short codes: a column of
1 and 2 may be anything.

Hundreds of elements have thousands of headings, so they are looked up, not gone through: a heading
is cut into its parts, and each part is asked for in an index.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .checks import CHECKS, DIGITS
from .readings import read_text
from .types import CodeSetVersion, Element, Reason, Suggestion

SAMPLE_LIMIT = 500
NAME_LIMIT = 60
FEW = 5
FEWEST = 3
THRESHOLD = 0.3
EXACT = 0.7
ALMOST = 0.68
AGREE = 0.8
ALONE = 0.9
BY_INITIALS = 0.5
INITIALS = re.compile("[a-z]{3,12}")
# What is written where there is nothing to write.
BLANKS = frozenset(
    (
        "",
        "无",
        "暂无",
        "不详",
        "未知",
        "空",
        "-",
        "--",
        "/",
        "\\",
        "NA",
        "N/A",
        "na",
        "n/a",
        "null",
        "NULL",
    )
)
EMPTY_WORDS = frozenset({"name", "value", "text"})
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
NOISE = re.compile(r"[\s_\-./:：*#\"'、，,;；?？!！]+")
PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class _Named:
    """How well a heading names an element, and by which of its headings. 列名相符程度。"""

    score: float
    alias: str


@dataclass(frozen=True, slots=True)
class _Fit:
    """What the values of an element are held against. 取值判据。"""

    holds: Callable[[str], bool]
    zh: str
    en: str


class Suggester:
    """The elements of a day, made ready to be suggested. 数据元推荐器。"""

    def __init__(
        self, elements: Iterable[Element], code_sets: Mapping[str, CodeSetVersion]
    ) -> None:
        self._elements = {element.code: element for element in elements}
        self._code_sets = code_sets
        self._strong = _Headings((e.code, (e.zh, e.code, *e.aliases)) for e in self._all())
        self._weak = _Headings((e.code, e.weak_aliases) for e in self._all())
        self._initials: _Headings | None = None
        self._by_values = [e.code for e in self._all() if e.known_by_values]
        self._fits: dict[str, _Fit | None] = {}

    def suggest(
        self, column_name: str, samples: Sequence[str | None], limit: int
    ) -> list[Suggestion]:
        """The likeliest elements of a column, best first. 推荐数据元。"""
        values = [v for v in samples if v is not None and v.strip() not in BLANKS][:SAMPLE_LIMIT]
        column = _Column(column_name[:NAME_LIMIT], Counter(values), len(values))
        strong = self._strong.find(column.name) or self._find_by_initials(column.name)
        weak = self._weak.find(column.name)
        codes = dict.fromkeys([*strong, *weak, *self._by_values])
        found = [self._judge(code, column, strong.get(code), weak.get(code)) for code in codes]
        likely = [one for one in found if one is not None and one.score >= THRESHOLD]
        return sorted(likely, key=lambda one: -one.score)[:limit]

    def share(self, code: str, values: Mapping[str, int]) -> float | None:
        """What share of values, each with how often it stands, the element can hold. 符合比例。

        None where there are no values, or nothing is known that they could be held against.
        """
        filled = Counter({v: n for v, n in values.items() if v.strip() not in BLANKS})
        fit = self._fit(self._elements[code]) if code in self._elements else None
        return _Column("", filled, filled.total()).share(fit, 0) if fit else None

    def _all(self) -> Iterable[Element]:
        return self._elements.values()

    def _find_by_initials(self, column_name: str) -> dict[str, _Named]:
        """Elements whose Chinese headings begin with these letters: `hjdz` is 户籍地址. 拼音首字母。"""
        letters = fold_name(column_name)
        if not INITIALS.fullmatch(letters):
            return {}
        if self._initials is None:
            self._initials = _Headings((e.code, _initials(e)) for e in self._all())
        found = self._initials.find(letters)
        return {code: replace(named, score=BY_INITIALS) for code, named in found.items()}

    def _judge(
        self, code: str, column: _Column, strong: _Named | None, weak: _Named | None
    ) -> Suggestion | None:
        element, named = self._elements[code], strong or weak
        fit = self._fit(element)
        share = column.share(fit, ALONE if named is None else 0) if fit else None
        only_weak = strong is None and weak is not None
        if only_weak and (share is None or share < AGREE or column.count < FEWEST):
            return None
        score = named.score if named else 0.0
        if share is not None:
            score = _weigh(element, score, share, column.count)
        if not score:
            return None
        reasons = (*_name_reasons(named), *_value_reasons(fit, share))
        return Suggestion(code, round(score, 3), reasons, element.zh, element.en)

    def _fit(self, element: Element) -> _Fit | None:
        if element.code not in self._fits:
            self._fits[element.code] = _make_fit(element, self._code_sets.get(element.code_set))
        return self._fits[element.code]


class _Headings:
    """Headings of elements, to be looked up whole or as a part of a heading. 列名索引。"""

    def __init__(self, owners: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._folded: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._longest = 0
        for code, aliases in owners:
            for alias in aliases:
                name = fold_name(alias, digits=True)
                self._folded[name].append((code, alias))
                self._longest = max(self._longest, len(name))

    def find(self, column_name: str) -> dict[str, _Named]:
        """The elements that a heading names, each by its best heading. 列名所指。"""
        found: dict[str, _Named] = {}
        for part, score in _scored_parts(column_name, self._longest):
            for code, alias in self._folded.get(part, ()):
                if code not in found or found[code].score < score:
                    found[code] = _Named(score, alias)
        return found


def fold_name(name: str, *, digits: bool = False) -> str:
    """A column heading without brackets' contents, marks, case and (unless kept) last digits. 规范列名。"""
    plain = BRACKETS.sub("", unicodedata.normalize("NFKC", name))
    bare = NOISE.sub("", plain).lower()
    return bare if digits else bare.rstrip(DIGITS) or bare


def _initials(element: Element) -> Iterator[str]:
    """The first letters of the pinyin of its Chinese headings. 拼音首字母。"""
    from pypinyin import Style, lazy_pinyin  # its tables take a third of a second to load

    for alias in (element.zh, *element.aliases):
        letters = "".join(lazy_pinyin(alias, style=Style.FIRST_LETTER))
        if not alias.isascii() and INITIALS.fullmatch(letters):
            yield letters


def _scored_parts(column_name: str, longest: int) -> Iterable[tuple[str, float]]:
    """What a heading may be looked up as, and how much a hit is worth. 列名片段。"""
    whole = fold_name(column_name, digits=True)
    name = fold_name(column_name)
    yield whole, EXACT
    if name != whole:
        yield name, ALMOST
    words = [part.lower() for part in PARTS.findall(column_name)]
    if words[1:] and words[-1] in EMPTY_WORDS:
        yield "".join(words[:-1]), ALMOST
    for start in range(len(words)):
        run = "".join(words[start:])
        if len(run) > 2 and run.isascii():
            yield run, 0.45 + 0.01 * len(run)
    for start in range(len(name)):
        for end in range(start + 2, min(len(name), start + longest) + 1):
            part = name[start:end]
            if not part.isascii():
                yield part, 0.35 + 0.1 * (end == len(name)) + 0.15 * len(part) / len(name)


@dataclass(frozen=True, slots=True)
class _Column:
    """A column: its heading and how often each value stands in its sample. 列。"""

    name: str
    values: Counter[str]
    count: int

    def share(self, fit: _Fit, least: float) -> float | None:
        """How many of the values fit; 0 as soon as they cannot reach `least`. 符合比例。"""
        if not self.count:
            return None
        right, missed = 0, 0
        for value, times in self.values.items():
            if fit.holds(value):
                right += times
            else:
                missed += times
                if missed > (1 - least) * self.count:
                    return 0.0
        return right / self.count


def _weigh(element: Element, score: float, share: float, count: int) -> float:
    """Values add to a name, take from it, or speak alone where they may. 加权。"""
    if score:
        if share >= 0.5 or count < FEW:
            return score + 0.3 * share
        # A heading that says exactly so is believed even against its values: better masked.
        return score * (0.6 if score >= ALMOST else 0.4)
    if share < ALONE or count < FEW:
        return 0.0
    has_digit = bool(element.check) and CHECKS[element.check].has_digit
    return (0.8 if has_digit else 0.6) * share


def _name_reasons(named: _Named | None) -> list[Reason]:
    if named is None:
        return []
    alias = named.alias
    return [Reason(f"列名与“{alias}”相符", f"The column name matches “{alias}”")]


def _value_reasons(fit: _Fit | None, share: float | None) -> list[Reason]:
    if fit is None or share is None:
        return []
    percent = f"{share:.0%}"
    return [Reason(f"{percent} 的样例值符合{fit.zh}", f"{percent} of the samples fit {fit.en}")]


def _make_fit(element: Element, codes: CodeSetVersion | None) -> _Fit | None:
    """The strictest thing known of the element. 最严判据。"""
    if codes is not None:
        known = _spellings(codes)
        return _Fit(
            lambda v: v.strip() in known, f"代码集“{codes.zh}”", f"the code set “{codes.en}”"
        )
    if element.check:
        holds = CHECKS[element.check].holds
        return _Fit(lambda v: holds(read_text(element, v).text or ""), "校验规则", "the check rule")
    if element.shape:
        usual = re.compile(element.shape)
        return _Fit(
            lambda v: usual.fullmatch(v.strip()) is not None, "常见写法", "the usual wording"
        )
    if element.pattern:
        form = re.compile(element.pattern)
        return _Fit(
            lambda v: form.fullmatch(read_text(element, v).text or "") is not None,
            "格式",
            "the format",
        )
    if element.type in ("date", "datetime", "number", "integer"):
        return _Fit(lambda v: read_text(element, v).text is not None, "数据类型", "the data type")
    return None


def _spellings(codes: CodeSetVersion) -> set[str]:
    """Codes, names, and names without what people leave out (男性 as 男). 代码写法。"""
    names = {code.name for code in codes.codes.values()} | set(codes.codes)
    return names | {name.removesuffix("性").removesuffix("族") for name in names}
