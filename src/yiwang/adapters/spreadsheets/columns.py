"""Cells of plain rows, a column at a time. 按列读规整单元格。"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Context
from typing import NamedTuple

from yiwang.kernel.tabular.grid import Marked
from yiwang.kernel.tabular.types import Cell
from yiwang.kernel.tabular.write import letters_of

from .sheet import Meaning, SheetReader
from .shown import show_text

MOST_COLUMNS = 400
_MOST_VARIANTS = 8
_MOST_MEANINGS = 20_000
_ENTITY = re.compile("&(?:amp|lt|gt|quot|apos);")
FORMULA = (
    r'<f(?: t="shared")?(?: ref="[A-Z0-9:]{1,24}")?(?: si="[0-9]{1,9}")?(?: aca="false")?'
    r"(?:/>|>[^<&]*+(?:&(?:amp|lt|gt|quot|apos);[^<&]*+)*+</f>)"
)
_VALUES = {"n": "[^<]++", "s": "[0-9]{1,9}+", "b": "[01]", "e": "[^<]++", "str": "[^<]++"}
# Numbers that General shows as they are, or rounded to the fifteen digits that a sheet keeps.
_DECIMALS = re.compile(
    r"(?:(?:0|-?[1-9][0-9]{0,14}|-?(?:[1-9][0-9]{0,8}|0(?=\.0{0,4}[1-9]))\.[0-9]{0,25}[1-9])<)*+"
)
_SURE = 16  # no number of so many characters, the point included, has over fifteen digits
_round = Context(prec=15).create_decimal


class Doubt(Exception):
    """The strict reader is to read this sheet alone. 存疑。"""


class Variant(NamedTuple):
    """One form in which a cell of a column is written. 单元格写法。"""

    at: int
    attributes: str
    formula: bool
    opening: str

    @classmethod
    def of(cls, at: int, attributes: str, formula: str, opening: str) -> Variant | None:
        """The form, None where it is not one of the plain ones. 识别写法。"""
        if formula and not re.fullmatch(FORMULA, formula):
            return None
        found = cls(at, attributes, bool(formula), opening)
        known = found.kind in {"n", "s"} if not opening else found.kind in _VALUES
        if opening.startswith("<is>"):
            known = found.kind == "inlineStr" and not formula
        return found if known else None

    @property
    def kind(self) -> str:
        """The type of the cell. 单元格类型。"""
        return self.attributes.partition(' t="')[2].rstrip('"') or "n"

    @property
    def style(self) -> str:
        """The number of its style. 样式号。"""
        return self.attributes.partition(' s="')[2].partition('"')[0] or "0"

    def pattern(self) -> str:
        """What its text looks like behind the reference. 正则。"""
        if not self.opening:
            return f"{self.attributes}(?:/>|></c>)"
        closing = "</v>" if self.opening == "<v>" else "</t></is>"
        value = _VALUES.get(self.kind, "[^<]*+")
        formula = FORMULA if self.formula else ""
        return f"{self.attributes}>{formula}{self.opening}({value}){closing}</c>"


class Marks(NamedTuple):
    """Which rows are marked, how, and what is stored there. 标记。"""

    rows: list[int]
    kinds: list[str]
    raws: list[str]

    def in_order(self) -> Marks:
        """By row. 按行排序。"""
        return Marks(*map(list, zip(*sorted(zip(*self, strict=True)), strict=True)))


class Columns:
    """What has been learned of the columns, and their reading. 列的写法与读法。"""

    def __init__(self, strict: SheetReader) -> None:
        self.strict = strict
        self.known: dict[int, list[Variant]] = {}
        self.layout: list[tuple[int, list[Variant]]] = []
        self._meanings: dict[tuple[str, str], _Meanings] = {}

    def are_new(self, variants: list[Variant]) -> bool:
        """Whether they hold a form not known yet, and none too many. 是否有新写法。"""
        news = [one for one in variants if one not in self.known.get(one.at, [])]
        return bool(news) and all(len(self.known.get(one.at, [])) < _MOST_VARIANTS for one in news)

    def learn(self, variants: list[Variant]) -> None:
        """Take new forms in. 学习写法。"""
        for one in variants:
            known = self.known.setdefault(one.at, [])
            if one not in known:
                known.append(one)
        self.layout = [
            (at, [one for one in self.known[at] if one.opening]) for at in sorted(self.known)
        ]

    def pattern(self) -> str:
        """All cells of a row, each of which may be absent; a group for each value. 正则。"""
        cells = []
        for at in sorted(self.known):
            ways = "|".join(
                one.pattern() for one in sorted(self.known[at], key=lambda one: not one.opening)
            )
            cells.append(f'(?:<c r="{letters_of(at)}[0-9]{{1,7}}+"(?:{ways})|)')
        return "".join(cells)

    def read(
        self, rows: int, groups: Sequence[tuple[str | None, ...]]
    ) -> tuple[list[list[Cell]], list[Marked]]:
        """The columns of so many rows, from the groups of the pattern. 读列。"""
        columns: list[list[Cell]] = []
        marked: list[Marked] = []
        place = 0
        for at, variants in self.layout:
            columns += [[None] * rows for _ in range(at - len(columns))]
            values = groups[place : place + len(variants)]
            place += len(variants)
            cells, marks = self._column(variants, values, rows)
            columns.append(cells)
            if marks.rows:
                marked.append(Marked(at, *marks))
        while len(columns) > 1 and columns[-1].count(None) == rows:
            columns.pop()
        return columns, marked

    def _column(
        self, variants: list[Variant], values: Sequence[tuple[str | None, ...]], rows: int
    ) -> tuple[list[Cell], Marks]:
        """One column, laid together from the values of its forms."""
        cells: list[Cell] = [None] * rows
        marks = Marks([], [], [])
        parts = 0
        for variant, some in zip(variants, values, strict=True):
            if None not in some:
                laid, marks = self._meaning(variant, some)  # type: ignore[arg-type]
                return list(laid), marks
            filled = [row for row, value in enumerate(some) if value is not None]
            if filled:
                laid, found = self._meaning(variant, [some[row] for row in filled])  # type: ignore[misc]
                for row, cell in zip(filled, laid, strict=True):
                    cells[row] = cell
                parts += bool(found.rows)
                marks.rows.extend(filled[at] for at in found.rows)
                marks.kinds.extend(found.kinds)
                marks.raws.extend(found.raws)
        return cells, marks.in_order() if parts > 1 else marks

    def _meaning(self, variant: Variant, values: Sequence[str]) -> tuple[Sequence[Cell], Marks]:
        """What the values show and which of them are marked."""
        meanings = self._meanings_of(variant.kind, variant.style)
        if variant.kind not in {"s", "b"} and "&" in "".join(values):
            values = [_decode(value) for value in values]
        return meanings.at_once(values) or meanings.each(values)

    def _meanings_of(self, kind: str, style: str) -> _Meanings:
        if (kind, style) not in self._meanings:
            self._meanings[kind, style] = _Meanings(self.strict, kind, style)
        return self._meanings[kind, style]


class _Meanings(dict[str, Meaning]):
    """What values of one type and style show, asked of the strict reader once each. 含义表。"""

    def __init__(self, strict: SheetReader, kind: str, style: str) -> None:
        super().__init__()
        self.strict, self.kind, self.style = strict, kind, style
        code = strict.format_of(style)
        self.general = code == "General"
        # A format that leaves two texts as they are has no words of its own.
        self.as_is = all(show_text(text, code) == text for text in "ab")

    def __missing__(self, value: str) -> Meaning:
        if len(self) >= _MOST_MEANINGS:
            self.clear()
        found = self[value] = self.strict.read_value(self.kind, self.style, value)
        return found

    def each(self, values: Sequence[str]) -> tuple[list[Cell], Marks]:
        """The answer for values asked one by one. 逐值读出。"""
        found = [self[value] for value in values]
        cells = [one.cell for one in found]
        kinds = [one.kind for one in found]
        if not any(kinds):
            return cells, Marks([], [], [])
        rows = [at for at, kind in enumerate(kinds) if kind]
        return cells, Marks(rows, list(filter(None, kinds)), [found[at].raw for at in rows])

    def at_once(self, values: Sequence[str]) -> tuple[Sequence[Cell], Marks] | None:
        """The answer for all values together, None where each is to be asked for. 整列读出。"""
        if self.kind == "n":
            return self._numbers(values) if self.general else None
        if not self.as_is:
            return None
        if self.kind == "s" and not self.strict.book.has_escapes:
            texts = self.strict.book.texts
            try:
                return [texts[int(value)] for value in values], Marks([], [], [])
            except IndexError as error:
                raise Doubt from error
        written = self.kind in {"str", "inlineStr"} and "_x" not in "".join(values)
        return (values, Marks([], [], [])) if written else None

    def _numbers(self, values: Sequence[str]) -> tuple[Sequence[Cell], Marks] | None:
        if not _DECIMALS.fullmatch("<".join(values) + "<"):
            return None
        if self.strict.stored or max(map(len, values)) <= _SURE:
            return values, Marks([], [], [])
        shown = [value if len(value) <= _SURE else _fifteen(value) for value in values]
        rows = [at for at, value in enumerate(values) if shown[at] != value]
        return shown, Marks(rows, ["rounded"] * len(rows), [values[at] for at in rows])


def _fifteen(value: str) -> str:
    text = str(_round(value))
    return text.rstrip("0").rstrip(".") if text.endswith("0") else text


def _decode(value: str) -> str:
    if value.count("&") != len(_ENTITY.findall(value)):
        raise Doubt
    for name, sign in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        value = value.replace(f"&{name};", sign)
    return value
