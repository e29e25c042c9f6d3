"""Filters over fields as filters over columns. 字段筛选转为列筛选。

A filter names fields and holds values as people write them; the table has columns and values as
they are stored. The same tree of columns is compiled to SQL and asked of one row in Python, so a
row is in a list exactly when it may be read alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from typing import cast

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import (
    All,
    Between,
    Compare,
    Field,
    In,
    IsNull,
    Literal,
    Node,
    Not,
    Operator,
    Schema,
    Some,
    Type,
)
from yiwang.kernel.records.services.filterable import schema_of_fields
from yiwang.kernel.records.services.values import to_stored
from yiwang.kernel.records.types import LEVELS, Entity
from yiwang.kernel.records.types import Field as Declared

OWN_COLUMNS: Mapping[str, str] = {
    "_id": "id",
    "_organization": "org",
    "_owner": "owner",
    "_created_at": "created_at",
    "_updated_at": "updated_at",
    **{f"_level{level}": f"r{level}" for level in range(1, LEVELS + 1)},
}
MOST_BRANCHES = 16
NOTHING = IsNull(Field("id"))
"""What holds for no row. 恒假。"""
EVERYTHING = Not(NOTHING)
_MOMENT = Declared("moment", {}, "datetime")
_INTEGER_LIMIT = 2**63 - 1


def to_columns(entity: Entity, node: Node) -> Node:
    """The same filter over columns and stored values. 转为列筛选。

    InvalidInput for a shape that no index serves: fields are compared with fixed values only.
    """
    if isinstance(node, All | Some):
        return type(node)(tuple(to_columns(entity, part) for part in node.parts))
    if isinstance(node, Not):
        return Not(to_columns(entity, node.item))
    found = _test_of_column(entity, node)
    if found is None:
        raise InvalidInput(
            "records.filter.shape",
            "A filter over records compares one field with fixed values: =, !=, <, <=, >, >=, in, "
            "between, is null, startswith",
        )
    return found


def _test_of_column(entity: Entity, node: Node) -> Node | None:
    found: Node | None = None
    match node:
        case IsNull(item=Field() as item):
            found = IsNull(_column(entity, item))
        case In(item=Field() as item, options=options):
            found = _any_of(entity, item, options)
        case Between(item=Field() as item, low=Literal() as low, high=Literal() as high):
            bounds = (_compare(entity, ">=", item, low), _compare(entity, "<=", item, high))
            found = All(bounds)
        case Compare(operator=sign, left=Field() as item, right=Literal() as value):
            found = _compare(entity, sign, item, value)
        case Compare(operator=sign, left=Literal() as value, right=Field() as item):
            found = _compare(entity, _MIRRORED[sign], item, value) if sign in _MIRRORED else None
        case Field(type="boolean"):
            found = _compare(entity, "=", node, Literal(True, "boolean"))
    return found


_MIRRORED: Mapping[Operator, Operator] = {
    "=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip


def _any_of(entity: Entity, item: Field, options: Sequence[Literal]) -> Node:
    found = [_compare(entity, "=", item, option) for option in options]
    values = tuple(
        one.right for one in found if isinstance(one, Compare) and isinstance(one.right, Literal)
    )
    return In(_column(entity, item), values) if values else NOTHING


def _column(entity: Entity, item: Field) -> Field:
    if item.name in OWN_COLUMNS:
        return Field(OWN_COLUMNS[item.name], "text")
    declared = entity.fields[item.name]
    return Field(declared.column, declared.stored)


def _compare(entity: Entity, sign: Operator, item: Field, value: Literal) -> Node:
    column = _column(entity, item)
    if sign == "startswith":
        return _begins(column, str(value.value))
    if sign in ("contains", "endswith"):
        raise InvalidInput(
            "records.filter.inside",
            "Records are not searched inside of %(field)s; look for its beginning, or search",
            field=item.name,
        )
    if item.type in ("integer", "decimal"):
        decimals = entity.fields[item.name].decimals
        return _compare_number(sign, column, Decimal(str(value.value)).scaleb(decimals))
    return Compare(sign, column, Literal(_stored(entity, item, value), column.type))


def _stored(entity: Entity, item: Field, value: Literal) -> str | int:
    if isinstance(value.value, datetime):
        moment = value.value
        told = moment if moment.tzinfo else moment.replace(tzinfo=CITY_ZONE)
        return cast("str", to_stored(_MOMENT, told))
    if item.name in OWN_COLUMNS:
        return str(value.value)
    return cast("str | int", to_stored(entity.fields[item.name], value.value))


def _begins(column: Field, start: str) -> Node:
    """A range instead of a pattern: every index serves it."""
    if not start:
        return Not(IsNull(column))
    above = next_text(start)
    low = Compare(">=", column, Literal(start, "text"))
    return All((low, Compare("<", column, Literal(above, "text")))) if above else low


def next_text(text: str) -> str:
    """The least text above all that begin so, by code points. 后继文本。"""
    for place in range(len(text) - 1, -1, -1):
        code = ord(text[place])
        if code < 0x10FFFF:
            return text[:place] + chr(0xE000 if code == 0xD7FF else code + 1)
    return ""


def _compare_number(sign: Operator, column: Field, wanted: Decimal) -> Node:
    """Against a scaled whole number; a bound between two of them moves to the nearer one."""
    if abs(wanted) > _INTEGER_LIMIT:
        above = wanted > 0
        return (
            Not(IsNull(column))
            if (sign in ("<", "<=")) == above and sign in _ORDERS
            else (EVERYTHING if sign == "!=" else NOTHING)
        )
    whole = wanted.to_integral_value()
    if whole == wanted:
        return Compare(sign, column, Literal(int(whole), "integer"))
    if sign in ("=", "!="):
        return NOTHING if sign == "=" else EVERYTHING
    down = sign in (">", "<=")
    bound = int(wanted.to_integral_value(ROUND_FLOOR if down else ROUND_CEILING))
    return Compare(sign, column, Literal(bound, "integer"))


_ORDERS = ("<", "<=", ">", ">=")


def fields_of_text(schema: Schema, text: str) -> list[str]:
    """The fields that a declared filter names. 筛选所用字段。"""
    if not text:
        return []
    node = read_filter(text, (), schema)
    return query.list_fields(node)


def read_filter(text: str, values: tuple[tuple[str, str], ...], schema: Schema) -> Node:
    """A declared filter, its `'$me'` and the like replaced. 读取声明的筛选。

    The values are ids, codes and days of our own making: none of them holds a quote.
    """
    return _read(text, values, tuple((name, _type(schema, name)) for name in schema))


def _type(schema: Schema, name: str) -> Type:
    found = schema.find(name)
    return found.type if found else "text"


@lru_cache(maxsize=1024)
def _read(
    text: str, values: tuple[tuple[str, str], ...], fields: tuple[tuple[str, Type], ...]
) -> Node:
    for name, value in values:
        text = text.replace(f"'${name}'", f"'{value}'")
    if "'$today'" in text and not values:
        text = text.replace("'$today'", "'2000-01-01'")
    return query.parse_filter(text, Schema(dict(fields)))


def check_filter(entity: Entity, text: str) -> None:
    """Raise InvalidInput unless a declared filter can be asked of a table. 检查声明的筛选。"""
    to_columns(entity, read_filter(text, (), schema_of_fields(entity)))


def split(node: Node | None) -> list[Node | None]:
    """Parts of which a row needs to meet one: each is a walk along an index of its own. 拆分或条件。

    More than a handful stay one condition.
    """
    if node is None:
        return [None]
    parts = _split(node) or [NOTHING]
    return list(parts) if len(parts) <= MOST_BRANCHES else [node]


def _split(node: Node) -> list[Node]:
    match node:
        case Some(parts=parts):
            return [one for part in parts for one in _split(part)]
        case All(parts=parts):
            found: list[tuple[Node, ...]] = [()]
            for part in parts:
                found = [(*one, other) for one in found for other in _split(part)]
                if len(found) > MOST_BRANCHES:
                    return [node]
            return [All(one) for one in found]
    return [node]


def join_all(parts: Sequence[Node | None]) -> Node | None:
    """One condition of several; None of none: it always holds. 合取。"""
    flat: list[Node] = []
    for part in parts:
        if part is not None:
            flat += part.parts if isinstance(part, All) else [part]
    return flat[0] if len(flat) == 1 else All(tuple(flat)) if flat else None
