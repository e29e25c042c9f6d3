"""What the OpenAPI document says beyond ninja's own words. 接口文档补全。"""

from __future__ import annotations

from typing import Any

from yiwang.kernel.ui.access import Access

from .problems import MEDIA_TYPE

SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token from 我的 / Tokens"},
    "session": {"type": "apiKey", "in": "cookie", "name": "yiwang_session"},
}
PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457; `code` is stable, `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
_ALWAYS = ("400", "404", "405", "422")
_GUARDED = ("401", "403")
_CHANGING = ("409", "412", "413", "429", "503")


def complete(document: dict[str, Any], accesses: dict[str, Access]) -> None:
    """Add errors, security and rights to each operation. 补全文档。"""
    components = document["components"]
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["securitySchemes"] = SECURITY
    for methods in document["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation, accesses[operation["operationId"]])


def _complete(method: str, operation: dict[str, Any], access: Access) -> None:
    # A token that does not count is refused even where none is needed.
    statuses = [*_ALWAYS, *_GUARDED, *([] if method == "get" else _CHANGING)]
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    for status in statuses:
        responses.setdefault(status, _answer())
    operation["responses"] = dict(sorted(responses.items()))
    guarded: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
    operation["security"] = [*guarded, {}] if access.public else guarded
    operation["x-yiwang-access"] = describe_access(access)


def describe_access(access: Access) -> str:
    """`public`, `signed in`, or the permission's name. 权限说明。"""
    return "public" if access.public else access.permission or "signed in"


def _answer() -> dict[str, Any]:
    return {
        "description": "Problem",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
