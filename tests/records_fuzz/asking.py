"""Asking, and reading what is answered.

An ask names rows as `⟦village.resident#3⟧`. Answers are made comparable: ids become labels again,
keys of forms and places in lists become words.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client

from yiwang.kernel.ui.imports import pack_rows

from .canaries import find_tokens
from .sheets import Packed, Upload, find_form, merge

LABEL = re.compile("⟦([^⟧]+)⟧")
ID = re.compile(r"(?:[a-z2-9]{6}(?::|%3A)|(?<![0-9A-Za-z]))[0-9A-HJKMNP-TV-Z]{26}(?![0-9A-Za-z])")
VARIES = [
    (re.compile(r'(name="csrfmiddlewaretoken" value=")[^"]*'), r"\1<token>"),
    (re.compile(r'("X-CSRFToken": ?")[^"]*'), r"\1<token>"),
    (re.compile(r"(&quot;X-CSRFToken&quot;: ?&quot;)[^&]*"), r"\1<token>"),
    # Ids of the controls of a form: the end of that of its task.
    (re.compile(r"\b([a-z_]+-)[0-9A-HJKMNP-TV-Z]{6}(?=-[a-z])"), r"\1<task>"),
    # Signed texts: places in lists, rows of a preview.
    (re.compile(r"[A-Za-z0-9_.-]{8,}:[A-Za-z0-9]{6}:[A-Za-z0-9_-]{43}"), "<signed>"),
]
STEPS = 6
SEEN_HEADERS = ("ETag", "Location", "Content-Type", "Content-Disposition")


@dataclass(frozen=True)
class Ask:
    """One thing to ask. `kind` says of which spelling it is."""

    path: str
    query: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    body: Any = None
    form: Mapping[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    kind: str = ""
    walks: bool = False
    """Whether the page is opened first and its form sent as a browser would, step by step."""

    @property
    def writes(self) -> bool:
        return self.method not in ("GET", "HEAD")

    @property
    def address(self) -> str:
        told = urlencode(self.query, safe="⟦⟧")
        return f"{self.path}?{told}" if told else self.path

    def __hash__(self) -> int:
        return hash(
            (self.method, self.address, repr(self.body), repr(self.form), self.headers, self.walks)
        )

    def __str__(self) -> str:
        told = (
            f" {json.dumps(self.body, ensure_ascii=False, default=str)[:200]}" if self.body else ""
        )
        sent = f" {dict(self.form)}"[:200] if self.form else ""
        return f"{self.method} {self.address}{told}{sent} [{self.kind}]"

    @property
    def said(self) -> set[str]:
        """The canaries that the asker named: an echo tells them nothing."""
        told = [
            self.address,
            json.dumps(self.body, ensure_ascii=False, default=str),
            str(self.form),
        ]
        return find_tokens("\n".join(told).encode())


@dataclass(frozen=True)
class Answer:
    """What came back, as it came and as it compares."""

    status: int
    body: bytes
    media: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def tokens(self) -> set[str]:
        told = "\n".join(self.headers.values()).encode()
        return find_tokens(self.body, self.media) | find_tokens(told)

    def json(self) -> Any:
        return json.loads(self.body)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]


class Asker:
    """Somebody in a world."""

    def __init__(self, client: Client, ids: Mapping[str, str], people: Mapping[str, str]) -> None:
        self.client, self.ids = client, ids
        self._labels = {one: label for label, one in ids.items()} | dict(people)

    def ask(self, ask: Ask) -> Answer:
        """The answer of this world."""
        address = self.address_of(ask.address)
        headers = dict(ask.headers)
        if ask.walks:
            return self._walk(address, self._fill(ask.form))
        if ask.form is not None:
            response = self.client.post(address, self._fill(ask.form), headers=headers)
        else:
            body = "" if ask.body is None else json.dumps(self._fill(ask.body), default=str)
            response = self.client.generic(
                ask.method, address, body, content_type="application/json", headers=headers
            )
        return _read(response)

    def _walk(self, address: str, told: dict[str, Any]) -> Answer:
        """Every page on the way: opened, its form sent with something more, until there is none."""
        found = [_read(self.client.get(address))]
        sent = find_form(found[0].body.decode("utf-8", "replace"))
        for _ in range(STEPS):
            action, filled = sent or (address, {})
            found.append(_read(self.client.post(action or address, merge(filled, told))))
            address = found[-1].headers.get("Location", "")
            if not address.startswith(("/records/", "/cases/")):
                break
            found.append(_read(self.client.get(address)))
            sent = find_form(found[-1].body.decode("utf-8", "replace"))
            if sent is None:
                break
        return Answer(
            max(one.status for one in found if one.status < 500 or one is found[-1]),
            b"\n".join(one.body for one in found),
            found[-1].media,
            {
                f"{at} {name}": text
                for at, one in enumerate(found)
                for name, text in one.headers.items()
            },
        )

    def address_of(self, address: str) -> str:
        """An address with ids in place of labels."""
        return LABEL.sub(lambda found: quote(self.ids[found[1]]), address)

    def label_of(self, record_id: str) -> str:
        return self._labels[record_id]

    def _fill(self, value: Any) -> Any:
        match value:
            case str():
                return LABEL.sub(lambda found: self.ids[found[1]], value)
            case Upload():
                return SimpleUploadedFile(value.name, self._fill(value.text).encode())
            case Packed():
                return pack_rows([self._fill(dict(one)) for one in value.rows])
            case dict():
                return {key: self._fill(one) for key, one in value.items()}
            case list() | tuple():
                return [self._fill(one) for one in value]
        return value

    def plain(self, answer: Answer) -> str:
        """The answer as it compares with that of another world."""
        told = "\n".join(f"{name}: {text}" for name, text in sorted(answer.headers.items()))
        texts = [str(answer.status), told, *_texts(answer.body)]
        return self._level("\n".join(texts))

    def _level(self, text: str) -> str:
        text = ID.sub(lambda found: self._name(found[0]), text)
        for pattern, instead in VARIES:
            text = pattern.sub(instead, text)
        return text

    def _name(self, found: str) -> str:
        return f"<{self._labels.get(found.replace('%3A', ':'), 'id')}>"


def _read(response: HttpResponseBase) -> Answer:
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else response.content
    headers = {name: response.headers[name] for name in SEEN_HEADERS if name in response.headers}
    return Answer(response.status_code, body, response.headers.get("Content-Type", ""), headers)


def _texts(body: bytes) -> list[str]:
    if body[:4] != b"PK\x03\x04":
        return [body.decode("utf-8", "replace")]
    with zipfile.ZipFile(io.BytesIO(body)) as box:
        return [
            f"{name}\n{box.read(name).decode('utf-8', 'replace')}"
            for name in sorted(box.namelist())
            if not name.startswith("docProps")
        ]
