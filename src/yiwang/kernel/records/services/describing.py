"""What programs may send to an entity and get from it, for one asker. 业务对象接口描述。

A JSON Schema of what may be sent, and an OpenAPI document of exactly this entity: only fields that
exist for the asker, only operations that the asker may call, filters only where a list takes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from yiwang.kernel.records.types import Entity, Field, Label

from .declaring import schema_of
from .desk import Desk

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Described:
    """An entity as one asker meets it. 可见的业务对象。

    `entity` has only the fields that exist for the asker; `masked` are those that may come with
    stars, `narrows` those that lists narrow and order by, `groups` those they count by; `creates`
    and `edits` the fields that may be filled in.
    """

    entity: Entity
    verbs: frozenset[str]
    masked: frozenset[str]
    narrows: frozenset[str]
    creates: frozenset[str]
    edits: frozenset[str]

    @property
    def groups(self) -> list[str]:
        """Fields with few values, by which records are counted. 可分组字段。"""
        fields = self.entity.fields
        return [
            key for key in fields
            if key in self.narrows and (fields[key].choices or fields[key].kind == "boolean")
        ]  # fmt: skip


def see_entity(desk: Desk, code: str) -> Described:
    """What exists of an entity for the asker; NotFound. 可见的业务对象。"""
    entity = desk.entity(code)
    seen = desk.visible(code)
    return Described(
        entity=replace(entity, fields={key: entity.fields[key] for key in seen}),
        verbs=desk.verbs(code),
        masked=frozenset(seen) - desk.plain(code),
        narrows=frozenset(desk.narrowable(code)),
        creates=frozenset(desk.writable(code, "create")),
        edits=frozenset(desk.writable(code, "edit")),
    )


def describe_values(desk: Desk, code: str) -> Json:
    """JSON Schema 2020-12 of what the asker may send. 数据模式。"""
    found = see_entity(desk, code)
    return write_schema(found, found.creates | found.edits)


def describe_api(desk: Desk, code: str) -> Json:
    """OpenAPI 3.1 document of the operations of one entity. 接口文档。"""
    from .openapi import write_document

    return write_document(see_entity(desk, code), desk.snapshot.epoch)


def write_schema(found: Described, fields: Iterable[str]) -> Json:
    """The schema of what may be sent, for some fields. 输入模式。"""
    kept = set(fields)
    entity = found.entity
    shown = replace(entity, fields={key: one for key, one in entity.fields.items() if key in kept})
    return {"$schema": DIALECT, "title": say(entity.title), **schema_of(shown)}


def read_schema(found: Described) -> Json:
    """The schema of a record as it comes. 输出模式。"""
    fields = found.entity.fields
    return {
        "type": "object",
        "title": say(found.entity.title),
        "description": say(found.entity.help),
        "required": [*OWN, *fields],
        "properties": OWN
        | {key: read_property(one, masked=key in found.masked) for key, one in fields.items()},
    }


def read_property(field: Field, *, masked: bool = False) -> Json:
    """The schema of one value as it comes; nothing is null. 输出字段模式。"""
    told = {"title": say(field.label), "description": say(field.help)}
    shape = read_shape(field)
    if masked:
        shape = (
            {"type": ["string", "array", "null"]}
            if field.kind == "group"
            else {"type": ["string", "null"]}
        )
        told["description"] = f"{told['description']} May come with stars, see _masked.".strip()
    return {name: text for name, text in told.items() if text} | shape


def read_shape(field: Field, *, nullable: bool = True) -> Json:
    """The JSON of a kind of value. 值的形态。"""
    shape = _SHAPES.get(field.kind, {"type": "string"})
    if field.kind == "number":
        shape = {"type": "string", "format": "decimal", "pattern": decimal_pattern(field.decimals)}
    if field.kind == "group":
        members = {key: read_property(one) for key, one in field.fields.items()}
        shape = {"type": "array", "items": {"type": "object", "properties": members}}
    if field.kind in ("choice", "choices") and field.choices:
        shape = _choose(field, shape)
    return shape | {"type": [shape["type"], "null"]} if nullable else dict(shape)


def _choose(field: Field, shape: Json) -> Json:
    """The codes by their labels; codes that went may still stand in old records."""
    codes = {code: say(label) for code, label in field.choices}
    return shape | {"x-yiwang-choices": codes}


def decimal_pattern(decimals: int) -> str:
    """The text of a number with so many places. 数字格式。"""
    places = rf"(\.[0-9]{{1,{decimals}}})?" if decimals else ""
    return rf"^-?[0-9]+{places}$"


def say(label: Label) -> str:
    """A label in both languages, for documents that every reader gets alike. 双语标签。"""
    texts: Mapping[str, str] = label
    return " ".join(dict.fromkeys(text for text in (texts.get("zh"), texts.get("en")) if text))


_FILE: Json = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "type": {"type": "string"},
        "size": {"type": "integer"},
    },
}
_SHAPES: Mapping[str, Json] = {
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "point": {"type": "string", "description": "lon,lat in degrees (CGCS2000)"},
    "choices": {"type": "array", "items": {"type": "string"}},
    "files": {"type": "array", "items": _FILE},
}
OWN: Json = {
    "_id": {"type": "string"},
    "_rev": {"type": "integer", "description": "Counts its changes; also its ETag"},
    "_title": {"type": "string"},
    "_organization": {"type": "string"},
    "_owner": {"type": "string"},
    "_created_at": {"type": "string", "format": "date-time"},
    "_updated_at": {"type": "string", "format": "date-time"},
    "_masked": {"type": "array", "items": {"type": "string"}, "description": "Fields under stars"},
    "_verbs": {"type": "array", "items": {"type": "string"}, "description": "What you may do"},
}
"""What every record has beside its fields. 系统字段。"""
