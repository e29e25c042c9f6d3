"""Statements as Turtle (RDF 1.1). Turtle 序列化。"""

from __future__ import annotations

import re
from collections.abc import Iterable

from yiwang.nets.share.dcat.types import PREFIXES, Iri, Literal, Thing, Value

ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
TO_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')


def write_turtle(things: Iterable[Thing]) -> str:
    """Things as a Turtle document, in the order given. 写 Turtle。"""
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    return head + "".join(f"\n{_write_thing(one)}" for one in things)


def quote_text(text: str) -> str:
    """A text as a quoted string on one line. 写字符串。"""
    return '"' + TO_ESCAPE.sub(_escape, text) + '"'


def _escape(found: re.Match[str]) -> str:
    sign = found.group()
    return ESCAPES.get(sign) or f"\\u{ord(sign):04X}"


def _write_thing(thing: Thing) -> str:
    lines = [f"a {', '.join(thing.kinds)}"]
    lines += [f"{name} {_write_value(value)}" for name, value in thing.facts]
    return f"<{thing.iri.text}> " + " ;\n    ".join(lines) + " .\n"


def _write_value(value: Value) -> str:
    if isinstance(value, Iri):
        return f"<{value.text}>"
    return quote_text(value.text) + _tail(value)


def _tail(literal: Literal) -> str:
    if literal.language:
        return f"@{literal.language}"
    return f"^^{literal.datatype}" if literal.datatype else ""
