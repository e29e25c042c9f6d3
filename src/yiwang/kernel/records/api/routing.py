"""The one router: operations of one address must stand in one. 路由。"""

from __future__ import annotations

from typing import Any

from ninja import Router

router = Router(tags=["records"])
Json = dict[str, Any]


def _object(required: list[str], properties: Json, text: str = "") -> Json:
    return {"type": "object", "required": required, "properties": properties, "description": text}


_TEXT: Json = {"type": "string"}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_TEXTS: Json = {"type": "array", "items": _TEXT}
RECORD = _object(
    ["_id", "_rev", "_title", "_masked"],
    {
        "_id": _TEXT,
        "_rev": {"type": "integer"},
        "_title": _TEXT,
        "_organization": _TEXT,
        "_owner": _TEXT,
        "_created_at": _MOMENT,
        "_updated_at": _MOMENT,
        "_masked": _TEXTS,
        "_verbs": _TEXTS,
    },
    "The fields by their keys; `/records/{code}/openapi.json` tells their types",
)
RECORDS = _object(
    ["records", "after"], {"records": {"type": "array", "items": RECORD}, "after": _TEXT}
)


def gives(schema: Json, status: int = 200, media: str = "application/json") -> Json:
    """What an operation answers, for the document. 应答说明。"""
    said = {"description": "OK", "content": {media: {"schema": schema}}}
    return {"responses": {status: said}}
