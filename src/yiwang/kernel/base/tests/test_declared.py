"""Declared files: what YAML makes of a word that nobody quoted."""

from __future__ import annotations

from typing import Any

import pytest

from yiwang.kernel.base.declared import read_document
from yiwang.kernel.base.errors import InvalidInput

TEXT = {"type": "string"}
WORDS = {"type": "object", "properties": {"zh": TEXT, "en": TEXT}}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "version": TEXT,
        "label": {"anyOf": [TEXT, WORDS]},
        "steps": {"type": "array", "items": {"anyOf": [{"type": "null"}, WORDS]}},
        "light": {"enum": ["on", "off"]},
        "most": {"type": "integer"},
        "day": TEXT,
    },
}


def refusal(text: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        read_document(text, name="shop.yaml", schema=SCHEMA)
    return refused.value


@pytest.mark.parametrize(
    ("text", "line", "where", "written", "read"),
    [
        ("version: 1.0", 1, "version", "1.0", "1.0"),
        ("day: 2027\nlabel:\n  zh: 否\n  en: No", 1, "day", "2027", "2027"),
        ("label:\n  zh: 否\n  en: No", 3, "label.en", "No", "false"),
        ("label: yes", 1, "label", "yes", "true"),
        ("steps:\n  - zh: 一\n  - {zh: 关, en: off}", 3, "steps.1.en", "off", "false"),
        ("most: 1\nlight: on", 2, "light", "on", "true"),
        ("version: ~", 1, "version", "~", "null"),
    ],
)
def test_a_word_that_yaml_reads_otherwise_is_to_be_quoted(text, line, where, written, read) -> None:
    error = refusal(text)

    assert error.code == "declared.value.quotes"
    told = {key: error.extra[key] for key in ("file", "line", "where", "written", "read")}
    wanted = {"file": "shop.yaml", "line": line, "where": where, "written": written, "read": read}
    assert told == wanted
    assert f'put it in quotes: "{written}"' in str(error)


@pytest.mark.parametrize("text", ["most: no", "version: [1]", "version:", "light: red"])
def test_nothing_is_said_of_quotes_where_they_would_not_help(text: str) -> None:
    assert refusal(text).code == "declared.value.wrong"


def test_what_is_quoted_and_what_looks_like_a_date_is_text() -> None:
    text = "version: '1.0'\nlabel: {zh: 否, en: 'No'}\nlight: 'on'\nday: 2027-03-01"

    assert read_document(text, name="shop.yaml", schema=SCHEMA).data["day"] == "2027-03-01"
