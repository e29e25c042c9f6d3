"""The reference page, drawn from the OpenAPI document. 接口参考页。"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yiwang.kernel.ui.access import public

_METHODS = ("get", "post", "put", "patch", "delete")
_SHOWN_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation. 参数。"""

    name: str
    place: str
    type: str
    required: bool
    help: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation as the page shows it. 接口条目。"""

    id: str
    method: str
    path: str
    summary: str
    description: str
    access: str
    parameters: list[Parameter] = field(default_factory=list)
    body: str = ""
    answer: str = ""
    errors: list[str] = field(default_factory=list)
    example: str = ""


@public
def show_reference(request: HttpRequest) -> HttpResponse:
    """Every operation, who may call it, what it takes and gives, with an example. 接口参考。"""
    from yiwang.site.urls import api

    document = api.get_openapi_schema()
    groups: dict[str, list[Entry]] = {}
    for entry, tag in list_entries(document, request.build_absolute_uri("/").rstrip("/")):
        groups.setdefault(tag, []).append(entry)
    context = {"groups": sorted(groups.items()), "version": document["info"]["version"]}
    return render(request, "site/api.html", context)


def list_entries(document: dict[str, Any], root: str) -> Iterator[tuple[Entry, str]]:
    """The operations of a document with their tags, by address. 接口条目列表。"""
    for path, methods in sorted(document["paths"].items()):
        for method in _METHODS:
            if method in methods:
                operation = methods[method]
                yield _entry(document, root, path, method, operation), _tag(operation)


def sample(document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Any:
    """A value of the shape that a schema describes. 示例值。"""
    if "$ref" in schema:
        named = schema["$ref"].rsplit("/", 1)[-1]
        schema = document["components"]["schemas"][named]
    if depth > _SHOWN_DEPTH:
        return "…"
    for known in ("default", "const"):
        if known in schema:
            return schema[known]
    if schema.get("enum") or schema.get("examples"):
        return (schema.get("examples") or schema["enum"])[0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if schema.get(choice):
            return sample(document, schema[choice][0], depth + 1)
    return _sample_of_type(document, schema, depth)


def _sample_of_type(document: dict[str, Any], schema: dict[str, Any], depth: int) -> Any:
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: sample(document, part, depth + 1) for name, part in properties.items()}
        case "array":
            return [sample(document, schema.get("items", {}), depth + 1)]
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return True
        case "string":
            return {"date": "2026-01-31", "date-time": "2026-01-31T08:30:00+08:00"}.get(
                schema.get("format", ""), "text"
            )
    return None


def _tag(operation: dict[str, Any]) -> str:
    return str((operation.get("tags") or ["other"])[0])


def _entry(
    document: dict[str, Any], root: str, path: str, method: str, operation: dict[str, Any]
) -> Entry:
    media, body = _body(document, operation)
    good = next((code for code in operation["responses"] if code.startswith("2")), "")
    return Entry(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        access=operation["x-yiwang-access"],
        parameters=[_parameter(item) for item in operation.get("parameters", [])],
        body=_pretty(body) if media else "",
        answer=_pretty(_answer(document, operation["responses"].get(good, {}))),
        errors=[code for code in operation["responses"] if code >= "400"],
        example=_example(root + path, method, operation, media, body),
    )


def _parameter(item: dict[str, Any]) -> Parameter:
    schema = item.get("schema", {})
    kind = schema.get("type") or " | ".join(
        str(part.get("type", "")) for part in schema.get("anyOf", [])
    )
    text = item.get("description") or schema.get("description", "")
    return Parameter(item["name"], item["in"], kind, bool(item.get("required")), text)


def _body(document: dict[str, Any], operation: dict[str, Any]) -> tuple[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    for media, described in content.items():
        return media, sample(document, described.get("schema", {}))
    return "", None


def _answer(document: dict[str, Any], response: dict[str, Any]) -> Any:
    for described in response.get("content", {}).values():
        return sample(document, described.get("schema", {}))
    return None


def _example(address: str, method: str, operation: dict[str, Any], media: str, body: Any) -> str:
    lines = [f"curl -X {method.upper()} '{address}'"]
    if operation["x-yiwang-access"] != "public":
        lines.append("-H 'Authorization: Bearer TOKEN'")
    if media.endswith("json"):
        content = json.dumps(body, ensure_ascii=False).replace("'", "'\\''")
        lines.append(f"-H 'Content-Type: application/json' -d '{content}'")
    elif media and isinstance(body, dict):
        flag = "-F" if "multipart" in media else "-d"
        lines += [f"{flag} '{name}={value}'" for name, value in body.items()]
    return " \\\n  ".join(lines)


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) if value is not None else ""
