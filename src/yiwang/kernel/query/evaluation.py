"""Computing a tree over one row in Python. 逐行求值。

This is the meaning of the language; the engines are held to it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from .functions import FUNCTIONS
from .types import (
    All,
    Between,
    Call,
    Compare,
    Field,
    In,
    IsNull,
    Literal,
    Node,
    Not,
    Operator,
    Some,
)

_OPERATORS: dict[Operator, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "contains": operator.contains,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


def evaluate(node: Node, row: Mapping[str, Any]) -> Any:
    """The value of an expression, or whether a filter holds, for one row. 求值。

    A field that the row lacks is absent (None). Filters are always True or False.
    """
    match node:
        case Literal(value=value):
            return value
        case Field(name=name, type=kind):
            found = row.get(name)
            return bool(found) if kind == "boolean" and found is not None else found
        case Call():
            return _call(node, row)
        case All(parts=parts):
            return all(evaluate(part, row) for part in parts)
        case Some(parts=parts):
            return any(evaluate(part, row) for part in parts)
        case Not(item=item):
            return not evaluate(item, row)
    return _test(node, row)


def _test(node: Compare | Between | In | IsNull, row: Mapping[str, Any]) -> bool:
    match node:
        case IsNull(item=item):
            return evaluate(item, row) is None
        case In(item=item, options=options):
            value = evaluate(item, row)
            return value is not None and any(value == option.value for option in options)
        case Between(item=item, low=low, high=high):
            return _compare(">=", item, low, row) and _compare("<=", item, high, row)
        case Compare(operator="!=", left=left, right=right):
            return not _compare("=", left, right, row)
        case Compare(operator=sign, left=left, right=right):
            return _compare(sign, left, right, row)


def _compare(sign: Operator, left: Node, right: Node, row: Mapping[str, Any]) -> bool:
    mine, theirs = evaluate(left, row), evaluate(right, row)
    if mine is None or theirs is None:
        return False
    return bool(_OPERATORS[sign](mine, theirs))


def _call(node: Call, row: Mapping[str, Any]) -> Any:
    function = FUNCTIONS[node.function]
    values = [evaluate(argument, row) for argument in node.arguments]
    if not function.takes_absent and any(value is None for value in values):
        return None
    return function.compute(*values)
