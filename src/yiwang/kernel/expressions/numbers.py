"""Arithmetic of guards: exact decimals, bounded, never a float. 算术。

28 digits are worked with, more than any amount of a city needs; operands beyond 10^24 are refused,
so that no expression grows a number that takes time or memory. An absent operand gives nothing.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import (
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from typing import Any

from yiwang.kernel.base.errors import InvalidInput

from .values import KINDS, kind_of, read_number

Number = int | Decimal

LARGEST = 10**24
MAX_PLACES = 10

_CONTEXT = Context(prec=28, Emax=999, Emin=-999, traps=[InvalidOperation, DivisionByZero, Overflow])


def take_number(value: Any, function: str) -> Number:
    """A number, or the text of one; InvalidInput names the sign or function at fault. 取数字。"""
    number = read_number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        raise InvalidInput(
            "expressions.text.no_number",
            "%(place)s%(function)s needs a number, not %(found)s",
            place="",
            function=function,
            found=KINDS[kind_of(value)],
        )
    if not -LARGEST <= number <= LARGEST:
        raise InvalidInput(
            "expressions.text.too_large",
            "%(place)sA number is too large to calculate with",
            place="",
        )
    return number


def make_binary(sign: str, work: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Number | None]:
    """A sign between two numbers. 二元运算。"""

    def calculate(left: Any, right: Any) -> Number | None:
        if left is None or right is None:
            return None
        return _work(sign, work, take_number(left, sign), take_number(right, sign))

    return calculate


def negate(value: Any) -> Number | None:
    """The number below zero as it was above. 取负。"""
    return None if value is None else _work("-", operator.sub, 0, take_number(value, "-"))


def keep_sign(value: Any) -> Number | None:
    """The number as it is: a plus in front says nothing. 取正。"""
    return None if value is None else take_number(value, "+")


def take_absolute(value: Any) -> Number:
    """The number without its sign. 绝对值。"""
    number = take_number(value, "abs")
    return number if number >= 0 else _work("abs", operator.sub, 0, number)


def round_number(value: Any, places: Any = 0) -> Number:
    """The number with that many decimals, a half away from zero (四舍五入). 舍入。"""
    number = take_number(value, "round")
    if isinstance(places, bool) or not isinstance(places, int) or not 0 <= places <= MAX_PLACES:
        raise InvalidInput(
            "expressions.text.places",
            "%(place)sround takes 0 to %(limit)s decimals",
            place="",
            limit=MAX_PLACES,
        )
    if isinstance(number, int):
        return number
    rounded = Decimal(number).quantize(
        Decimal(1).scaleb(-places), ROUND_HALF_UP, context=Context(prec=60)
    )
    return rounded if places else int(rounded)


def add_up(values: list[Any]) -> Number:
    """The sum of numbers; of none it is 0. 求和。"""
    total: Number = 0
    for value in values:
        total = _work("sum", operator.add, total, take_number(value, "sum"))
    return total


def _work(sign: str, work: Callable[[Any, Any], Any], left: Number, right: Number) -> Number:
    try:
        with localcontext(_CONTEXT):
            found: Number = work(left, right)
    except (DecimalException, ZeroDivisionError) as error:
        raise InvalidInput(
            "expressions.text.no_result",
            "%(place)s%(function)s has no result here, as when dividing by zero",
            place="",
            function=sign,
        ) from error
    return found


def _divide(left: Number, right: Number) -> Decimal:
    return Decimal(left) / Decimal(right)


def _divide_down(left: Number, right: Number) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return left // right
    # Decimal's own // cuts towards zero; whole numbers and people's tables go down.
    return _divide(left, right).to_integral_value(ROUND_FLOOR)


def _remainder(left: Number, right: Number) -> Number:
    return left - _divide_down(left, right) * right


BINARY: dict[str, Callable[[Any, Any], Number | None]] = {
    "+": make_binary("+", operator.add),
    "-": make_binary("-", operator.sub),
    "*": make_binary("*", operator.mul),
    "/": make_binary("/", _divide),
    "//": make_binary("//", _divide_down),
    "%": make_binary("%", _remainder),
}
