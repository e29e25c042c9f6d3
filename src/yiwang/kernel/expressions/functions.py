"""The closed set of functions that guards may call. 表达式函数。

What has the same name in filters of lists has the same meaning here. A function of an absent value
is absent, except where `takes_absent` says that it asks for just that; tests of texts do not hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, NoReturn

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.query import services as query

from .numbers import add_up, round_number, take_absolute, take_number
from .values import KINDS, ORDERS, is_member, kind_of, take_day, take_members

MANY = 20
MAX_TEXT = 10_000


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how many values it takes, what it does, whether it is a test. 函数。"""

    name: str
    least: int
    most: int
    compute: Callable[..., Any]
    help: str
    takes_absent: bool = False
    is_test: bool = False

    def call(self, *values: Any) -> Any:
        """The result; an absent value gives none, unless the function asks for that. 调用。"""
        if not self.takes_absent and any(value is None for value in values):
            return False if self.is_test else None
        return self.compute(*values)


def _text(value: Any, function: str) -> str:
    if not isinstance(value, str):
        _refuse(function, "text", value)
    return value


def _refuse(function: str, expected: str, value: Any) -> NoReturn:
    raise InvalidInput(
        "expressions.text.argument",
        "%(place)s%(function)s takes %(expected)s here, not %(found)s",
        place="",
        function=function,
        expected=expected,
        found=KINDS[kind_of(value)],
    )


def _members(values: tuple[Any, ...]) -> list[Any]:
    """One list, or the values one by one."""
    if len(values) == 1 and isinstance(values[0], list | tuple):
        return take_members(values[0])
    return list(values)


def _pick(sign: str, values: tuple[Any, ...]) -> Any:
    members = _members(values)
    if not members or any(member is None for member in members):
        return None
    return reduce(lambda best, one: one if ORDERS[sign](one, best) else best, members)


def _sum(*values: Any) -> Any:
    members = _members(values)
    return None if any(member is None for member in members) else add_up(members)


def _length(value: Any) -> int:
    if not isinstance(value, str | list | tuple):
        _refuse("len", "text / list", value)
    return len(value)


def _count(value: Any, function: str) -> int:
    number = take_number(value, function)
    if not isinstance(number, int) or number < 0:
        _refuse(function, "0, 1, 2, …", value)
    return int(number)


def _left(text: Any, count: Any) -> str:
    return _text(text, "left")[: _count(count, "left")]


def _right(text: Any, count: Any) -> str:
    wanted, whole = _count(count, "right"), _text(text, "right")
    return whole[max(len(whole) - wanted, 0) :]


def _days_between(first: Any, last: Any) -> int:
    return (_day(last) - _day(first)).days


def _day(value: Any) -> date:
    day = take_day(value)
    if day is None:
        _refuse("days_between", "2026-01-31", value)
    return day


def _is_blank(value: Any) -> bool:
    if isinstance(value, str):
        # Trimmed first: the pattern tries every way to share long white space between its ends.
        trimmed = query.FUNCTIONS["trim"].compute(value)
        return bool(query.FUNCTIONS["blank"].compute(trimmed))
    return _is_empty(value)


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple) and not value)


def _first_there(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _join(*values: Any) -> str:
    texts = [_text(value, "concat") for value in values]
    if sum(map(len, texts)) > MAX_TEXT:
        raise InvalidInput(
            "expressions.text.text_too_long",
            "%(place)sconcat makes texts of at most %(limit)s characters",
            place="",
            limit=MAX_TEXT,
        )
    return "".join(texts)


def _contains(whole: Any, part: Any) -> bool:
    return is_member(part, whole)


def _starts(text: Any, part: Any) -> bool:
    return _text(text, "startswith").startswith(_text(part, "startswith"))


def _ends(text: Any, part: Any) -> bool:
    return _text(text, "endswith").endswith(_text(part, "endswith"))


_ALL = [
    Function("len", 1, 1, _length, msg("How many characters a text has, or members a list")),
    Function("min", 1, MANY, lambda *values: _pick("<", values),
             msg("The least of some values, or of a list")),
    Function("max", 1, MANY, lambda *values: _pick(">", values),
             msg("The greatest of some values, or of a list")),
    Function("sum", 1, MANY, _sum, msg("The sum of some numbers, or of a list; 0 of an empty list")),
    Function("abs", 1, 1, take_absolute, msg("The number without its sign")),
    Function("round", 1, 2, round_number,
             msg("The number with so many decimals (none unless said), a half going up")),
    Function("days_between", 2, 2, _days_between,
             msg("Days from the first date to the second; below 0 where the second is earlier")),
    Function("left", 2, 2, _left, msg("The first characters, as many as said")),
    Function("right", 2, 2, _right, msg("The last characters, as many as said")),
    Function("concat", 1, MANY, _join, msg("Texts one after the other")),
    Function("startswith", 2, 2, _starts, msg("Whether a text begins so"), is_test=True),
    Function("endswith", 2, 2, _ends, msg("Whether a text ends so"), is_test=True),
    Function("contains", 2, 2, _contains,
             msg("Whether a text has such a part, or a list such a member"), is_test=True),
    Function("blank", 1, 1, _is_blank,
             msg("Nothing there, or only a placeholder such as 无, /, 0, null, 111"),
             takes_absent=True, is_test=True),
    Function("empty", 1, 1, _is_empty,
             msg("Nothing there, a text without characters or a list without members"),
             takes_absent=True, is_test=True),
    Function("coalesce", 1, MANY, _first_there, msg("The first of the values that is there"),
             takes_absent=True),
]  # fmt: skip

FUNCTIONS: dict[str, Function] = {function.name: function for function in _ALL}
