"""Whether a condition can hold at all, whatever is answered. 条件可满足性。

The answers to a field fall into pieces on which no comparison with a constant changes its mind; one
sample stands for each piece, and the evaluator itself says whether the condition holds there. What
is not understood (functions, arithmetic, two fields side by side) may be true or false as it likes,
so that a condition is only ever called empty when it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from itertools import pairwise, product
from math import prod
from typing import Any, Literal

from yiwang.kernel.base.errors import YiwangError

from .evaluation import Expression, holds
from .reading import CONDITION
from .values import read_number

# About half a second; a condition that needs more is let pass.
MAX_POINTS = 10_000
_EXACT = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Answers:
    """What may be answered to a field, beside nothing. 取值范围。

    `options` are those of a `choice`, `least` and `most` the bounds of numbers.
    """

    kind: Literal["number", "integer", "boolean", "choice", "text", "any"] = "any"
    options: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None


def can_hold(
    condition: Expression,
    answers: Mapping[str, Answers],
    *,
    after: Sequence[Expression] = (),
) -> bool:
    """Whether there are answers for which a condition holds and none of those before does. 能否成立。

    False only where it is certain; fields without `answers` may hold anything.
    """
    points = _Points(answers)
    try:
        points.study([condition, *after])
        wanted, *before = [points.simplify(one) for one in (condition, *after)]
        return any(_is_met(wanted, before, values) for values in points.walk())
    except _TooMany:
        return True


class _TooMany(Exception):
    """More points than are looked at."""


def _is_met(wanted: Expression, before: Sequence[Expression], values: Mapping[str, Any]) -> bool:
    try:
        return not any(holds(one, values) for one in before) and holds(wanted, values)
    except YiwangError:
        return False


@dataclass
class _Points:
    """Conditions over a few samples for each field. 取样点。"""

    answers: Mapping[str, Answers]
    samples: dict[str, list[Any]] = field(default_factory=dict)
    guessed: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def study(self, conditions: Iterable[Expression]) -> None:
        """Find what each field is compared with, and samples to stand for its answers."""
        named: dict[str, list[Any]] = {}
        for one in conditions:
            keys = dict(one.keys)
            for key in keys.values():
                named.setdefault(key, [])
            for node in ast.walk(one.tree or ast.Constant(None)):
                if isinstance(node, ast.Compare) and _is_plain(node):
                    for name in _names_of(node):
                        named[keys[name]] += _constants_of(node)
        for key, constants in named.items():
            found = _sample(self.answers[key], constants) if key in self.answers else None
            if found is not None:
                self.samples[key] = found

    def simplify(self, condition: Expression) -> Expression:
        """The condition with a name of its own in the place of what is not understood."""
        keys = dict(condition.keys)
        tree = self._plain(condition.tree or ast.Constant(None), keys)
        told = tuple(keys.items()) + tuple((name, name) for name in self.guessed.values())
        names = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        kept = tuple((name, key) for name, key in told if name in names)
        self.used |= {key for _, key in kept}
        return Expression(condition.text, frozenset(key for _, key in kept), "", kept, tree)

    def _plain(self, node: ast.expr, keys: Mapping[str, str]) -> ast.expr:
        match node:
            case ast.BoolOp(op=op, values=values):
                return ast.BoolOp(op, [self._plain(one, keys) for one in values])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return ast.UnaryOp(ast.Not(), self._plain(operand, keys))
            case ast.Constant():
                return node
            case ast.Name(id=name) | ast.Call(func=ast.Name(id="?"), args=[ast.Name(id=name)]) if (
                keys[name] in self.samples
            ):
                return node
            case ast.Compare() if _is_plain(node) and all(
                keys[name] in self.samples for name in _names_of(node)
            ):
                return node
        return self._guess(node)

    def _guess(self, node: ast.expr) -> ast.expr:
        name = self.guessed.setdefault(ast.dump(node), f"{CONDITION}{len(self.guessed)}")
        self.samples[name] = [True, False]
        return ast.Name(name, ast.Load())

    def walk(self) -> Iterator[dict[str, Any]]:
        """Every combination of samples; _TooMany where nobody would wait for them."""
        keys = sorted(self.used)
        columns = [self.samples[key] for key in keys]
        if prod(map(len, columns)) > MAX_POINTS:
            raise _TooMany
        for values in product(*columns):
            yield dict(zip(keys, values, strict=True))


def _is_plain(node: ast.Compare) -> bool:
    """Whether it compares fields with constants only, in a way that samples can stand for."""
    sides = [node.left, *node.comparators]
    return all(
        _is_plain_pair(one, op, other)
        for one, op, other in zip(sides, node.ops, sides[1:], strict=False)
    )


def _is_plain_pair(one: ast.expr, op: ast.cmpop, other: ast.expr) -> bool:
    if isinstance(op, ast.In | ast.NotIn):
        # A part of a text is no matter of order; the members of a list are.
        return (
            isinstance(one, ast.Name)
            and isinstance(other, ast.List | ast.Tuple)
            and all(map(_is_constant, other.elts))
        )
    sides = (one, other)
    return any(map(_is_constant, sides)) and all(
        _is_constant(side) or isinstance(side, ast.Name) for side in sides
    )


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        node = node.operand
        return isinstance(node, ast.Constant) and isinstance(node.value, int | Decimal)
    return isinstance(node, ast.Constant)


def _names_of(node: ast.Compare) -> list[str]:
    return [one.id for one in (node.left, *node.comparators) if isinstance(one, ast.Name)]


def _constants_of(node: ast.AST) -> Iterator[Any]:
    """Every constant within, those under a minus on both sides of nothing: more samples do no harm."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and one.value is not None:
            yield one.value
            if isinstance(one.value, int | Decimal) and not isinstance(one.value, bool):
                yield -one.value


