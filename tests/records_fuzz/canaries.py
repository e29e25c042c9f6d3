"""Values that are recognised wherever they turn up, and the search for them in answers.

A canary is a token: `zqaaabha` inside a text (names take no digits), eleven digits of a phone, a day, a number. An answer
is read in every form in which a browser or a program would read it: as it is, HTML-unescaped,
URL-decoded, JSON-unescaped, base64 (compressed too), and each file inside a workbook.
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import unquote_plus

from yiwang.kernel.base.clock import CITY_ZONE

TOKEN = re.compile(r"zq[a-j]{5}[a-z]")
NUMBER = re.compile(r"(?<![0-9A-Za-z.:])[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9A-Za-z])|"
                    r"(?<![0-9A-Za-z.:])[0-9]{5,}(?:\.[0-9]+)?(?![0-9A-Za-z])")  # fmt: skip
DEGREES = re.compile(r"(?<![0-9A-Za-z.])[0-9]{2,3}\.[0-9]{4,}")
DIGITS = re.compile(r"[0-9Xx]{11,}")
DAYS = [
    re.compile(r"(?P<y>(?:19|20)[0-9]{2})(?P<s>[-/.])(?P<m>[0-9]{1,2})(?P=s)(?P<d>[0-9]{1,2})"),
    re.compile(r"(?P<y>(?:19|20)[0-9]{2}) ?年 ?(?P<m>[0-9]{1,2}) ?月 ?(?P<d>[0-9]{1,2}) ?日"),
    re.compile(r"(?<![0-9])(?P<y>19[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])(?![0-9])"),
    re.compile(r"(?P<n>[A-Z][a-z]{2})[a-z]*\.? (?P<d>[0-9]{1,2}), (?P<y>(?:19|20)[0-9]{2})"),
]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
LONG = 11


def tokens_of(value: Any) -> set[str]:
    """What betrays a value."""
    match value:
        case None | bool():
            return set()
        case datetime():
            local = value.astimezone(CITY_ZONE)
            return {f"day {local.date()}", f"day {value.date()}"}
        case date():
            return {f"day {value}"}
        case int() | Decimal():
            # Small numbers stand everywhere.
            return {f"number {value:f}" if isinstance(value, Decimal) else f"number {value}"} \
                if abs(value) >= 10_000 else set()  # fmt: skip
        case list():
            return {token for one in value for token in tokens_of(one)}
        case dict():
            return {token for one in value.values() for token in tokens_of(one)}
    return _tokens_of_text(str(value))


def _tokens_of_text(text: str) -> set[str]:
    found = set(TOKEN.findall(text.lower()))
    found |= {f"digits {run}" for run in DIGITS.findall(text)}
    found |= {f"at {one}" for one in DEGREES.findall(text)}
    found |= {f"number {one}" for one in NUMBER.findall(text)}
    return found | {f"day {day}" for day in _days(text)}


def find_tokens(body: bytes, media: str = "") -> set[str]:
    """Everything in an answer that could be a canary."""
    found: set[str] = set()
    for text in readings(body, media):
        lowered = text.lower()
        found |= set(TOKEN.findall(lowered))
        found |= {f"number {one.replace(',', '')}" for one in NUMBER.findall(text)}
        found |= {f"at {one}" for one in DEGREES.findall(text)}
        found |= {f"day {day}" for day in _days(text)}
        for run in DIGITS.findall(text):
            found |= {f"digits {run[at : at + size].upper()}"
                      for size in {LONG, 18, len(run)} for at in range(len(run) - size + 1)}  # fmt: skip
    return found


def _days(text: str) -> Iterator[date]:
    for pattern in DAYS:
        for found in pattern.finditer(text):
            told = found.groupdict()
            month = MONTHS.index(told["n"]) + 1 if told.get("n") in MONTHS else told.get("m")
            try:
                yield date(int(told["y"]), int(month or 0), int(told["d"]))
            except ValueError:
                continue


def readings(body: bytes, media: str = "") -> Iterator[str]:
    """The texts that an answer comes to."""
    if body[:4] == b"PK\x03\x04":
        yield from _members(body)
        return
    text = body.decode("utf-8", "replace")
    yield text
    decoders = [html.unescape, _unquote, _unescape_json]
    for decode in decoders:
        told = decode(text)
        if told != text:
            yield told
    yield from _decoded(html.unescape(text))


def _members(body: bytes) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(body)) as box:
        for name in box.namelist():
            yield name
            yield from readings(box.read(name))


def _unquote(text: str) -> str:
    return unquote_plus(text, errors="replace") if "%" in text or "+" in text else text


def _unescape_json(text: str) -> str:
    r"""Texts in which characters stand as \u4e2d, as scripts and JSON write them."""
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)


def _decoded(text: str) -> Iterator[str]:
    for found in set(ENCODED.findall(text)):
        bare = found.rstrip("=").replace("+", "-").replace("/", "_")
        try:
            told = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
        except (binascii.Error, ValueError):
            continue
        yield told.decode("utf-8", "ignore")
        try:
            yield zlib.decompress(told).decode("utf-8", "ignore")
        except zlib.error:
            continue


def tokens_of_all(values: Iterable[Any]) -> set[str]:
    """What betrays any of some values."""
    return {token for value in values for token in tokens_of(value)}


__all__ = ["find_tokens", "readings", "tokens_of", "tokens_of_all"]
