"""Cutting filter text into words. 词法分析。"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from yiwang.kernel.base.errors import InvalidInput

from .types import MAX_LENGTH

Kind = OneOf["name", "quoted", "text", "number", "sign", "end"]

KEYWORDS = frozenset(
    [
        "and",
        "or",
        "not",
        "in",
        "between",
        "is",
        "null",
        "true",
        "false",
        "contains",
        "startswith",
        "endswith",
    ]
)
_PATTERN = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")+")
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?!\w))
      | (?P<name>[^\W\d]\w*)
      | (?P<sign><=|>=|!=|<>|[=<>(),])""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word and where it stands, counted from 1. 词。"""

    kind: Kind
    value: str
    position: int

    def says(self, *words: str) -> bool:
        """Whether this is one of these keywords or signs, in whatever case. 是否某词。"""
        return self.kind in ("name", "sign") and self.value.lower() in words

    @property
    def shown(self) -> str:
        """The word as a message quotes it. 展示。"""
        return self.value[:40] if self.kind != "end" else "…"


def cut(text: str) -> list[Token]:
    """The words of `text`, with an end mark after the last. 切词。"""
    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            "query.text.too_long",
            "The expression is longer than %(limit)s characters",
            limit=MAX_LENGTH,
        )
    if "\0" in text or not _encodable(text):
        raise InvalidInput(
            "query.text.character", "The expression holds a character that no text may hold"
        )
    return [*_cut(text), Token("end", "", len(text) + 1)]


def _cut(text: str) -> Iterator[Token]:
    position = 0
    while position < len(text):
        found = _PATTERN.match(text, position)
        if found is None:
            _refuse(text, position)
        elif found.lastgroup != "space":
            yield _token(found, position + 1)
        position = found.end() if found else position + 1


def _token(found: re.Match[str], position: int) -> Token:
    value = found.group()
    match found.lastgroup:
        case "text":
            return Token("text", value[1:-1].replace("''", "'"), position)
        case "quoted":
            return Token("quoted", value[1:-1].replace('""', '"'), position)
        case "number":
            return Token("number", value, position)
        case "name":
            return Token("name", value, position)
    return Token("sign", value, position)


def _refuse(text: str, position: int) -> None:
    if text[position] in "'\"":
        raise InvalidInput(
            "query.text.open_quote",
            "The quotation mark at position %(position)s is never closed",
            position=position + 1,
        )
    raise InvalidInput(
        "query.text.unexpected_character",
        "Position %(position)s: “%(found)s” has no meaning here",
        position=position + 1,
        found=text[position],
    )


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
