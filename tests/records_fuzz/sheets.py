"""What people send: the form on a page as a browser would fill it, a file, a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Filled = dict[str, Any]


@dataclass(frozen=True)
class Upload:
    """A file that is sent along."""

    name: str
    text: str


@dataclass(frozen=True)
class Packed:
    """Rows as the preview of an import hands them to the deed."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass
class _Form:
    action: str
    is_post: bool
    filled: Filled = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        self.filled.setdefault(name, []).append(value)


class _Reader(HTMLParser):
    """The forms of a page, each with what a browser would send of it untouched."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []
        self._open: _Form | None = None
        self._area = self._choice = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = _Form(told.get("action", ""), told.get("method", "").lower() == "post")
            self.forms.append(self._open)
        elif self._open is not None:
            self._take(self._open, tag, told)

    def _take(self, form: _Form, tag: str, told: dict[str, str]) -> None:
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "input" and name:
            ticked = told.get("type") not in ("radio", "checkbox") or "checked" in told
            if ticked and told.get("type") not in ("file", "submit"):
                form.add(name, value)
        elif tag == "textarea":
            self._area, self._text = name, ""
        elif tag == "select":
            self._choice = name
        elif tag == "option" and self._choice and "selected" in told:
            form.add(self._choice, value)

    def handle_data(self, data: str) -> None:
        self._text += data if self._area else ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._open and self._area:
            self._open.add(self._area, self._text.removeprefix("\n"))
            self._area = ""
        elif tag == "select":
            self._choice = ""


def find_form(page: str) -> tuple[str, Filled] | None:
    """The form that a page is about: the one sent to the page itself, or the next step of it."""
    if "<form" not in page:
        return None
    reader = _Reader()
    reader.feed(page)
    own = [one for one in reader.forms
           if one.is_post and (not one.action or "/new/" in one.action)]  # fmt: skip
    return (own[-1].action, own[-1].filled) if own else None


def merge(filled: Mapping[str, Any], told: Mapping[str, Any]) -> Filled:
    """What the page would send, and over it what somebody adds; ticks add up."""
    found = {**filled, **{name: value for name, value in told.items() if name != "on"}}
    ticks = [*filled.get("on", []), *told.get("on", [])]
    return {**found, "on": list(dict.fromkeys(ticks))} if ticks else found
