"""Writing a tree as text that reads back as the same tree. 语法树写成文本。"""

from __future__ import annotations

import re

from .tokens import KEYWORDS
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
    Some,
)
from .values import write_value

_PLAIN = re.compile(r"[^\W\d]\w*")


def write_text(node: Node) -> str:
    """The text of a tree; parsing it with the same schema gives the tree again. 写出文本。"""
    match node:
        case Literal():
            return _literal(node)
        case Field(name=name):
            return write_name(name)
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(_operand, arguments))})"
        case All(parts=parts):
            return " and ".join(_part(part, (All, Some)) for part in parts)
        case Some(parts=parts):
            return " or ".join(_part(part, (Some,)) for part in parts)
        case Not(item=item):
            return f"not {_part(item, (All, Some))}"
    return _test(node)


def write_name(name: str) -> str:
    """A field's name, in double quotes where it needs them. 写出字段名。"""
    if _PLAIN.fullmatch(name) and name.lower() not in KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def _test(node: Compare | Between | In | IsNull) -> str:
    match node:
        case Compare(operator=operator, left=left, right=right):
            return f"{_operand(left)} {operator} {_operand(right)}"
        case Between(item=item, low=low, high=high):
            return f"{_operand(item)} between {_operand(low)} and {_operand(high)}"
        case In(item=item, options=options):
            return f"{_operand(item)} in ({', '.join(map(_literal, options))})"
        case IsNull(item=item):
            return f"{_operand(item)} is null"


def _operand(node: Node) -> str:
    text = write_text(node)
    return text if isinstance(node, (Literal, Field, Call)) else f"({text})"


def _part(node: Node, wrapped: tuple[type, ...]) -> str:
    text = write_text(node)
    return f"({text})" if isinstance(node, wrapped) else text


def _literal(literal: Literal) -> str:
    text = write_value(literal)
    if literal.type in ("integer", "decimal", "boolean"):
        return text
    return "'" + text.replace("'", "''") + "'"
