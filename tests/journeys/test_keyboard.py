"""Signing in, sending in and comparing with the keyboard alone, the focus always to be seen."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .browser import Look, visit
from .city import City

pytestmark = pytest.mark.browser

MOST = 60
FOCUS = """(wanted) => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return {met: one.matches(wanted), seen, text: one.outerHTML.slice(0, 120)};
}"""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus stands on what matches; it must be visible on every stop."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS, wanted)
        assert found["seen"] or "<body" in found["text"], f"no focus to be seen: {found['text']}"
        if found["met"]:
            return
    raise AssertionError(f"{wanted} is not reached by {MOST} times Tab")


def choose(page: Page, text: str) -> None:
    """Go down a closed select until its choice reads so."""
    chosen = page.locator("select:focus option:checked")
    for _ in range(MOST):
        if chosen.inner_text().strip() == text:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{text} is not among the choices")


def test_the_main_way_is_open_to_the_keyboard_alone(city: City, tmp_path: Path) -> None:
    file = tmp_path / "keyboard.csv"
    file.write_text("code,name\n1,a\n", "utf-8")
    with visit(city.browser, city.base, Look()) as visitor:
        page = visitor.page
        visitor.open("/sign-in/")
        tab_to(page, "[name=name]")
        page.keyboard.type(city.names["engineer"])
        tab_to(page, "[name=password]")
        page.keyboard.type(city.password)
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{city.base}/home/")

        tab_to(page, ".skip")
        page.keyboard.press("Enter")
        tab_to(page, "main a[href='/deliveries/send/']")
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{city.base}/deliveries/send/")
        tab_to(page, "input[type=file]")
        page.set_input_files("input[type=file]:focus", str(file))
        tab_to(page, "main form button[type=submit]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/deliveries/batch/**")

        visitor.open("/compare/new/")
        tab_to(page, "#left")
        choose(page, "统计用街道代码")
        tab_to(page, "#right")
        choose(page, "民政乡镇街道")
        tab_to(page, "main form button[type=submit]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/compare/new/?left=*")
        tab_to(page, "#keys")
        page.keyboard.press("Control+A")
        page.keyboard.type("code = left(code, 9)")
        tab_to(page, "button[value=run]")
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: "/compare/" in address and "/new/" not in address)

        assert visitor.complaints == []
