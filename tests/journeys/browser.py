"""A reader at a real browser: what a journey sees, and what must never happen meanwhile."""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response, sync_playwright

CHROMIUM = Path(os.environ.get("YIWANG_CHROMIUM", "/usr/bin/chromium"))
AXE = Path(__file__).parents[1] / "vendor/axe-core/axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--font-render-hinting=none",
]
# "pairs": only so many looks that every two traits meet on some page; a plain run has all of them.
LOOKS_CHOSEN = os.environ.get("YIWANG_LOOKS", "all")
PHONE, DESK, NARROWEST = (375, 740), (1366, 768), (320, 640)


@dataclass(frozen=True)
class Look:
    """Language, mode and size in which a page is looked at."""

    language: str = "zh-hans"
    elder: bool = False
    high_contrast: bool = False
    size: tuple[int, int] = DESK
    scripts: bool = True

    def __str__(self) -> str:
        mode = "elder" if self.elder else "contrast" if self.high_contrast else "standard"
        return f"{self.language}-{mode}-{self.size[0]}"

    def cookies(self, url: str) -> list[dict[str, str]]:
        pairs = {
            "django_language": self.language,
            "yiwang_age": "elder" if self.elder else "standard",
            "yiwang_contrast": "high" if self.high_contrast else "standard",
        }
        return [{"name": name, "value": value, "url": url} for name, value in pairs.items()]


@dataclass
class Visitor:
    """One browser page, and everything it complained about."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    bytes_gz: int = 0
    expect_status: int = 200

    def listen(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self._on_response)

    def open(self, path: str, status: int = 200) -> Response:
        self.expect_status, self.bytes_gz = status, 0
        answer = self.page.goto(self.base + path, wait_until="load")
        assert answer is not None
        assert answer.status == status, f"{path} answers {answer.status}"
        return answer

    def list_faults(self) -> list[str]:
        """What is wrong with the page as it stands: access, width, complaints, other hosts."""
        return [*self.list_barriers(), *self.list_overflows(), *self.complaints, *self.foreign]

    def list_barriers(self) -> list[str]:
        self.page.evaluate(AXE.read_text("utf-8"))
        return [describe(violation) for violation in self.page.evaluate(BARRIERS)]

    def list_overflows(self) -> list[str]:
        measured = self.page.evaluate(WIDTH)
        return [] if measured["scroll"] <= measured["inner"] else [f"too wide: {measured}"]

    def record(self, name: str) -> None:
        """Keep a picture of the page, for who wants to see the journey: YIWANG_RECORD names a folder."""
        folder = os.environ.get("YIWANG_RECORD")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if self.expect_status >= 400 and "Failed to load resource" in message.text:
            return
        self.complaints.append(f"{message.type}: {message.text}")

    def _on_response(self, response: Response) -> None:
        parts = urlsplit(response.url)
        if parts.scheme == "data":
            return
        if not response.url.startswith(self.base):
            self.foreign.append(response.url)
        elif response.request.resource_type != "other" and response.status == 200:
            with suppress(Error):  # Whoever has gone on already weighs the next page.
                self._weigh(response)

    def _weigh(self, response: Response) -> None:
        if "/static/" not in response.url:
            self.bytes_gz += len(gzip.compress(response.body()))
        elif response.url not in STATIC_WEIGHTS:
            STATIC_WEIGHTS[response.url] = len(gzip.compress(response.body()))

    def weigh(self) -> int:
        """Bytes of the open page over the wire for who comes here first, what lies ready counted."""
        used: list[str] = self.page.evaluate(RESOURCES)
        return self.bytes_gz + sum(STATIC_WEIGHTS.get(url, 0) for url in set(used))


def wait_for(page: Page, done: Callable[[], bool]) -> None:
    """Looks again until it is so, as a person without scripts does."""
    for _ in range(120):
        if done():
            return
        page.wait_for_timeout(500)
        with suppress(Error):  # A page that is just being left is not attached and comes by itself.
            page.reload()
    raise AssertionError(page.locator("main").inner_text())


# Files of the product by address: the same bytes on every page, so each is packed but once.
STATIC_WEIGHTS: dict[str, int] = {}
RESOURCES = "() => performance.getEntriesByType('resource').map((one) => one.name)"
# What axe found right is as long again as the page and nobody reads it: it stays in the browser.
BARRIERS = """async () =>
  (await axe.run(document, {resultTypes: ["violations"]})).violations
"""
WIDTH = """() => ({
  scroll: document.documentElement.scrollWidth,
  inner: window.innerWidth,
  widest: Array.from(document.body.querySelectorAll("*"))
    .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1
      && !one.closest(".table-box, .tabs, .side, .visually-hidden, pre"))
    .slice(0, 3).map((one) => one.outerHTML.slice(0, 120)),
})"""


def describe(violation: dict[str, Any]) -> str:
    places = "; ".join(str(node["html"])[:140] for node in violation["nodes"][:3])
    details = re.sub(r"\s+", " ", str(violation["nodes"][0].get("failureSummary", "")))[:240]
    return f"{violation['id']} ({violation['impact']}): {places} -- {details}"


def require_chromium() -> None:
    """Skips aloud; under YIWANG_REQUIRE_ALL=1 the root conftest turns the skip into a failure."""
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM} (apt install chromium fonts-noto-cjk)")
    if not AXE.exists():
        pytest.skip("axe-core is not packed: python hatch_build.py")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visit(
    browser: Browser, base: str, look: Look, session: str = "", *, listening: bool = True
) -> Iterator[Visitor]:
    """A page of a reader who looks so, signed in where there is a session."""
    width, height = look.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        java_script_enabled=look.scripts,
        locale="zh-CN",
        reduced_motion="reduce",
        device_scale_factor=2 if width < 600 else 1,
    )
    cookies = look.cookies(base)
    if session:
        cookies.append({"name": "yiwang_session", "value": session, "url": base})
    context.add_cookies(cookies)  # type: ignore[arg-type]
    visitor = Visitor(context.new_page(), base)
    if listening:
        visitor.listen()
    try:
        yield visitor
    finally:
        context.close()
