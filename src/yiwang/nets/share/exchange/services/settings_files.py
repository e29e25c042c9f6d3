"""Purposes and time limits: the package's, with the city's over them. 用途与时限设置。"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.conf import settings

from yiwang.kernel.base.declared import read_document
from yiwang.nets.share.exchange.types import Duty, Purpose

PACKAGE = "yiwang.nets.share.exchange"
TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
CODE = {"type": "string", "pattern": "^[a-z][a-z_]{0,39}$"}
PURPOSES: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["purposes"],
    "properties": {
        "purposes": {
            "type": "array",
            "maxItems": 500,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["code", "zh", "en", "elements"],
                "properties": {
                    "code": CODE, "zh": TEXT, "en": TEXT,
                    "elements": {"type": "array", "maxItems": 200, "items": CODE},
                },
            },
        }
    },
}  # fmt: skip
DUTIES: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["duties"],
    "properties": {
        "duties": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["key", "days", "zh", "en", "source", "verified"],
                "properties": {
                    "key": {"enum": ["provider_days", "bureau_days", "answer_days", "dispute_days"]},
                    "days": {"type": "integer", "minimum": 1, "maximum": 250},
                    "zh": TEXT, "en": TEXT, "source": TEXT,
                    "verified": {"type": "boolean"},
                },
            },
        }
    },
}  # fmt: skip


def list_purposes() -> dict[str, Purpose]:
    """Purposes by code. 用途模板。 InvalidInput names the line of the city's file that is wrong."""
    entries = _merge("purposes", PURPOSES, "code")
    return {code: _purpose(one) for code, (one, _) in entries.items()}


def list_duties() -> dict[str, Duty]:
    """Time limits by key, in working days. 时限职责。"""
    entries = _merge("duties", DUTIES, "key")
    return {key: Duty(**one, city=city) for key, (one, city) in entries.items()}


def _purpose(one: Mapping[str, Any]) -> Purpose:
    return Purpose(one["code"], one["zh"], one["en"], frozenset(one["elements"]))


def _merge(
    name: str, schema: Mapping[str, Any], key: str
) -> dict[str, tuple[Mapping[str, Any], bool]]:
    found = {one[key]: (one, False) for one in _read_vendor(name, key)}
    path = Path(settings.YIWANG_HOME) / f"{name}.yaml"
    if path.exists():
        document = read_document(path.read_text("utf-8"), name=path.name, schema=schema)
        found |= {one[key]: (one, True) for one in document.data[name]}
    return found


@lru_cache(maxsize=4)
def _read_vendor(name: str, key: str) -> tuple[Mapping[str, Any], ...]:
    schema = PURPOSES if key == "code" else DUTIES
    text = (files(PACKAGE) / "vendor" / f"{name}.yaml").read_text("utf-8")
    return tuple(read_document(text, name=f"{name}.yaml", schema=schema).data[name])
