"""Computed fields, worked out from the others and stored with them. 计算字段。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, DecimalException
from typing import Any

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.expressions.services import evaluate_expression
from yiwang.kernel.records.types import Entity, Field, FieldKind

from .conditions import expression_of
from .shapes import DIGITS, LARGEST, LONGEST

_ROUNDING = Context(prec=60, rounding=ROUND_HALF_UP)


def compute(entity: Entity, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with all computed fields as they follow from them. 计算派生字段。

    Numbers are rounded to the places of their field, a half away from zero. What cannot be worked
    out is None.
    """
    found = dict(values)
    for key in in_order(entity.fields):
        found[key] = _work_out(entity.fields[key], found)
    return found


def in_order(fields: Mapping[str, Field]) -> list[str]:
    """Computed fields, each after those it reads; those in a circle are left out. 计算顺序。"""
    waiting = {
        key: names_of(one) & _computed(fields) for key, one in fields.items() if one.computed
    }
    order: list[str] = []
    while ready := [key for key, names in waiting.items() if names <= set(order)]:
        order += ready
        waiting = {key: names for key, names in waiting.items() if key not in ready}
    return order


def names_of(field: Field) -> frozenset[str]:
    """The fields that a computed one reads. 所用字段。"""
    try:
        return expression_of(field.computed).names
    except YiwangError:
        return frozenset()


def _computed(fields: Mapping[str, Field]) -> set[str]:
    return {key for key, one in fields.items() if one.computed}


def _work_out(field: Field, values: Mapping[str, Any]) -> Any:
    try:
        found = evaluate_expression(expression_of(field.computed), values)
        return None if found is None else _FITTED[field.kind](field, found)
    except (YiwangError, ArithmeticError, ValueError, TypeError, KeyError):
        return None


def _number(field: Field, value: Any) -> Decimal:
    place = Decimal(1).scaleb(-field.decimals)
    rounded = _as_decimal(value).quantize(place, context=_ROUNDING)
    if rounded.adjusted() >= DIGITS - field.decimals:
        raise ValueError("too large to be kept")
    return rounded or Decimal(0).scaleb(-field.decimals)


def _integer(_field: Field, value: Any) -> int:
    whole = int(_as_decimal(value).quantize(Decimal(1), context=_ROUNDING))
    if abs(whole) > LARGEST:
        raise ValueError("too large to be kept")
    return whole


def _as_decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise TypeError("no number")
    number = Decimal(value)
    if not number.is_finite():
        raise DecimalException
    return number


def _text(field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value.strip()[: field.longest or LONGEST[field.kind]] or None


def _boolean(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _date(_field: Field, value: Any) -> date:
    if isinstance(value, datetime):
        return value.astimezone(CITY_ZONE).date()
    return value if isinstance(value, date) else date.fromisoformat(value)


_FITTED: Mapping[FieldKind, Callable[[Field, Any], Any]] = {
    "number": _number,
    "integer": _integer,
    "text": _text,
    "longtext": _text,
    "boolean": _boolean,
    "date": _date,
}
