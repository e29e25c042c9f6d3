"""What is wrong with a decision table before it is used. 决策表检查。

The values that an input can take fall into pieces on which no cell of its column changes its mind:
each value that a cell names, each stretch between two of them, and "missing or of another kind". One
sample stands for each piece, and the cells themselves say whether they hold for it. A row is then a
box of bits, and overlap, cover and gaps are exact, each input being taken on its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Context, Decimal
from itertools import combinations
from typing import Any, Literal

from yiwang.kernel.base.errors import fill

from .table_cells import Cell
from .table_types import DecisionTable, prefix
from .values import Kind

Level = Literal["error", "info"]
Box = tuple[int, ...]

# Comparisons of two boxes that one check may make, about two seconds.
MAX_STEPS = 1_000_000
MAX_OVERLAPS = 20

# Cells hold at most 37 digits; sums and middles of two of them are exact with these.
_EXACT = Context(prec=80)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a check of a table found. 问题。

    An `error` forbids publishing, an `info` is worth knowing. `message` is an English message id
    with places filled from `extra`; `rows` count from 1.
    """

    code: str
    message: str
    level: Level = "error"
    rows: tuple[int, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The sentence in English, places filled. 英文说明。"""
        return fill(self.message, dict(self.extra))


class TooWide(Exception):
    """More pieces meet than can be worked out. 无法算尽。"""


def check_table(table: DecisionTable) -> list[Problem]:
    """All that is wrong or worth knowing, rows in order; nothing is raised. 检查决策表。

    Overlaps are told of `unique` tables, rows that can never be reached of `first` ones, tests that
    hold for nothing and how the default is reached of all.
    """
    plan = _Plan(table)
    problems = list(_find_empty(plan))
    if table.hit == "unique":
        problems += _find_overlaps(plan)
    if table.hit == "first":
        problems += _find_unreachable(plan)
    return [*problems, *_judge_default(plan)]


class _Plan:
    """A table as boxes of bits over the pieces of its inputs. 规则的区块表示。"""

    def __init__(self, table: DecisionTable) -> None:
        self.table = table
        columns = [
            _cut([row.cells[place] for row in table.rows], kind)
            for place, kind in enumerate(table.kinds)
        ]
        self.steps = MAX_STEPS
        self.samples: list[list[Any]] = columns
        self.rows: list[Box] = [
            tuple(_mask(cell, column) for cell, column in zip(row.cells, columns, strict=True))
            for row in table.rows
        ]
        self.whole: Box = tuple((1 << len(column)) - 1 for column in columns)
        # The last piece of an input is "missing or of another kind", unless nobody looks at it.
        self.present: Box = tuple((1 << max(len(column) - 1, 1)) - 1 for column in columns)

    @property
    def place(self) -> str:
        return prefix(self.table.where)

    def find_gap(self, box: Box, rows: Sequence[Box]) -> Box | None:
        """A part of a box where no row holds, or None; TooWide once all steps are used up. 空隙。

        A row is taken away from the box input by input; what is left of it are smaller boxes
        beside one another, each to be held against the rows that follow.
        """
        waiting = [(box, 0)]
        while waiting:
            left, start = waiting.pop()
            met = self._next_met(left, rows, start)
            if met is None:
                return left
            waiting += [(part, met + 1) for part in _take_away(left, rows[met])]
        return None

    def _next_met(self, box: Box, rows: Sequence[Box], start: int) -> int | None:
        for place in range(start, len(rows)):
            self.steps -= 1
            if self.steps < 0:
                raise TooWide
            if _meet(box, rows[place]):
                return place
        return None

    def show(self, box: Box) -> str:
        """One point of a box, in words: `amount = 5, kind = 'a'`. 示例取值。"""
        shown = []
        for expression, column, mask in zip(self.table.inputs, self.samples, box, strict=True):
            piece = (mask & -mask).bit_length() - 1
            if len(column) > 1:
                shown.append(f"{expression.text} {_show(column[piece])}")
        return ", ".join(shown) or "—"


def _find_empty(plan: _Plan) -> Iterator[Problem]:
    for row, box in zip(plan.table.rows, plan.rows, strict=True):
        for expression, mask in zip(plan.table.inputs, box, strict=True):
            if not mask:
                yield Problem(
                    "expressions.table.cell_empty",
                    "%(place)srow %(row)s, %(input)s: no value can hold here",
                    rows=(row.number,),
                    extra={"place": plan.place, "row": row.number, "input": expression.text},
                )


def _find_overlaps(plan: _Plan) -> list[Problem]:
    found: list[Problem] = []
    for (first, one), (second, other) in combinations(enumerate(plan.rows, 1), 2):
        common = _meet(one, other)
        if common is None:
            continue
        found.append(
            Problem(
                "expressions.table.overlap",
                "%(place)srows %(first)s and %(second)s hold at once, for example where %(example)s",
                rows=(first, second),
                extra={
                    "place": plan.place, "first": first, "second": second,
                    "example": plan.show(common),
                },
            )
        )  # fmt: skip
        if len(found) == MAX_OVERLAPS:
            break
    return found


def _find_unreachable(plan: _Plan) -> Iterator[Problem]:
    for index, box in enumerate(plan.rows):
        # A row that holds for nothing is told of already.
        if not all(box):
            continue
        try:
            if plan.find_gap(box, plan.rows[:index]) is not None:
                continue
        except TooWide:
            yield _too_wide(plan, (index + 1,))
            continue
        covering = [place for place in range(index) if _meet(plan.rows[place], box)]
        alone = [place for place in covering if _covers(plan.rows[place], box)]
        rows = tuple(place + 1 for place in alone[:1] or covering)
        yield Problem(
            "expressions.table.unreachable",
            "%(place)srow %(row)s is never reached: rows above hold wherever it does (%(rows)s)",
            rows=(index + 1, *rows),
            extra={
                "place": plan.place, "row": index + 1, "rows": ", ".join(map(str, rows)),
            },
        )  # fmt: skip


def _judge_default(plan: _Plan) -> Iterator[Problem]:
    try:
        gap = plan.find_gap(plan.present, plan.rows)
        other = gap or plan.find_gap(plan.whole, plan.rows)
    except TooWide:
        yield _too_wide(plan, ())
        return
    extra = {"place": plan.place}
    if gap is not None:
        yield Problem(
            "expressions.table.default_reached",
            "%(place)sthe default holds, for example, where %(example)s",
            level="info",
            extra={**extra, "example": plan.show(gap)},
        )
    elif other is not None:
        yield Problem(
            "expressions.table.default_missing",
            "%(place)sthe default only holds where a value is missing or of another kind",
            level="info",
            extra=extra,
        )
    else:
        yield Problem(
            "expressions.table.default_never",
            "%(place)sthe default is never reached: some row always holds",
            level="info",
            extra=extra,
        )


def _too_wide(plan: _Plan, rows: tuple[int, ...]) -> Problem:
    return Problem(
        "expressions.table.too_wide",
        "%(place)sthe table is too wide to work out what its rows cover together; split it",
        level="info",
        rows=rows,
        extra={"place": plan.place},
    )


def _meet(one: Box, other: Box) -> Box | None:
    """Where two boxes both hold, or None."""
    common = tuple(mine & theirs for mine, theirs in zip(one, other, strict=True))
    return common if all(common) else None


def _covers(outer: Box, inner: Box) -> bool:
    return all(not theirs & ~mine for mine, theirs in zip(outer, inner, strict=True))


def _take_away(box: Box, row: Box) -> Iterator[Box]:
    rest = list(box)
    for place, mask in enumerate(row):
        outside = rest[place] & ~mask
        if outside:
            yield (*rest[:place], outside, *rest[place + 1 :])
        rest[place] &= mask


def _mask(cell: Cell, samples: Sequence[Any]) -> int:
    return sum(1 << place for place, sample in enumerate(samples) if cell.holds(sample))


def _cut(cells: Sequence[Cell], kind: Kind | None) -> list[Any]:
    """A sample of each piece of an input's values; the last, None, is "missing or other". 分段取样。"""
    if kind is None:
        return [None]
    if kind == "boolean":
        return [False, True, None]
    named = sorted({value for cell in cells for value in cell.values})
    samples = [*_BEFORE[kind](named[0])]
    for value, following in zip(named, [*named[1:], None], strict=True):
        samples += [value, *_BETWEEN[kind](value, following)]
    return [*samples, None]


def _number_before(value: Any) -> Iterator[Any]:
    yield _EXACT.subtract(Decimal(value), Decimal(1))


def _number_between(value: Any, following: Any) -> Iterator[Any]:
    if following is None:
        yield _EXACT.add(Decimal(value), Decimal(1))
    else:
        yield _EXACT.divide(_EXACT.add(Decimal(value), Decimal(following)), Decimal(2))


def _day_before(value: date) -> Iterator[date]:
    if value > date.min:
        yield value - _DAY


def _day_between(value: date, _following: date | None) -> Iterator[date]:
    # Days are whole: of two neighbours the second simply stands there twice.
    if value < date.max:
        yield value + _DAY


def _text_before(value: str) -> Iterator[str]:
    if value:
        yield ""


def _text_between(value: str, _following: str | None) -> Iterator[str]:
    # The very next text; no cell names it, since cells hold no unseen characters.
    yield value + "\0"


_BEFORE: dict[Kind, Callable[[Any], Iterator[Any]]] = {
    "number": _number_before,
    "date": _day_before,
    "text": _text_before,
}
_BETWEEN: dict[Kind, Callable[[Any, Any], Iterator[Any]]] = {
    "number": _number_between,
    "date": _day_between,
    "text": _text_between,
}


def _show(sample: Any) -> str:
    """A sample in words; a text just behind one that is named is shown as greater. 示例。"""
    if sample is None:
        return "= —"
    if isinstance(sample, str):
        return f"> '{sample[:-1]}'" if sample.endswith("\0") else f"= '{sample}'"
    if isinstance(sample, Decimal):
        return f"= {sample.normalize(_EXACT):f}"
    return f"= {str(sample).lower() if isinstance(sample, bool) else sample}"
