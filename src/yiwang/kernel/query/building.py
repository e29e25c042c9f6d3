"""Putting typed nodes together, from text or from a URL. 构造节点。"""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.kernel.base import nearest
from yiwang.kernel.base.errors import InvalidInput

from .functions import FUNCTIONS, Function
from .types import (
    TEXT_OPERATORS,
    Between,
    Call,
    Compare,
    Field,
    In,
    Literal,
    Node,
    Operator,
    Schema,
    Type,
)
from .values import read_value

_LARGEST_COUNT = 10_000
_READ_FROM_TEXT: tuple[Type, ...] = ("date", "datetime", "decimal", "integer")


def find_field(schema: Schema, name: str, position: int = 1) -> Field:
    """The field of that name, or InvalidInput with the nearest name there is. 查找字段。"""
    field = schema.find(name)
    if field is None:
        raise InvalidInput(
            "query.field.unknown",
            "Position %(position)s: there is no field “%(name)s”%(suggestion)s",
            position=position,
            name=name[:80],
            suggestion=suggest(name, list(schema)),
        )
    return field


def suggest(name: str, known: Sequence[str]) -> str:
    """` → name?` where a known name is near, else nothing. 拼写建议。"""
    return nearest.suggest(name, known, near=0.6)


def build_compare(operator: Operator, left: Node, right: Node, position: int = 1) -> Compare:
    """Two sides of one type; a fixed text beside a date is read as a date. 构造比较。"""
    left, right = match_types(left, right, position)
    if operator in TEXT_OPERATORS and left.type != "text":
        refuse_type("text", left.type, position)
    if left.type == "boolean" and operator not in ("=", "!="):
        refuse_type("text, integer, decimal, date, datetime", "boolean", position)
    return Compare(operator, left, right)


def build_between(item: Node, low: Node, high: Node, position: int = 1) -> Between:
    """Three values of one type. 构造区间。"""
    if item.type == "boolean":
        refuse_type("text, integer, decimal, date, datetime", "boolean", position)
    return Between(item, match_types(item, low, position)[1], match_types(item, high, position)[1])


def build_in(item: Node, options: Sequence[Literal], position: int = 1) -> In:
    """A value and the fixed values it may be. 构造属于。"""
    found: list[Literal] = []
    for option in options:
        fitting = match_types(item, option, position)[1]
        if isinstance(fitting, Literal) and fitting not in found:
            found.append(fitting)
    return In(item, tuple(found))


def build_call(name: str, arguments: Sequence[Node], position: int = 1) -> Call:
    """A function over arguments that fit its parameters. 构造函数调用。"""
    function = FUNCTIONS.get(name.lower())
    if function is None:
        raise InvalidInput(
            "query.function.unknown",
            "Position %(position)s: there is no function “%(name)s”%(suggestion)s",
            position=position,
            name=name[:80],
            suggestion=suggest(name, list(FUNCTIONS)),
        )
    kinds = list(function.kinds)
    if function.repeats:
        kinds += [kinds[-1]] * (len(arguments) - len(kinds))
    if len(kinds) != len(arguments):
        raise InvalidInput(
            "query.function.arguments",
            "Position %(position)s: %(name)s takes %(expected)s arguments, not %(found)s",
            position=position,
            name=function.name,
            expected=len(kinds),
            found=len(arguments),
        )
    for kind, argument in zip(kinds, arguments, strict=True):
        _check_argument(function, kind, argument, position)
    return _call(function, arguments, position)


def match_types(left: Node, right: Node, position: int) -> tuple[Node, Node]:
    """Both sides as one type, or InvalidInput. 统一类型。"""
    if left.type == right.type:
        return left, right
    if isinstance(right, Literal) and (read := _as_type(right, left.type, position)):
        return left, read
    if isinstance(left, Literal) and (read := _as_type(left, right.type, position)):
        return read, right
    if {left.type, right.type} == {"integer", "decimal"}:
        return left, right
    return refuse_type(left.type, right.type, position)


def refuse_type(expected: str, found: str, position: int) -> tuple[Node, Node]:
    """Say that types do not fit. 类型不符。"""
    raise InvalidInput(
        "query.type.mismatch",
        "Position %(position)s: %(expected)s is expected here, not %(found)s",
        position=position,
        expected=expected,
        found=found,
    )


def _as_type(literal: Literal, kind: Type, position: int) -> Literal | None:
    if literal.type == "text" and kind in _READ_FROM_TEXT:
        return read_value(str(literal.value), kind, position)
    if literal.type == "integer" and kind == "decimal":
        return read_value(str(literal.value), "decimal", position)
    return None


def _check_argument(function: Function, kind: str, argument: Node, position: int) -> None:
    if kind in ("text", "word", "value") and argument.type != "text":
        refuse_type("text", argument.type, position)
    if kind in ("word", "value") and not isinstance(argument, Literal):
        _refuse_argument(function, position)
    if kind == "word" and isinstance(argument, Literal) and not argument.value:
        _refuse_argument(function, position)
    if kind in ("count", "place") and not _is_count(argument, 1 if kind == "place" else 0):
        _refuse_argument(function, position)


def _is_count(argument: Node, least: int) -> bool:
    if not isinstance(argument, Literal) or argument.type != "integer":
        return False
    return isinstance(argument.value, int) and least <= argument.value <= _LARGEST_COUNT


def _refuse_argument(function: Function, position: int) -> None:
    raise InvalidInput(
        "query.function.fixed_argument",
        "Position %(position)s: %(name)s needs fixed arguments here: a text that is not empty, "
        "or a whole number up to %(limit)s",
        position=position,
        name=function.name,
        limit=_LARGEST_COUNT,
    )


def _call(function: Function, arguments: Sequence[Node], position: int) -> Call:
    if function.name != "coalesce":
        return Call(function.name, tuple(arguments), function.gives)
    first = arguments[0]
    for other in arguments[1:]:
        if other.type != first.type:
            refuse_type(first.type, other.type, position)
    return Call("coalesce", tuple(arguments), first.type)
