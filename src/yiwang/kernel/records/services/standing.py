"""The records that rows of a sheet mean, as they stand. 现有记录。"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.query.types import All, Compare, In, Literal, Node, Some
from yiwang.kernel.query.types import Field as Named
from yiwang.kernel.records.types import Entity, Record

from .desk import Desk
from .plans.access import access_of
from .plans.statements import Condition, Order, columns_of, select_rows
from .plans.trees import join_all
from .rows import Reader
from .values import to_stored
from .work import values_of

IDS_AT_ONCE, KEYS_AT_ONCE = 500, 16
Key = tuple[Any, ...]


@dataclass(slots=True)
class Standing:
    """Records as their reader sees them, and their whole values for checks, by id. 现有记录。"""

    records: dict[str, Record] = field(default_factory=dict)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    keyed: dict[Key, str] = field(default_factory=dict)

    def find(self, record_id: str, key: Key) -> Record | None:
        """The record of an id, else of a key. 查找。"""
        return self.records.get(record_id or (self.keyed.get(key, "") if key else ""))


def find_standing(
    desk: Desk, entity: Entity, *, ids: Collection[str], keys: Sequence[Key]
) -> Standing:
    """The records of some ids and keys that the reader may see. 查找现有记录。

    A key is asked for as it stands in its index, whatever lists may be narrowed by: who calls has
    made sure that the reader sees its fields whole.
    """
    found = Standing()
    for block in in_blocks(sorted(ids), IDS_AT_ONCE):
        options = tuple(Literal(one, "text") for one in block)
        _read(desk, entity, In(Named("id"), options), found)
    for part in in_blocks(dict.fromkeys(keys), KEYS_AT_ONCE):
        _read(desk, entity, Some(tuple(_is_key(entity, one) for one in part)), found)
    return found


def _is_key(entity: Entity, key: Key) -> Node:
    parts = []
    for name, value in zip(entity.key, key, strict=True):
        one = entity.fields[name]
        told = to_stored(one, value)
        kind = one.stored
        parts.append(Compare("=", Named(one.column, kind), Literal(told, kind)))  # type: ignore[arg-type]
    return All(tuple(parts))


def _read(desk: Desk, entity: Entity, node: Node, found: Standing) -> None:
    access = access_of(desk, entity)
    condition = Condition(join_all([access.rows("see"), node]))
    reader, columns = Reader(access), columns_of(entity)
    for row in select_rows(entity, condition, Order("id"), None, IDS_AT_ONCE):
        record = reader.read_row(row)
        values = values_of(entity, dict(zip(columns, row, strict=True)))
        found.records[record.id], found.values[record.id] = record, values
        found.keyed[_key_of(entity, values)] = record.id


def _key_of(entity: Entity, values: Mapping[str, Any]) -> Key:
    return tuple(values[name] for name in entity.key)
