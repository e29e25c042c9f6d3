"""What a schema refuses, in words of our own. 校验提示。

One sentence for each way in which a value may be wrong; the validator's own English never shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.nearest import suggest
from yiwang.kernel.records.types import Entity, Field, FieldKind, FieldProblem

from .slips import Slip, bad_form, no_date, no_moment, places, twice

_TOO_FINE = re.compile(r"-?(?:0|[1-9][0-9]{0,11})\.[0-9]+")


def problem_at(path: str, slip: InvalidInput) -> FieldProblem:
    """A slip as the problem of the field at a path. 字段问题。"""
    return FieldProblem(path, slip.code, slip.message, slip.extra)


def explain(field: Field, error: Any) -> Slip:
    """Why the schema of a field refused a value. 说明原因。"""
    explained = _BY_KEYWORD.get(error.kind.name)
    return explained(field, error) if explained else expected(field)


def expected(field: Field) -> Slip:
    """What is needed in a field of such a kind. 应填内容。"""
    return _BY_KIND.get(field.kind, _text)()


def missing() -> Slip:
    """What is needed is not there. 必填。"""
    return Slip("records.value.missing", "This must be filled in")


def no_object() -> Slip:
    """What was given is not made of keys and values. 非键值结构。"""
    return Slip("records.value.object", "Keys and values are needed")


def not_taken(entity: Entity, key: str, taken: Mapping[str, Field]) -> Slip:
    """Why a key is none of those that are taken here. 不接受的字段。"""
    if key in entity.fields and entity.fields[key].computed:
        return Slip("records.value.computed", "This is worked out and cannot be filled in")
    return not_asked() if key in entity.fields else unknown(key, taken)


def not_asked() -> Slip:
    """A field that is not asked for as things stand. 未询问的字段。"""
    return Slip("records.value.not_asked", "This is not asked here")


def unknown(key: str, taken: Mapping[str, Field]) -> Slip:
    """A key that names no field. 未知字段。"""
    return Slip(
        "records.value.unknown",
        "There is no field %(field)s%(suggestion)s",
        field=key[:80],
        suggestion=suggest(key, taken),
    )


def too_many(most: int) -> Slip:
    """More than there may be. 数量过多。"""
    return Slip("records.value.many", "At most %(most)s of them", most=most)


def _long(_field: Field, error: Any) -> Slip:
    return Slip("records.value.long", "At most %(most)s characters", most=error.kind.limit)


def _many(_field: Field, error: Any) -> Slip:
    return too_many(error.kind.limit)


def _range(*_: Any) -> Slip:
    return Slip("records.value.range", "This number is too large or too small to be kept")


def _listed(field: Field, error: Any) -> Slip:
    if field.kind == "files":
        return Slip("records.value.file_type", "Files of this type are not taken")
    known = [one for one in error.kind.options if isinstance(one, str)]
    return _no_choice(suggest(str(error.instance)[:80], known))


def _no_choice(suggestion: str = "") -> Slip:
    return Slip(
        "records.value.choice",
        "This is not one of the choices%(suggestion)s",
        suggestion=suggestion,
    )


def _pattern(field: Field, error: Any) -> Slip:
    if field.kind == "number" and _TOO_FINE.fullmatch(str(error.instance)):
        return places(field.decimals)
    return bad_form() if field.kind in ("text", "longtext") else expected(field)


def _largest(field: Field, _error: Any) -> Slip:
    if field.kind == "files":
        return Slip(
            "records.value.file_size", "A file has at most %(most)s MB", most=field.megabytes
        )
    return _range()


def _missing(*_: Any) -> Slip:
    return missing()


_BY_KEYWORD: Mapping[str, Callable[[Field, Any], Slip]] = {
    "maxLength": _long,
    "minLength": _missing,
    "maxItems": _many,
    "minItems": _missing,
    "uniqueItems": twice,
    "minimum": _range,
    "maximum": _largest,
    "exclusiveMinimum": _range,
    "exclusiveMaximum": _range,
    "enum": _listed,
    "pattern": _pattern,
}


def _text() -> Slip:
    return Slip("records.value.text", "A text is needed")


def _integer() -> Slip:
    return Slip("records.value.integer", "A whole number is needed")


def _number() -> Slip:
    return Slip("records.value.number", "A number is needed")


def _boolean() -> Slip:
    return Slip("records.value.boolean", "Yes or no is needed")


def _id() -> Slip:
    return Slip("records.value.id", "This names nothing that could be chosen here")


def _point() -> Slip:
    return Slip(
        "records.value.point",
        "A place is needed: longitude and latitude such as 108.366543,22.817002",
    )


def _list() -> Slip:
    return Slip("records.value.list", "A list is needed")


_BY_KIND: Mapping[FieldKind, Callable[[], Slip]] = {
    "integer": _integer,
    "number": _number,
    "date": no_date,
    "datetime": no_moment,
    "boolean": _boolean,
    "choice": _no_choice,
    "choices": _no_choice,
    "link": _id,
    "person": _id,
    "organization": _id,
    "point": _point,
    "files": _list,
    "group": _list,
}
