"""What people fill in, held against the fields of the type. 表单数据校验。

Checked here whatever a browser did before: the schema is compiled from the fields, and a field
bound to a data element must pass its check.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import jsonschema_rs

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.standards import services as standards
from yiwang.kernel.workflow.types import CaseType, Field

TEXT_AT_MOST, LONG_AT_MOST, LIST_AT_MOST = 500, 20_000, 500
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_DATE = r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_ID = {"type": "string", "minLength": 1, "maxLength": 40}
_KINDS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "maxLength": TEXT_AT_MOST},
    "longtext": {"type": "string", "maxLength": LONG_AT_MOST},
    "number": {"type": "number", "minimum": -1e15, "maximum": 1e15},
    "integer": {"type": "integer", "minimum": -(10**15), "maximum": 10**15},
    "date": {"type": "string", "pattern": _DATE},
    "boolean": {"type": "boolean"},
    "person": _ID,
    "organization": _ID,
    "same": _ID,
    "files": {
        "type": "array",
        "items": {"type": "object", "required": ["id"], "properties": {"id": _ID}},
    },
    "people": {"type": "array", "items": _ID, "uniqueItems": True, "maxItems": LIST_AT_MOST},
    "organizations": {"type": "array", "items": _ID, "uniqueItems": True, "maxItems": LIST_AT_MOST},
}


def schema_of(case_type: CaseType, keys: Collection[str]) -> dict[str, Any]:
    """JSON Schema 2020-12 of some fields of a type. 生成模式。"""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: _schema(case_type.fields[key]) for key in keys},
    }


def _schema(field: Field) -> dict[str, Any]:
    if field.kind == "choice":
        return {"enum": [code for code, _ in field.choices]}
    if field.kind == "files":
        return {**_KINDS["files"], "maxItems": field.most}
    return dict(_KINDS[field.kind])


def check_filled(
    case_type: CaseType,
    given: Mapping[str, Any],
    *,
    edits: Collection[str],
    needs: Collection[str] = (),
    standing: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What may be stored of what was sent. 校验填报内容。

    Blank answers count as not given. InvalidInput names the field: `workflow.field.*`.
    """
    found = {key: _clean(value) for key, value in given.items()}
    locked = sorted(set(found) - set(edits))
    if locked:
        raise InvalidInput(
            "workflow.field.locked", "%(field)s cannot be filled here", field=", ".join(locked)
        )
    told = {key: value for key, value in found.items() if value is not None}
    _check_schema(case_type, told, edits)
    _check_elements(case_type, told)
    have = {**(standing or {}), **found}
    for key in needs:
        if have.get(key) in (None, "", []):
            raise InvalidInput(
                "workflow.field.missing", "%(field)s must be filled in",
                field=case_type.fields[key].label["zh"], key=key,
            )  # fmt: skip
    return found


def check_text(text: str, *, most: int = LONG_AT_MOST) -> str:
    """What people write beside the fields: opinions, reasons, titles. 校验文字。

    InvalidInput for what no database keeps, and for what nobody would read.
    """
    if len(text) > most:
        raise InvalidInput(
            "workflow.text.long", "This text is longer than %(most)s characters", most=most
        )
    if not _can_be_kept(text):
        raise InvalidInput("workflow.text.unkept", "This text holds characters that are no text")
    return text


def _can_be_kept(value: Any) -> bool:
    """PostgreSQL keeps no NUL, and half a character is none."""
    if isinstance(value, list):
        return all(map(_can_be_kept, value))
    return not isinstance(value, str) or not _NO_TEXT.search(value)


def _is_sound(case_type: CaseType, key: str, value: Any) -> bool:
    """What a schema does not say: text that can be kept, days that there are."""
    field = case_type.fields.get(key)
    if field and field.kind == "date" and isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
    return _can_be_kept(value)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip() or None
    return value


def _check_schema(case_type: CaseType, told: Mapping[str, Any], edits: Collection[str]) -> None:
    schema = json.dumps(schema_of(case_type, sorted(edits)))
    key = next((key for key, value in told.items() if not _is_sound(case_type, key, value)), "")
    if not key:
        error = next(_validator(schema).iter_errors(told), None)
        if error is None:
            return
        key = str(error.instance_path[0]) if error.instance_path else ""
    field = case_type.fields.get(key)
    raise InvalidInput(
        "workflow.field.wrong",
        "%(field)s: this is not a value of its kind (%(kind)s)",
        field=field.label["zh"] if field else key,
        key=key,
        kind=field.kind if field else "",
    )


@lru_cache(maxsize=1024)
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema))


def _check_elements(case_type: CaseType, told: Mapping[str, Any]) -> None:
    for key, value in told.items():
        field = case_type.fields[key]
        element = standards.find_element(field.element) if field.element else None
        if element is None or not isinstance(value, str):
            continue
        problem = standards.check_value(element, value)
        if problem:
            raise InvalidInput(
                "workflow.field.element", "%(field)s: %(problem)s",
                field=field.label["zh"], key=key, problem=problem,
            )  # fmt: skip
