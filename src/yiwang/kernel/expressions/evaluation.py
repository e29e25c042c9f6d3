"""Guards and routing expressions over the data of one case. 条件与取值表达式。

`compile_expression` reads and checks a text once, when a case type is read; `evaluate_expression`
and `holds` compute it over the values of a case, in memory, in a time bounded by the length of the
text. The evaluator is simpleeval's, given our whitelist, our operators and our functions only.
"""

from __future__ import annotations

import ast
import operator
import threading
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from simpleeval import EvalWithCompoundTypes, InvalidExpression

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.nearest import suggest

from .functions import FUNCTIONS
from .numbers import BINARY, keep_sign, negate
from .reading import CONDITION, MAX_DEPTH, MAX_LENGTH, MAX_NODES, read_text
from .values import (
    KINDS,
    ORDERS,
    are_equal,
    differ,
    is_member,
    kind_of,
    take_value,
)

__all__ = [
    "FUNCTIONS",
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_NODES",
    "Expression",
    "compile_expression",
    "evaluate_expression",
    "holds",
]


@dataclass(frozen=True)
class Expression:
    """An expression that was read and checked. 表达式。

    `names` are the keys of fields that it reads; `where` says in failures what it belongs to.
    """

    text: str
    names: frozenset[str]
    where: str = field(default="", compare=False)
    keys: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)
    tree: ast.expr | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str | None:
        """The field, where the expression is nothing but one. 字段。"""
        return next(iter(self.names)) if isinstance(self.tree, ast.Name) else None


def compile_expression(
    text: str,
    *,
    labels: Mapping[str, str] = {},
    known: Collection[str] | None = None,
    where: str = "",
) -> Expression:
    """The expression that a text is. 编译表达式。

    `labels` gives the key of a field by its Chinese name, `known` the keys there are (any ASCII
    name unless given). Raises InvalidInput with what is wrong, at which position, and for a name
    that nobody knows the nearest there is.
    """
    try:
        reading = read_text(text)
        by_label = {unicodedata.normalize("NFKC", label): key for label, key in labels.items()}
        keys = {
            name: _find_key(name, position, by_label, known) for name, position in reading.names
        }
    except YiwangError as error:
        raise _place(error, where, text) from error.__cause__
    return Expression(text, frozenset(keys.values()), where, tuple(keys.items()), reading.tree)


def evaluate_expression(expression: Expression, values: Mapping[str, object]) -> Any:
    """The value of an expression over the data of a case; None where there is none. 求值。

    Numbers come as int or Decimal, never as float. Raises InvalidInput where values do not fit
    what is asked of them: kinds that cannot be compared, a text to calculate with, a division by
    zero.
    """
    try:
        return _compute(expression, values)
    except YiwangError as error:
        raise _place(error, expression.where, expression.text) from error.__cause__


def holds(expression: Expression, values: Mapping[str, object]) -> bool:
    """Whether a condition holds; what compares with nothing does not. 条件是否成立。

    Raises InvalidInput where the expression gives something other than true or false, or where
    values do not fit what is asked of them; never because a value is missing.
    """
    found = evaluate_expression(expression, values)
    try:
        return _as_truth(found)
    except YiwangError as error:
        raise _place(error, expression.where, expression.text) from None


def _find_key(
    name: str, position: int, by_label: Mapping[str, str], known: Collection[str] | None
) -> str:
    key = name if known is not None and name in known else by_label.get(name, name)
    if (key in known) if known is not None else (key.isascii() and not key.startswith("_")):
        return key
    raise InvalidInput(
        "expressions.text.unknown_field",
        "%(place)sPosition %(position)s: there is no field “%(name)s”%(suggestion)s",
        place="",
        position=position,
        name=name[:80],
        suggestion=suggest(name, [*by_label, *(known or ())]),
    )


def _place(error: YiwangError, where: str, text: str) -> YiwangError:
    """The failure, saying what it belongs to. 标明出处。"""
    extra = {**error.extra, "expression": text[:MAX_LENGTH]}
    if where:
        extra |= {"where": where, "place": f"{where}: "}
    return type(error)(error.code, error.message, **extra)


def _as_truth(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise InvalidInput(
        "expressions.text.no_condition",
        "%(place)sA condition is needed, such as amount > 100; this gives %(found)s",
        place="",
        found=KINDS[kind_of(value)],
    )


def _compute(expression: Expression, values: Mapping[str, object]) -> Any:
    evaluator = _evaluator()
    evaluator.names = {name: take_value(values.get(key)) for name, key in expression.keys}
    try:
        return evaluator.eval(expression.text, expression.tree)
    except InvalidExpression as error:
        # Its own look at lists and records, for functions and modules among their members.
        raise InvalidInput(
            "expressions.text.value",
            "%(place)sA field holds what no form can hold: %(found)s",
            place="",
            found=type(error).__name__,
        ) from error
    except RecursionError as error:
        raise InvalidInput(
            "expressions.text.value_too_deep",
            "%(place)sA value is nested too deep",
            place="",
        ) from error
    finally:
        evaluator.names = {}


_OPERATORS: dict[type[ast.AST], Any] = {
    ast.Add: BINARY["+"],
    ast.Sub: BINARY["-"],
    ast.Mult: BINARY["*"],
    ast.Div: BINARY["/"],
    ast.FloorDiv: BINARY["//"],
    ast.Mod: BINARY["%"],
    ast.USub: negate,
    ast.UAdd: keep_sign,
    ast.Not: operator.not_,
    ast.Eq: are_equal,
    ast.NotEq: differ,
    ast.Lt: ORDERS["<"],
    ast.LtE: ORDERS["<="],
    ast.Gt: ORDERS[">"],
    ast.GtE: ORDERS[">="],
    ast.In: is_member,
    ast.NotIn: lambda item, of: not is_member(item, of),
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}
_NODES = (
    ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call, ast.Constant, ast.Name,
    ast.List, ast.Tuple,
)  # fmt: skip
_local = threading.local()


def _evaluator() -> EvalWithCompoundTypes:
    """The evaluator of this thread: it keeps the names of what it works on. 求值器。"""
    found = getattr(_local, "evaluator", None)
    if found is None:
        found = _local.evaluator = EvalWithCompoundTypes(operators=_OPERATORS, functions={})
        # The class brings list(), dict() and more; what the whitelist lets in is all there is.
        found.functions = {name: function.call for name, function in FUNCTIONS.items()}
        found.functions[CONDITION] = _as_truth
        found.nodes = {node: found.nodes[node] for node in _NODES}
    return found
