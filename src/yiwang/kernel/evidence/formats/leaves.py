"""What is entered: a record of facts, and the leaf that stands for it. 存证记录与叶子。

A record says what happened, with a salt of thirty-two bytes; it stays with the node. The leaf that
everybody may read holds two digests of it and nothing else, so that without record and salt nobody
can tell what, about whom, or even of which kind it was.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash

from .notes import BadNote

SALT_BYTES = 32
LONGEST_RECORD = 64 * 1024
SAFE = 2**53


def write_canonical(value: Any) -> bytes:
    """A value as canonical JSON (RFC 8785, without fractions); BadNote for what has none. 规范 JSON。"""
    _require_plain(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadNote("a text holds half a character") from None


def write_record(facts: Mapping[str, Any]) -> bytes:
    """A record of facts with a fresh salt; BadNote where it is too long or no plain JSON. 记录。"""
    record = write_canonical({**facts, "salt": secrets.token_hex(SALT_BYTES)})
    if len(record) > LONGEST_RECORD:
        raise BadNote("the facts are too long")
    return record


def write_leaf(record: bytes) -> bytes:
    """The leaf of a record: its digests by SHA-256 and by SM3. 叶子。"""
    sm3 = Hash(SM3())
    sm3.update(record)
    digests = {"sha256": hashlib.sha256(record).hexdigest(), "sm3": sm3.finalize().hex(), "v": 1}
    return write_canonical(digests)


def _require_plain(value: Any) -> None:
    """Names are ASCII, so that sorting by characters and by UTF-16 is the same."""
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) and name.isascii() for name in value):
            raise BadNote("names in a record are ASCII")
        value = list(value.values())
    if isinstance(value, list | tuple):
        for one in value:
            _require_plain(one)
    elif isinstance(value, int) and not isinstance(value, bool):
        if abs(value) >= SAFE:
            raise BadNote("a number is too large")
    elif not (value is None or isinstance(value, str | bool)):
        raise BadNote(f"a record holds no {type(value).__name__}")
