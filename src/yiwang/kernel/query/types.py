"""The typed tree of expressions and filters. 表达式与筛选语法树。

Every node is frozen, knows its type and holds no text of any engine. Trees come from `parser`
and `url`; `sql` compiles them, `evaluation` computes them, `writing` turns them back into text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal as OneOf
from typing import NamedTuple

Type = OneOf["text", "integer", "decimal", "date", "datetime", "boolean"]
Value = str | int | Decimal | date | datetime | bool
Dialect = OneOf["duckdb", "sqlite", "postgresql"]
Operator = OneOf["=", "!=", "<", "<=", ">", ">=", "contains", "startswith", "endswith"]

TEXT_OPERATORS: tuple[Operator, ...] = ("contains", "startswith", "endswith")
ORDER_OPERATORS: tuple[Operator, ...] = ("<", "<=", ">", ">=")

MAX_LENGTH = 8_000
MAX_DEPTH = 24
MAX_NODES = 2_000
MAX_SQL = 400_000


@dataclass(frozen=True, slots=True)
class Literal:
    """A fixed value. 常量。"""

    value: Value
    type: Type


@dataclass(frozen=True, slots=True)
class Field:
    """A named field of the row. 字段。"""

    name: str
    type: Type = "text"


@dataclass(frozen=True, slots=True)
class Call:
    """A function over expressions; `functions.FUNCTIONS` lists them. 函数调用。"""

    function: str
    arguments: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one type side by side. 比较。"""

    operator: Operator
    left: Node
    right: Node
    type: Type = "boolean"


@dataclass(frozen=True, slots=True)
class Between:
    """Within two bounds, both included. 区间。"""

    item: Node
    low: Node
    high: Node
    type: Type = "boolean"


@dataclass(frozen=True, slots=True)
class In:
    """One of several fixed values. 属于。"""

    item: Node
    options: tuple[Literal, ...]
    type: Type = "boolean"


@dataclass(frozen=True, slots=True)
class IsNull:
    """There is no value. 缺失。"""

    item: Node
    type: Type = "boolean"


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite. 非。"""

    item: Node
    type: Type = "boolean"


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds. 且。"""

    parts: tuple[Node, ...]
    type: Type = "boolean"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds. 或。"""

    parts: tuple[Node, ...]
    type: Type = "boolean"


Node = Literal | Field | Call | Compare | Between | In | IsNull | Not | All | Some


class Compiled(NamedTuple):
    """SQL text with places, and the values for the places in order. 编译结果。"""

    sql: str
    params: list[Value]


class KeyPair(NamedTuple):
    """What of the left row must equal what of the right row. 比对键。"""

    left: Node
    right: Node


class Schema:
    """The fields that may be named, with their types. 可用字段。

    `Schema.open()` takes any name as a text field: for key expressions read before the tables
    they belong to are known.
    """

    def __init__(
        self, fields: Mapping[str, Type] | Iterable[str], *, is_open: bool = False
    ) -> None:
        text: Type = "text"
        self._fields: dict[str, Type] = (
            dict(fields) if isinstance(fields, Mapping) else dict.fromkeys(fields, text)
        )
        self.is_open = is_open

    @classmethod
    def open(cls) -> Schema:
        """A schema that knows every name as text. 开放字段集。"""
        return cls((), is_open=True)

    def find(self, name: str) -> Field | None:
        """The field of that exact name, or None. 查找字段。"""
        kind: Type | None = "text" if self.is_open else self._fields.get(name)
        return Field(name, kind) if kind else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below, left to right. 子节点。"""
    match node:
        case Call(arguments=found) | All(parts=found) | Some(parts=found):
            return found
        case Compare(left=left, right=right):
            return (left, right)
        case Between(item=item, low=low, high=high):
            return (item, low, high)
        case In(item=item, options=options):
            return (item, *options)
        case IsNull(item=item) | Not(item=item):
            return (item,)
    return ()


def list_fields(node: Node) -> list[str]:
    """The names of all fields used, each once, in order of appearance. 所用字段。"""
    names = [node.name] if isinstance(node, Field) else []
    for child in children(node):
        names += list_fields(child)
    return list(dict.fromkeys(names))


def rename_fields(node: Node, names: Mapping[str, str]) -> Node:
    """The tree with its fields under other names; KeyError for one that has none. 字段改名。"""
    match node:
        case Field(name=name):
            return replace(node, name=names[name])
        case Call(arguments=found):
            return replace(node, arguments=tuple(rename_fields(one, names) for one in found))
        case All(parts=found) | Some(parts=found):
            return replace(node, parts=tuple(rename_fields(one, names) for one in found))
        case Compare(left=left, right=right):
            return replace(node, left=rename_fields(left, names), right=rename_fields(right, names))
        case Between(item=item, low=low, high=high):
            low, high = rename_fields(low, names), rename_fields(high, names)
            return replace(node, item=rename_fields(item, names), low=low, high=high)
        case In(item=item) | IsNull(item=item) | Not(item=item):
            return replace(node, item=rename_fields(item, names))
    return node
