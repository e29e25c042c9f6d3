"""Statements as JSON-LD 1.1. JSON-LD 序列化。

The context stands in the document: nobody fetches anything to read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from yiwang.nets.share.dcat.types import PREFIXES, Iri, Thing, Value


def write_jsonld(things: Iterable[Thing]) -> str:
    """Things as a JSON-LD document, in the order given. 写 JSON-LD。"""
    document = {"@context": PREFIXES, "@graph": [_write_thing(one) for one in things]}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _write_thing(thing: Thing) -> dict[str, Any]:
    facts: dict[str, list[Any]] = {}
    for name, value in thing.facts:
        facts.setdefault(name, []).append(_write_value(value))
    return {"@id": thing.iri.text, "@type": list(thing.kinds)} | facts


def _write_value(value: Value) -> dict[str, str]:
    if isinstance(value, Iri):
        return {"@id": value.text}
    if value.language:
        return {"@value": value.text, "@language": value.language}
    return {"@value": value.text} | ({"@type": value.datatype} if value.datatype else {})
