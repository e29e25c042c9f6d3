"""Filters as URL parameters, both ways. 网址参数筛选。

`code__startswith=11&name__contains=街道`: a field's name, alone or with `__` and a test. Several
parameters hold together; `in` comes once per value. What has no such form travels as text in
`filter`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from yiwang.kernel.base.errors import InvalidInput

from .building import build_call, build_compare, build_in, find_field
from .parser import parse_filter
from .types import All, Call, Compare, Field, In, IsNull, Literal, Node, Not, Operator, Schema
from .values import read_value, write_value
from .writing import write_text

TEXT_PARAMETER = "filter"

_OPERATORS: dict[str, Operator] = {
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "contains": "contains",
    "startswith": "startswith",
    "endswith": "endswith",
}
_TESTS = ("in", "isnull", "blank", "empty", *_OPERATORS)
_MAX_PARAMETERS = 200

Pairs = Iterable[tuple[str, str]] | Mapping[str, Any]


def from_url(parameters: Pairs, schema: Schema, *, ignore: Iterable[str] = ()) -> Node | None:
    """The filter that URL parameters say, or None where they say none. 读取网址筛选。

    Takes a QueryDict, a mapping or pairs. Names in `ignore` (page, order) are left alone; any
    other name that is no field raises InvalidInput.
    """
    parts: list[Node] = []
    for name, values in _group(parameters, set(ignore)).items():
        if name == TEXT_PARAMETER:
            parts += [parse_filter(text, schema) for text in values if text.strip()]
        else:
            parts += _read(name, values, schema)
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, All) else [part]
    return All(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def to_url(node: Node | None, *, ignore: Iterable[str] = ()) -> list[tuple[str, str]]:
    """URL parameters that `from_url` reads as the same filter. 写成网址参数。"""
    if node is None:
        return []
    pairs: list[tuple[str, str]] = []
    taken = {*ignore, TEXT_PARAMETER}
    for part in node.parts if isinstance(node, All) else (node,):
        written = _write(part)
        # A name can carry one test; a second one, or a name of another meaning, goes as text.
        if not written or written[0][0] in taken or _misread(part, written[0][0]):
            return [(TEXT_PARAMETER, write_text(node))]
        taken.add(written[0][0])
        pairs += written
    return pairs


def _group(parameters: Pairs, ignored: set[str]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in _pairs(parameters):
        if name not in ignored:
            grouped.setdefault(name, []).append(value)
    if sum(map(len, grouped.values())) > _MAX_PARAMETERS:
        raise InvalidInput(
            "query.url.too_many",
            "There are more than %(limit)s filter parameters",
            limit=_MAX_PARAMETERS,
        )
    return grouped


def _pairs(parameters: Pairs) -> Iterable[tuple[str, str]]:
    if hasattr(parameters, "lists"):
        return [(name, value) for name, values in parameters.lists() for value in values]
    if isinstance(parameters, Mapping):
        return [
            (name, value)
            for name, values in parameters.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
    return parameters


def _read(name: str, values: Sequence[str], schema: Schema) -> list[Node]:
    if schema.find(name) and not schema.is_open:
        return [_test(find_field(schema, name), "eq", value) for value in values]
    field_name, _, test = name.rpartition("__")
    if not field_name or test not in _TESTS:
        find_field(schema, name)
        field_name, test = name, "eq"
    field = find_field(schema, field_name)
    if test == "in":
        return [build_in(field, [Literal(value, "text") for value in values])]
    return [_test(field, test, value) for value in values]


def _test(field: Field, test: str, value: str) -> Node:
    if test in _OPERATORS:
        return build_compare(_OPERATORS[test], field, read_value(value, field.type))
    wanted = read_value(value, "boolean").value
    found = IsNull(field) if test == "isnull" else build_call(test, [field])
    return found if wanted else Not(found)


def _write(node: Node) -> list[tuple[str, str]]:
    match node:
        case Compare(operator=sign, left=Field(name=name), right=Literal() as right):
            test = next(test for test, known in _OPERATORS.items() if known == sign)
            return [(name if test == "eq" else f"{name}__{test}", write_value(right))]
        case In(item=Field(name=name), options=options):
            return [(f"{name}__in", write_value(option)) for option in options]
        case Not(item=item) if isinstance(item, (IsNull, Call)):
            return [(name, "false") for name, _ in _write(item)]
        case IsNull(item=Field(name=name)):
            return [(f"{name}__isnull", "true")]
        case Call(function=("blank" | "empty") as test, arguments=(Field(name=name),)):
            return [(f"{name}__{test}", "true")]
    return []


def _misread(node: Node, name: str) -> bool:
    """Whether the parameter's name could stand for another field or test."""
    head, _, test = name.rpartition("__")
    if isinstance(node, Compare) and node.operator == "=":
        return bool(head) and test in _TESTS
    return test not in _TESTS or "__" in head
