"""From text to a checked tree: what an expression may be made of. 表达式的读取与检查。

Python's own parser reads, and a whitelist of what may stand in the tree is checked before anything
is computed: no attribute, no subscript, no power, no comprehension, no text made from a pattern.
The tree is then put straight: decimals become exact, `== None` asks whether something is there, and
what and/or/not/if take must be a condition.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NoReturn

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest

from .functions import FUNCTIONS, Function
from .numbers import LARGEST

MAX_LENGTH = 1_000
MAX_NODES = 200
MAX_DEPTH = 40
# Called around what must be a condition; a `?` cannot stand in a name that people write.
CONDITION = "?"

_SHAPES: tuple[type[ast.AST], ...] = (
    ast.Expression, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.Compare, ast.IfExp, ast.Call,
    ast.Constant, ast.Name, ast.List, ast.Tuple,
)  # fmt: skip
_SIGNS: tuple[type[ast.AST], ...] = (
    ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
    ast.Load,
)  # fmt: skip
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\\\ud800-\udfff]")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ASSIGNED = re.compile(r"(?<![=!<>:])=(?!=)")
# What a Chinese keyboard writes for a sign; full-width forms are found by NFKC.
_KEYBOARD = {"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'", "\u3002": "."}


@dataclass(frozen=True, slots=True)
class Reading:
    """A checked tree, and the names in it with their positions from 1. 已读表达式。"""

    tree: ast.expr
    names: tuple[tuple[str, int], ...]


@lru_cache(maxsize=2_048)
def read_text(text: str) -> Reading:
    """The tree of a text, read once; InvalidInput says what is wrong and where. 读取表达式。"""
    plain = _check_text(text)
    found = _parse(plain)
    names = tuple(_check_tree(found, plain))
    tree = _Straightener().visit(found)
    return Reading(ast.fix_missing_locations(tree), names)


def _check_text(text: str) -> str:
    """Without white space around, lines joined; characters and length as allowed."""
    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            "expressions.text.too_long",
            "%(place)sAn expression has at most %(limit)s characters",
            place="",
            limit=MAX_LENGTH,
        )
    found = _FORBIDDEN.search(text)
    if found:
        _refuse_character(found.start() + 1, repr(found[0])[1:-1])
    plain = text.strip()
    if not plain:
        raise InvalidInput("expressions.text.missing", "%(place)sThere is no expression", place="")
    # Joined lines would put all that follows a comment into it.
    return plain if "#" in plain else re.sub(r"[\r\n]+", " ", plain)


def _parse(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        _refuse_syntax(text, error.offset or len(text) + 1)
    except (ValueError, MemoryError, RecursionError):
        _refuse_depth()


def _refuse_syntax(text: str, position: int) -> NoReturn:
    found = text[position - 1 : position + 11].partition("\n")[0]
    plain = _KEYBOARD.get(found[:1]) or unicodedata.normalize("NFKC", found[:1])
    if plain != found[:1]:
        hint = f" → {plain} ?"
    else:
        hint = " → == ?" if _ASSIGNED.search(_QUOTED.sub("", text)) else ""
    raise InvalidInput(
        "expressions.text.unreadable",
        "%(place)sPosition %(position)s: “%(found)s” does not fit here%(suggestion)s",
        place="",
        position=position,
        found=found or "end 结尾",
        suggestion=hint,
    )


def _refuse_character(position: int, found: str) -> NoReturn:
    raise InvalidInput(
        "expressions.text.character",
        "%(place)sPosition %(position)s: the character %(found)s may not stand in an expression",
        place="",
        position=position,
        found=found,
    )


def _refuse_depth() -> NoReturn:
    raise InvalidInput(
        "expressions.text.too_deep",
        "%(place)sAn expression is nested at most %(limit)s deep",
        place="",
        limit=MAX_DEPTH,
    )


def _check_tree(root: ast.expr, text: str) -> Iterator[tuple[str, int]]:
    """The names of fields in the tree; what may not stand there is refused. 检查语法树。"""
    for count, (node, depth) in enumerate(_walk(root)):
        if count > MAX_NODES:
            raise InvalidInput(
                "expressions.text.too_many_parts",
                "%(place)sAn expression has at most %(limit)s parts",
                place="",
                limit=MAX_NODES,
            )
        if depth > MAX_DEPTH:
            _refuse_depth()
        position = _position(node, text)
        if not isinstance(node, _SHAPES):
            _refuse_part(node, position)
        _check_node(node, position)
        if isinstance(node, ast.Name):
            yield node.id, position


def _walk(root: ast.AST) -> Iterator[tuple[ast.AST, int]]:
    """Every node with its depth, without recursion; names of functions are left out."""
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        called = node.func if isinstance(node, ast.Call) else None
        waiting += [
            (child, depth + 1)
            for child in reversed(list(ast.iter_child_nodes(node)))
            if child is not called and not isinstance(child, _SIGNS)
        ]


def _position(node: ast.AST, text: str) -> int:
    """Where a node begins, in characters from 1; Python counts bytes."""
    line = text.split("\n")[getattr(node, "lineno", 1) - 1]
    return len(line.encode()[: getattr(node, "col_offset", 0)].decode(errors="ignore")) + 1


def _refuse_part(node: ast.AST, position: int) -> NoReturn:
    raise InvalidInput(
        "expressions.text.not_allowed",
        "%(place)sPosition %(position)s: %(found)s may not stand in an expression",
        place="",
        position=position,
        found=type(node).__name__,
    )


def _check_node(node: ast.AST, position: int) -> None:
    match node:
        case ast.Constant(value=value):
            _check_constant(node, value, position)
        case ast.BinOp(op=op) | ast.UnaryOp(op=op):
            if not isinstance(op, _SIGNS):
                _refuse_part(op, position)
        case ast.Compare(ops=ops):
            if any(isinstance(op, ast.Is | ast.IsNot) for op in ops) and not _asks_nothing(node):
                _refuse_part(ops[0], position)
        case ast.Call():
            _check_call(node, position)


def _check_constant(node: ast.AST, value: object, position: int) -> None:
    if isinstance(value, bool | str | None):
        return
    if not isinstance(value, int | float):
        _refuse_part(node, position)
    if not -LARGEST <= value <= LARGEST:
        raise InvalidInput(
            "expressions.text.number",
            "%(place)sPosition %(position)s: the number is too large; codes are texts in quotes",
            place="",
            position=position,
        )


def _check_call(node: ast.Call, position: int) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if not name:
        _refuse_part(node, position)
    function = FUNCTIONS.get(name)
    if function is None:
        raise InvalidInput(
            "expressions.text.unknown_function",
            "%(place)sPosition %(position)s: there is no function “%(name)s”%(suggestion)s",
            place="",
            position=position,
            name=name[:80],
            suggestion=suggest(name, FUNCTIONS),
        )
    _check_count(function, len(node.args), position)


def _check_count(function: Function, found: int, position: int) -> None:
    if function.least <= found <= function.most:
        return
    one = function.least == function.most
    raise InvalidInput(
        "expressions.text.arguments",
        "%(place)sPosition %(position)s: %(function)s takes %(expected)s values, not %(found)s",
        place="",
        position=position,
        function=function.name,
        expected=str(function.least) if one else f"{function.least}–{function.most}",
        found=found,
    )


def _asks_nothing(node: ast.AST) -> bool:
    """Whether it is `x == None`, `x is None` or the opposite, with one comparison. 是否判空。"""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return False
    if not isinstance(node.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
        return False
    return any(
        isinstance(side, ast.Constant) and side.value is None
        for side in (node.left, node.comparators[0])
    )


def _is_condition(node: ast.expr) -> bool:
    """Whether a part is true or false whatever the values are. 是否必为条件。"""
    match node:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name == CONDITION or FUNCTIONS[name].is_test
    return False


def _as_condition(node: ast.expr) -> ast.expr:
    if _is_condition(node):
        return node
    name = ast.Name(CONDITION, ast.Load())
    return ast.copy_location(ast.Call(name, [node], []), node)


class _Straightener(ast.NodeTransformer):
    """Puts a checked tree straight for the evaluator. 整理语法树。"""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, float):
            return ast.copy_location(ast.Constant(Decimal(repr(node.value))), node)  # type: ignore[arg-type]
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.Compare:
        self.generic_visit(node)
        if _asks_nothing(node):
            positive = isinstance(node.ops[0], ast.Eq | ast.Is)
            node.ops = [ast.Is() if positive else ast.IsNot()]
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.BoolOp:
        self.generic_visit(node)
        node.values = [_as_condition(value) for value in node.values]
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.UnaryOp:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            node.operand = _as_condition(node.operand)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.IfExp:
        self.generic_visit(node)
        node.test = _as_condition(node.test)
        return node
