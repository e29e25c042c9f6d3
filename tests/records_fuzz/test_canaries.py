"""Canaries are seen in every dress."""

import base64
import html
import io
import json
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import quote

import pytest
from xlsxwriter import Workbook

from .canaries import find_tokens, tokens_of

VALUES = {
    "text": "金雀zqaaabha街",
    "phone": "13800010017",
    "citizen number": "11010119900307888X",
    "integer": 7000017,
    "number": Decimal("4800017.25"),
    "day": date(1951, 3, 7),
    "moment": datetime(1951, 3, 7, 20, 0, tzinfo=UTC),
    "point": "104.061234,30.671234",
    "rows": [{"name": "zqaaabib", "phone": "13800010018"}],
}


def workbook(text: str) -> bytes:
    out = io.BytesIO()
    with Workbook(out) as book:
        book.add_worksheet().write(0, 0, text)
    return out.getvalue()


DRESSES = {
    "plain": lambda text: text.encode(),
    "html": lambda text: "".join(f"&#{ord(one)};" for one in text).encode(),
    "escaped": lambda text: html.escape(f"<b>{text}</b>").encode(),
    "address": lambda text: quote(text).encode(),
    "json": lambda text: json.dumps({"a": text}).encode(),
    "base64": lambda text: b"x=" + base64.b64encode(f'{{"after": "{text}"}}'.encode()),
    "signed": lambda text: base64.urlsafe_b64encode(
        json.dumps([8_000_000, text, "pad"], ensure_ascii=False).encode()
    ).rstrip(b"=") + b":1abc:sig",
    "compressed": lambda text: b"." + base64.urlsafe_b64encode(
        zlib.compress(f"rows of {text} and more".encode())
    ).rstrip(b"="),
    "workbook": workbook,
    "upper case": lambda text: text.upper().encode(),
}  # fmt: skip


def shown(value) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for row in value for one in row.values())
    return value.isoformat() if isinstance(value, date) else str(value)


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("name", VALUES)
def test_a_canary_is_seen_in_every_dress(name, dress):
    value = VALUES[name]

    assert tokens_of(value)
    assert tokens_of(value) & find_tokens(DRESSES[dress](shown(value)))


@pytest.mark.parametrize(
    "text", ["1951-03-07", "1951年3月7日", "1951-3-7", "1951/03/07", "March 7, 1951", "19510307"]
)
def test_a_day_is_seen_however_it_is_written(text):
    assert "day 1951-03-07" in find_tokens(f"on {text}.".encode())


@pytest.mark.parametrize("text", ["4800017.25", "4,800,017.25"])
def test_a_number_is_seen_however_it_is_written(text):
    assert "number 4800017.25" in find_tokens(f"<td>{text}</td>".encode())


def test_what_is_no_canary_is_none():
    body = b'{"_id": "abc234:01J7000017000000000000000Z", "area": "12.50", "at": "2026-01-31"}'

    assert not find_tokens(body) & tokens_of("zqaaabha 13800010017 7000017 1951-03-07")
    assert tokens_of(None) == tokens_of(True) == tokens_of(12) == set()
