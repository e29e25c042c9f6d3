"""What filters over records may name, and what of it is personal. 可筛选字段。"""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.query.types import Schema, Type
from yiwang.kernel.records.types import LEVELS, Entity, Field

from .masking import is_masked

TYPES: Mapping[str, Type] = {
    "integer": "integer",
    "number": "decimal",
    "date": "date",
    "datetime": "datetime",
    "boolean": "boolean",
}
OWN_TYPES: Mapping[str, Type] = {
    "_id": "text",
    "_organization": "text",
    "_owner": "text",
    "_created_at": "datetime",
    "_updated_at": "datetime",
}
"""What every record has beside its fields, as filters name it. 系统字段。"""

OWN_GROUPS: Mapping[str, str] = {
    "_organization": "org",
    **{f"_level{level}": f"r{level}" for level in range(1, LEVELS + 1)},
}
"""What every record can be counted by beside its fields, with its column: the organization it
belongs to, and those above it level by level, from the top. 系统分组项。"""


def schema_of_fields(entity: Entity) -> Schema:
    """The fields of an entity with their types, and those that every record has. 字段类型。"""
    own = {key: TYPES.get(one.kind, "text") for key, one in entity.fields.items() if one.compares}
    return Schema({**own, **OWN_TYPES})


def is_personal(entity: Entity, key: str) -> bool:
    """Whether a field holds what is masked unless a grant says otherwise. 是否脱敏字段。"""
    return holds_personal(entity.fields[key])


def holds_personal(field: Field) -> bool:
    """The same of a field by itself; of a group, whether any of its fields does. 是否个人信息。"""
    own = is_masked(field.element, inside=bool(field.personal))
    return own or any(is_masked(one.element) for one in field.fields.values())
