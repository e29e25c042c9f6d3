"""Cells of decision tables: how they are written, and what they hold for. 决策表单元格。

All cells of a column are of one kind, so a value is read once for its column, as number, text,
date or true/false; a value that is none of that kind, or is missing, is only met by what holds for
anything and by `!=`. Cells never fail on a value.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg

from .values import Kind, kind_of, read_date, read_number, take_day, take_value

MAX_LISTED = 200
MAX_TEXT = 200

_SIGN = re.compile(r"(<=|>=|!=|<|>)\s*(.*)", re.DOTALL)
_RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+)", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LARGEST = 10**18
_MOST_PLACES = 18

_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_COLUMN_KINDS: frozenset[Kind] = frozenset({"number", "text", "date", "boolean"})

# What cells hold for, and an example of how each is written; the reference shows them.
TESTS: dict[str, tuple[str, str]] = {
    "any": ("-", msg("any value, also none; a cell that is left out means the same")),
    "in": ("[a, b]", msg("exactly this value, or one of a list")),
    "!=": ("!=5", msg("any other value, also none")),
    "<": ("<5", msg("below a number, date or text")),
    "<=": ("<=5", msg("at most a number, date or text")),
    ">": (">5", msg("above a number, date or text")),
    ">=": (">=5", msg("at least a number, date or text")),
    "..": ("1..5", msg("from the first to the last, both included")),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One test of one input. 单元格。 `test` is a key of `TESTS`."""

    test: str = "any"
    values: tuple[Any, ...] = ()
    kind: Kind | None = None

    def holds(self, value: Any) -> bool:
        """Whether it holds for a value as `read_as` gives it. 是否满足。"""
        if self.test == "any":
            return True
        if value is None or self.test == "!=":
            return self.test == "!=" and value != self.values[0]
        if self.test == "in":
            return value in self.values
        if self.test == "..":
            return bool(self.values[0] <= value <= self.values[1])
        return _ORDERS[self.test](value, self.values[0])


ANY = Cell()


def read_cell(found: object) -> Cell:
    """The test that a cell of a file is. 读取单元格。

    Raises InvalidInput where it is empty, mixes kinds, or reads like a test without being one.
    """
    if isinstance(found, list | tuple):
        return _read_list(found)
    if not isinstance(found, str):
        return _one_of([_plain(found)])
    text = found.strip()
    if text == "-":
        return ANY
    if sign := _SIGN.fullmatch(text):
        return _make(sign[1], [_operand(sign[2], found)])
    if not _QUOTED.fullmatch(text) and (ends := _RANGE.fullmatch(text)):
        return _make("..", [_operand(end, found) for end in ends.groups()])
    return _one_of([_text_value(found)])


def read_as(kind: Kind | None, value: object) -> Any:
    """A value of a case as the cells of a column take it, or None. 按列读取取值。"""
    value = take_value(value)
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if value is None or isinstance(value, bool):
        return None
    if kind == "date":
        return take_day(value)
    if kind == "number":
        number = read_number(value) if isinstance(value, str) else value
        return number if isinstance(number, int | Decimal) else None
    if kind == "text":
        return str(value) if isinstance(value, str) or _is_code(value) else None
    return None


def _is_code(value: object) -> bool:
    return isinstance(value, int) and -_LARGEST <= value <= _LARGEST


def _read_list(found: list[Any] | tuple[Any, ...]) -> Cell:
    if not 1 <= len(found) <= MAX_LISTED:
        raise InvalidInput(
            "expressions.table.cell_list",
            "%(place)sA list in a cell has 1 to %(limit)s values",
            place="",
            limit=MAX_LISTED,
        )
    return _one_of([_member(value) for value in found])


def _member(value: object) -> Any:
    if not isinstance(value, str):
        return _plain(value)
    text = value.strip()
    if text == "-" or _SIGN.fullmatch(text) or _reads_as_range(text):
        _refuse(value)
    return _text_value(value)


def _reads_as_range(text: str) -> bool:
    return bool(not _QUOTED.fullmatch(text) and _RANGE.fullmatch(text))


def _one_of(values: list[Any]) -> Cell:
    return _make("in", values)


def _make(test: str, values: list[Any]) -> Cell:
    kinds = {kind_of(value) for value in values}
    if len(kinds) != 1:
        raise InvalidInput(
            "expressions.table.cell_mixed",
            "%(place)sOne cell mixes kinds of values; write numbers and dates without quotes, "
            "codes in quotes",
            place="",
        )
    return Cell(test, tuple(values), kinds.pop())


def _operand(text: str, cell: str) -> Any:
    """What stands behind a sign or at an end of a range: a number, a date or a text."""
    text = text.strip()
    if not _QUOTED.fullmatch(text) and (not text or text[0] in "<>=!." or text[-1] == "."):
        _refuse(cell)
    number = read_number(text)
    return _text_value(text) if number is None else number


def _text_value(text: str) -> Any:
    """A text, or the date that it is; in quotes of its own it is a text whatever it looks like."""
    plain = text.strip()
    quoted = _QUOTED.fullmatch(plain)
    if not quoted and plain.startswith(("=", "<", ">", "!=")):
        _refuse(text)
    value = (quoted[1] or quoted[2] or "") if quoted else plain
    if len(value) > MAX_TEXT or _UNSEEN.search(value):
        _refuse(text)
    return value if quoted else read_date(value) or value


def _plain(value: object) -> Any:
    if isinstance(value, datetime) or value is None:
        _refuse(value)
    taken = take_value(value)
    if kind_of(taken) not in _COLUMN_KINDS or not _is_moderate(taken):
        _refuse(value)
    return taken


def _is_moderate(value: Any) -> bool:
    """Whether a number is one that people write; others cannot be set beside each other exactly."""
    if isinstance(value, Decimal):
        places = value.as_tuple().exponent
        return abs(value.adjusted()) <= _MOST_PLACES and int(places) >= -_MOST_PLACES
    return not isinstance(value, int) or -_LARGEST <= value <= _LARGEST


def _refuse(found: object) -> NoReturn:
    raise InvalidInput(
        "expressions.table.cell",
        "%(place)s“%(found)s” is no test: write a value, a list, <, <=, >, >=, != with a value, "
        "a range a..b, or - for any",
        place="",
        found=show(found),
    )


def show(found: object) -> str:
    """What stands in a file, short; of what is no single value only what it is. 原文摘要。"""
    if isinstance(found, str | bool | float | date):
        return str(found)[:40]
    if isinstance(found, int) and -_LARGEST <= found <= _LARGEST:
        return str(found)
    return "" if found is None else type(found).__name__
