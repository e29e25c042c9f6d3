"""A browser without script: it sends what stands in a form, and presses its buttons. 无脚本浏览器。"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

VOID = frozenset({"input", "br", "img", "link", "meta", "use", "hr"})


class _Reader(HTMLParser):
    """The controls of the form for records, as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[tuple[str, str]] = []
        self.buttons: list[str] = []
        self.ids: set[str] = set()
        self.described: set[str] = set()
        self.action = ""
        self._form = self._inert = False
        self._depth = 0
        self._select = self._area = ""
        self._options: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "template":
            self._depth += 1
        if self._depth:
            return
        self.ids |= {told["id"]} if "id" in told else set()
        self.described |= set(told.get("aria-describedby", "").split())
        if tag == "form":
            self._form = "filling" in told.get("class", "")
            self.action = told.get("action", "") if self._form else self.action
        if self._form:
            self._control(tag, told)

    def _control(self, tag: str, told: dict[str, str]) -> None:
        name = told.get("name", "")
        if tag == "input" and name:
            chosen = told.get("type") not in ("radio", "checkbox") or "checked" in told
            if chosen and told.get("type") != "file":
                self.values.append((name, told.get("value", "")))
        elif tag == "select":
            self._select, self._options = name, []
        elif tag == "option":
            self._options.append((told.get("value", ""), "selected" in told))
        elif tag == "textarea":
            self._area = name
            self.values.append((name, ""))
        elif tag == "button" and "hidden" not in told:
            self.buttons.append(told.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area and not self._depth:
            name, text = self.values.pop()
            self.values.append((name, text + data.lstrip("\n") if not text else text + data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._depth -= 1
        elif not self._depth and tag == "select" and self._select:
            chosen = [value for value, marked in self._options if marked]
            self.values += [(self._select, value) for value in chosen or [self._options[0][0]]]
            self._select = ""
        elif not self._depth and tag == "textarea":
            self._area = ""
        elif not self._depth and tag == "form":
            self._form = False


@dataclass
class Page:
    """What came back, and the form on it."""

    client: Client
    path: str
    answer: Any
    changed: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.source = self.answer.content.decode() if not self.answer.streaming else ""
        reader = _Reader()
        reader.feed(self.source)
        self.values, self.buttons, self.ids = reader.values, reader.buttons, reader.ids
        self.described = reader.described
        self.action = reader.action or self.path

    @property
    def status(self) -> int:
        return int(self.answer.status_code)

    @property
    def goes_to(self) -> str:
        """Where it leads on."""
        assert self.status == 302, f"{self.status}: {self.problems or self.text[:300]}"
        return str(self.answer["Location"])

    @property
    def text(self) -> str:
        """What it says, without its tags."""
        main = re.sub(r"<template.*?</template>", " ", self.source, flags=re.DOTALL)
        main = main.partition("<main")[2].partition("</main>")[0]
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)))

    @property
    def problems(self) -> list[str]:
        """The lines of the error summary."""
        box = self.source.partition('class="error-summary"')[2].partition("</div>")[0]
        return [
            html.unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r"<li>(.*?)</li>", box)
        ]

    @property
    def anchors(self) -> list[str]:
        """Where those lines lead."""
        box = self.source.partition('class="error-summary"')[2].partition("</div>")[0]
        return re.findall(r'href="([^"]*)#([^"]+)"', box)  # type: ignore[return-value]

    def value(self, name: str) -> Any:
        """What stands in a control; all of it where several do."""
        found = [value for one, value in self.values if one == f"a-{name}"]
        return found[0] if len(found) == 1 else found or None

    def fill(self, **answers: Any) -> Page:
        """Write answers into the form: `members__0__name`; lists for several."""
        self.changed |= {f"a-{name.replace('__', '-')}": value for name, value in answers.items()}
        return self

    def press(self, button: str = "submit", **hidden: Any) -> Page:
        """Press a button that is there."""
        assert button in self.buttons, f"no {button} among {self.buttons}"
        return self.send(do=button, **hidden)

    def press_plain(self) -> Page:
        """Press the one button of a page whose form asks nothing."""
        return Page(self.client, self.path, self.client.post(self.path))

    def send(self, **more: Any) -> Page:
        """Send what stands in the form, whatever buttons there are."""
        return Page(self.client, self.action, self.client.post(self.action, self.body(**more)))

    def body(self, **more: Any) -> dict[str, list[Any]]:
        """What stands in the form, as it is sent."""
        told: dict[str, list[Any]] = {}
        for name, value in self.values:
            told.setdefault(name, []).append(value)
        for name, value in {**self.changed, **more}.items():
            told[name] = value if isinstance(value, list) else [value]
        return told


def visit(client: Client, path: str) -> Page:
    """Open an address."""
    return Page(client, path, client.get(path))
