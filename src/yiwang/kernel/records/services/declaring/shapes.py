"""Entities and forms as JSON Schema 2020-12: published with the API, and what values are held against. 数据模式。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jsonschema_rs

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.ids import ID_LENGTH
from yiwang.kernel.records.types import Entity, Field, FieldKind, Form, Label
from yiwang.kernel.standards import services as standards

Shape = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LONGEST: Mapping[str, int] = {"text": 200, "longtext": 20_000}
MOST: Mapping[str, int] = {"group": 50, "files": 10, "choices": 500}
MOST_LISTED = 500
"""Codes of a set that a schema names one by one; a longer set is named as a whole. 枚举上限。"""
DIGITS = 18
"""Of a number with all its places: what fits a column of every database. 数字总位数。"""
LARGEST = 2**63 - 1
_ID = "^[!-~]{1,%d}$"
_YEAR = "^[1-9][0-9]{3}-"
_LONGITUDE = r"-?(?:180(?:\.0{1,9})?|(?:1[0-7][0-9]|[1-9]?[0-9])(?:\.[0-9]{1,9})?)"
_LATITUDE = r"-?(?:90(?:\.0{1,9})?|[1-8]?[0-9](?:\.[0-9]{1,9})?)"


def schema_of(entity: Entity, form: Form | None = None) -> Shape:
    """The JSON Schema of an entity's values, or of those that a form asks for. 业务对象数据模式。

    What may not be left out is required; of a form only what it asks for in every case.
    """
    fields = fields_of(entity, form)
    needed = (
        [key for key, one in fields.items() if one.required]
        if form is None
        else [key for key in fields if key in always_needed(entity, form)]
    )
    told = form or entity
    return {
        "$schema": DIALECT,
        **_told(told.title, told.help),
        **object_shape(fields, needed),
    }


def fields_of(entity: Entity, form: Form | None) -> dict[str, Field]:
    """The fields of an entity, or those that a form asks for. 所涉字段。"""
    if form is None:
        return dict(entity.fields)
    asked = (one.key for section in form.sections for one in section.asks)
    return {key: entity.fields[key] for key in asked if key in entity.fields}


def always_needed(entity: Entity, form: Form) -> frozenset[str]:
    """What a form needs whatever is answered elsewhere. 必填字段。"""
    return frozenset(
        one.key
        for section in form.sections
        for one in section.asks
        if not (section.when or one.when)
        and (one.required or (one.key in entity.fields and entity.fields[one.key].required))
    )


def object_shape(fields: Mapping[str, Field], needed: Iterable[str]) -> Shape:
    """The schema of an object of fields. 对象模式。"""
    shape: Shape = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: field_shape(one) for key, one in fields.items()},
    }
    required = list(needed)
    return shape | {"required": required} if required else shape


def field_shape(field: Field) -> Shape:
    """The schema of one field; what need not be filled in may be null. 字段模式。"""
    shape = {**_told(field.label, field.help), **_SHAPES[field.kind](field)}
    if field.unit:
        shape["x-unit"] = _both(field.unit)
    if field.element:
        shape["x-element"] = field.element
    if field.computed:
        shape["readOnly"] = True
    return shape if field.required else _or_null(shape)


def codes_today(code_set: str) -> dict[str, str] | None:
    """The codes of a set as they are today, with their names; None where it is unknown. 当日代码。"""
    day = today()
    version = standards.find_code_set(code_set, day)
    if version is None:
        return None
    return {code: one.name for code, one in version.codes.items() if one.is_valid(day)}


def pattern_of(field: Field) -> str:
    """The pattern of a text's element as schemas take it, else ''. 数据元正则。"""
    element = standards.find_element(field.element) if field.element else None
    pattern = f"^(?:{element.pattern})$" if element and element.pattern else ""
    return pattern if pattern and _is_taken(pattern) else ""


def _is_taken(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


def _or_null(shape: Shape) -> Shape:
    kinds = shape["type"] if isinstance(shape["type"], list) else [shape["type"]]
    shape["type"] = [*kinds, "null"]
    if "enum" in shape:
        shape["enum"] = [*shape["enum"], None]
    return shape


def _told(label: Label, help_text: Label) -> Shape:
    found = {"title": _both(label)}
    return found | {"description": _both(help_text)} if help_text else found


def _both(label: Label) -> str:
    """A label in both languages, for readers of whom nothing is known."""
    return " ".join(dict.fromkeys(label[one] for one in ("en", "zh") if label.get(one)))


def _text(field: Field) -> Shape:
    longest = field.longest or LONGEST[field.kind]
    shape: Shape = {"type": "string", "minLength": 1, "maxLength": longest}
    pattern = pattern_of(field)
    return shape | {"pattern": pattern} if pattern else shape


def _number(field: Field) -> Shape:
    """A number, or its decimal text, which every program keeps exactly."""
    whole = DIGITS - field.decimals
    places = f"(?:\\.[0-9]{{1,{field.decimals}}})?" if field.decimals else ""
    return {
        "type": ["number", "string"],
        "exclusiveMinimum": -(10**whole),
        "exclusiveMaximum": 10**whole,
        "pattern": f"^-?(?:0|[1-9][0-9]{{0,{whole - 1}}}){places}$",
    }


def _choice(field: Field) -> Shape:
    labels = {code: _both(label) for code, label in field.choices}
    if field.code_set:
        labels = codes_today(field.code_set) or {}
    if 0 < len(labels) <= MOST_LISTED:
        return {"type": "string", "enum": list(labels), "x-labels": labels}
    return {"type": "string", "pattern": _ID % 40, "x-code-set": field.code_set}


def _choices(field: Field) -> Shape:
    most = field.most or MOST[field.kind]
    return _list(field, most, _choice(field)) | {"uniqueItems": True}


def _list(field: Field, most: int, items: Shape) -> Shape:
    shape: Shape = {"type": "array", "maxItems": most, "items": items}
    return shape | {"minItems": 1} if field.required else shape


def _group(field: Field) -> Shape:
    needed = [key for key, one in field.fields.items() if one.required]
    return _list(field, field.most or MOST["group"], object_shape(field.fields, needed))


def _files(field: Field) -> Shape:
    kind: Shape = {"type": "string", "maxLength": 127}
    one: Shape = {
        "type": "object",
        "additionalProperties": False,
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "pattern": _ID % ID_LENGTH},
            "name": {"type": "string", "minLength": 1, "maxLength": 255},
            "type": kind | {"enum": list(field.types)} if field.types else kind,
            "size": {"type": "integer", "minimum": 0, "maximum": field.megabytes << 20},
        },
    }
    return _list(field, field.most or MOST["files"], one)


def _plain(**shape: Any) -> Callable[[Field], Shape]:
    return lambda _: dict(shape)


_SHAPES: Mapping[FieldKind, Callable[[Field], Shape]] = {
    "text": _text,
    "longtext": _text,
    "integer": _plain(type="integer", minimum=-LARGEST, maximum=LARGEST),
    "number": _number,
    "date": _plain(type="string", format="date", pattern=_YEAR),
    "datetime": _plain(type="string", format="date-time", pattern=_YEAR),
    "boolean": _plain(type="boolean"),
    "choice": _choice,
    "choices": _choices,
    "link": _plain(type="string", pattern=_ID % ID_LENGTH),
    "person": _plain(type="string", pattern=_ID % ID_LENGTH),
    "organization": _plain(type="string", pattern=_ID % 32),
    "point": _plain(type="string", pattern=f"^{_LONGITUDE},{_LATITUDE}$"),
    "files": _files,
    "group": _group,
}