def _sample(answers: Answers, constants: Sequence[Any]) -> list[Any] | None:
    """Samples for all that may be answered; None where no few of them could stand for it. 取样。"""
    if answers.kind == "boolean":
        return [None, True, False]
    if answers.kind == "choice":
        return [None, *answers.options]
    numbers = sorted(_numbers_in(constants))
    if answers.kind in ("number", "integer"):
        return [None, *_cut_numbers(numbers, answers)]
    texts = sorted({one for one in constants if isinstance(one, str)})
    counted = any(isinstance(one, int | Decimal) and not isinstance(one, bool) for one in constants)
    if texts and counted:
        return None  # A text stands among numbers and among texts at once.
    # A text of a number compares with numbers as the number does; other texts do not.
    found: list[Any] = [None, *_cut_texts(texts)]
    if answers.kind == "any":
        found += [True, False, []]
    if counted or answers.kind == "any":
        found += _cut_numbers(numbers, Answers("number"))
    return found


def _numbers_in(constants: Iterable[Any]) -> set[Decimal]:
    read = (read_number(one) if isinstance(one, str) else one for one in constants)
    return {Decimal(one) for one in read if one is not None and not isinstance(one, bool)}


def _cut_numbers(numbers: Sequence[Decimal], answers: Answers) -> list[Any]:
    bounds = [Decimal(one) for one in (answers.least, answers.most) if one is not None]
    marks = sorted({*numbers, *bounds}) or [Decimal(0)]
    whole = answers.kind == "integer"
    found: Iterator[int | Decimal] = _whole(marks) if whole else _between(marks)
    return [
        one
        for one in sorted(set(found))
        if (answers.least is None or one >= answers.least)
        and (answers.most is None or one <= answers.most)
    ]


def _whole(marks: Iterable[Decimal]) -> Iterator[int]:
    for one in marks:
        low = int(one.to_integral_value(ROUND_FLOOR))
        high = int(one.to_integral_value(ROUND_CEILING))
        yield from (low - 1, low, high, high + 1)


def _between(marks: Sequence[Decimal]) -> Iterator[Decimal]:
    yield _EXACT.subtract(marks[0], Decimal(1))
    yield from marks
    for one, other in pairwise(marks):
        yield _EXACT.divide(_EXACT.add(one, other), Decimal(2))
    yield _EXACT.add(marks[-1], Decimal(1))


def _cut_texts(texts: Sequence[str]) -> Iterator[str]:
    """Each text, the very next after it, and the least of all; no form sends what lies nearer."""
    yield ""
    for one in texts:
        yield one
        yield one + "\0"
