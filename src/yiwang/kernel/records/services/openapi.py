"""The OpenAPI 3.1 document of one entity. 业务对象接口文档。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.records.types import Field

from .describing import OWN, Described, Json, read_schema, read_shape, say, write_schema

MOST, MOST_ROWS = 500, 1000
_TEXT: Json = {"type": "string"}
_TESTS: Mapping[str, tuple[str, ...]] = {
    "text": ("", "in", "ne", "startswith", "isnull"),
    "code": ("", "in", "ne", "isnull"),
    "number": ("", "in", "gt", "gte", "lt", "lte", "isnull"),
    "boolean": ("", "isnull"),
}
_GROUP_OF: Mapping[str, str] = {
    "choice": "code", "link": "code", "person": "code", "organization": "code", "boolean": "boolean",
    "integer": "number", "number": "number", "date": "number", "datetime": "number",
}  # fmt: skip
_MEANING: Mapping[str, str] = {
    "": "equals", "in": "one of these", "ne": "differs from", "startswith": "begins with",
    "isnull": "has no value", "gt": "more than", "gte": "at least", "lt": "less than",
    "lte": "at most",
}  # fmt: skip


def write_document(found: Described, epoch: int) -> Json:
    """The operations that the asker may call, their parameters, bodies and answers. 接口文档。"""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": say(found.entity.title),
            "description": say(found.entity.help) or say(found.entity.title),
            "version": str(epoch),
        },
        "servers": [{"url": "/"}],
        "paths": {path: methods for path, methods in _paths(found).items() if methods},
        "components": {
            "schemas": _schemas(found),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _paths(found: Described) -> dict[str, Json]:
    base = f"/api/v1/records/{found.entity.code}"
    one = f"{base}/{{id}}"
    groups = _only(
        found.groups,
        get=_operation(found, "group", "Count by a field", _grouping(found), _ref("Groups")),
    )
    return {
        f"{base}/": {
            "get": _operation(found, "list", "List", [*filters(found), *_paging(found)], _ref("Page")),
            **_allowed(found, "create", post=_create(found)),
        },
        f"{base}/count": {"get": _operation(found, "count", "Count", filters(found), _ref("Count"))},
        f"{base}/group": groups,
        f"{base}/export": _allowed(found, "export", get=_export(found)),
        f"{base}/batch": _allowed(found, "import", post=_batch(found)),
        f"{one}/": {
            "get": _operation(found, "get", "One record", [_ID], _ref("Record")),
            **_allowed(found, "edit", patch=_change(found)),
            **_allowed(found, "remove", delete=_remove(found)),
        },
        f"{one}/history": _allowed(
            found, "history",
            get=_operation(found, "history", "History", [_ID], {"type": "array", "items": _ref("Change")}),
        ),
        f"{one}/restore": _allowed(found, "remove", post=_restore(found)),
        f"{one}/reveal": _allowed(found, "reveal", post=_reveal(found)),
    }  # fmt: skip


def filters(found: Described) -> list[Json]:
    """Every filter that a list takes from this asker: indexed fields shown whole. 筛选参数。"""
    listed = [
        _filter(key, field, test)
        for key, field in found.entity.fields.items()
        if key in found.narrows
        for test in _TESTS[_GROUP_OF.get(field.kind, "text")]
    ]
    words = [_query("search", _TEXT, "Words to be found")] if found.entity.search else []
    return [*listed, *words, _query("filter", _TEXT, "A text of the query language")]


def _filter(key: str, field: Field, test: str) -> Json:
    shape = read_shape(field, nullable=False)
    if test == "isnull":
        shape = {"type": "boolean"}
    if test == "in":
        shape = {"type": "array", "items": shape}
    name = f"{key}__{test}" if test else key
    return _query(name, shape, f"{say(field.label)}: {_MEANING[test]}")


def _paging(found: Described) -> list[Json]:
    fields = [key for key in (*found.entity.fields, *OWN) if key in found.narrows]
    orders = [f"{way}{key}" for key in fields for way in ("", "-")]
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": 50}
    return [
        _query("order", {"type": "string", "enum": orders}, "A field; `-` for descending"),
        _query("after", _TEXT, "`after` of the page before"),
        _query("limit", limit, "How many at most"),
    ]


def _grouping(found: Described) -> list[Json]:
    by = _query("by", {"type": "string", "enum": found.groups}, "The field to count by")
    return [by | {"required": True}, *filters(found)]


def _create(found: Described) -> Json:
    key = _header("Idempotency-Key", "Sent twice with it, created once")
    return _operation(
        found, "create", "Create", [key], _ref("Record"), body=_ref("NewRecord"), status=201
    )


def _change(found: Described) -> Json:
    return _operation(
        found, "update", "Change", [_ID, _SEEN], _ref("Record"), body=_ref("RecordChange")
    )


def _remove(found: Described) -> Json:
    why = _query("reason", {"type": "string", "maxLength": 300}, "Why")
    return _operation(found, "remove", "Remove", [_ID, _SEEN, why], None, status=204)


def _restore(found: Described) -> Json:
    return _operation(
        found, "restore", "Restore", [_ID], _ref("Record"), body=_object(reason=_REASON)
    )


def _reveal(found: Described) -> Json:
    field = {"type": "string", "enum": sorted(found.masked)} if found.masked else _TEXT
    given = _object(field=field, purpose=_PURPOSE)
    return _operation(
        found, "reveal", "Reveal a value", [_ID], _object(field=_TEXT, value=_TEXT), body=given
    )


def _batch(found: Described) -> Json:
    rows = {"type": "array", "items": _ref("NewRecord"), "minItems": 1, "maxItems": MOST_ROWS}
    given = _object(rows=rows, reason=_REASON)
    return _operation(
        found, "add", "Add many", [], _object(added={"type": "integer"}), body=given, status=201
    )


def _export(found: Described) -> Json:
    purpose = _query("purpose", _PURPOSE, "What the records are needed for") | {"required": True}
    told = _operation(found, "export", "Export, one JSON a line", [purpose, *filters(found)], None)
    told["responses"]["200"]["content"] = {"application/x-ndjson": {"schema": _TEXT}}
    return told


def _operation(
    found: Described,
    name: str,
    summary: str,
    parameters: list[Json],
    gives: Json | None,
    *,
    body: Json | None = None,
    status: int = 200,
) -> Json:
    good: Json = {"description": "OK"}
    if gives is not None:
        good["content"] = {"application/json": {"schema": gives}}
    told: Json = {
        "operationId": f"{name}_{found.entity.code.replace('.', '_')}",
        "summary": f"{say(found.entity.title)}: {summary}",
        "parameters": parameters,
        "responses": {str(status): good, "4XX": _PROBLEM},
    }
    if body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return told


def _schemas(found: Described) -> Json:
    record = read_schema(found)
    return {
        "Record": record | {"examples": [_example(found)]},
        "NewRecord": _with_facts(write_schema(found, found.creates), "_organization", "_reason"),
        "RecordChange": _with_facts(write_schema(found, found.edits) | {"required": []}, "_reason"),
        "Page": _object(records={"type": "array", "items": _ref("Record")}, after=_TEXT),
        "Count": _COUNT,
        "Groups": _object(
            by=_TEXT, groups={"type": "array", "items": {"allOf": [_COUNT, _object(value={})]}}
        ),
        "Change": _object(
            rev={"type": "integer"}, verb=_TEXT, actor=_TEXT, at={"type": "string", "format": "date-time"},
            reason=_TEXT, before={"type": "object"}, after={"type": "object"},
            masked={"type": "array", "items": _TEXT},
        ),
        "Problem": _object(type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT, code=_TEXT),
    }  # fmt: skip


def _with_facts(schema: Json, *facts: str) -> Json:
    told = {name: {"type": "string", "maxLength": 300} for name in facts}
    kept = {name: part for name, part in schema.items() if name != "$schema"}
    return kept | {"properties": {**schema.get("properties", {}), **told}}


def _example(found: Described) -> Json:
    """A record as it might come, made from the declaration alone."""
    own: Json = {
        "_id": "abc234:01J0000000000000000000000Z", "_rev": 1, "_title": say(found.entity.title),
        "_organization": "", "_owner": "", "_created_at": "2026-01-31T00:30:00Z",
        "_updated_at": "2026-01-31T00:30:00Z", "_masked": [], "_verbs": sorted(found.verbs),
    }  # fmt: skip
    return own | {key: example_of(field) for key, field in found.entity.fields.items()}


def example_of(field: Field) -> Any:
    """A value of a field that fits its shape. 示例值。"""
    match field.kind:
        case "choice" | "choices":
            code = field.choices[0][0] if field.choices else None
            return code if field.kind == "choice" or code is None else [code]
        case "number":
            return f"{0:.{field.decimals}f}"
        case "group":
            return [{key: example_of(one) for key, one in field.fields.items()}]
    return _EXAMPLES.get(field.kind)


_EXAMPLES: Mapping[str, Any] = {
    "text": "文字", "longtext": "文字", "integer": 1, "boolean": True, "date": "2026-01-31",
    "datetime": "2026-01-31T00:30:00Z", "point": "104.06,30.67", "files": [],
}  # fmt: skip


def _allowed(found: Described, verb: str, **methods: Json) -> Json:
    return _only(verb in found.verbs, **methods)


def _only(wanted: object, **methods: Json) -> Json:
    return methods if wanted else {}


def _object(**members: Json) -> Json:
    return {"type": "object", "required": list(members), "properties": members}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _query(name: str, schema: Json, text: str) -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": text}


def _header(name: str, text: str) -> Json:
    return {"name": name, "in": "header", "schema": _TEXT, "description": text}


_ID: Json = {"name": "id", "in": "path", "required": True, "schema": _TEXT}
_SEEN = _header("If-Match", "The revision that was seen, as ETag") | {"required": True}
_REASON: Json = {"type": "string", "minLength": 1, "maxLength": 300}
_PURPOSE: Json = {"type": "string", "minLength": 4, "maxLength": 300}
_COUNT = _object(count={"type": "integer"}, is_more={"type": "boolean"})
_PROBLEM: Json = {
    "description": "Problem (RFC 9457)",
    "content": {"application/problem+json": {"schema": _ref("Problem")}},
}
