"""Templates hold nothing that the Content-Security-Policy would refuse."""

import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/yiwang"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
REFUSED = {
    "style attribute": re.compile(r"<[^>]+\sstyle\s*=", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.I),
    "handler attribute": re.compile(r"<[^>]+\son[a-z]+\s*=", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "evaluated htmx attribute": re.compile(r"\bhx-(on|vals=.js|vars)\b", re.I),
    "another host": re.compile(r"(src|href|action)=\"(https?:)?//", re.I),
}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_templates_obey_the_policy(file: Path) -> None:
    text = file.read_text("utf-8")

    assert [name for name, pattern in REFUSED.items() if pattern.search(text)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("style attribute", '<p class="a" style="color: red">'),
        ("inline script", "<script>go()</script>"),
        ("handler attribute", '<a href="#" onclick="go()">'),
        ("another host", '<script src="https://cdn.example/x.js">'),
    ],
)
def test_what_is_refused_is_recognized(name: str, text: str) -> None:
    assert REFUSED[name].search(text)
