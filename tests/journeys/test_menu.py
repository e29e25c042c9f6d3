"""The menu that folds: calm to axe in every mode, opened by keyboard, remembered, usable without script."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from .browser import PHONE, Look

pytestmark = pytest.mark.browser

LOOKS = [Look(size=(1280, 800)), Look("en", size=PHONE), Look(elder=True), Look(high_contrast=True)]


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_an_engineer_sees_headings_that_fold(at, look) -> None:
    with at("engineer", look) as visitor:
        page = visitor.page
        visitor.open("/home/#side")
        visitor.record(f"menu-{look}")
        assert visitor.list_faults() == []

        page.locator("[data-menu=data-sharing] summary").focus()
        page.keyboard.press("Enter")

        expect(page.locator("[data-menu=data-sharing] a").last).to_be_visible()
        visitor.record(f"menu-open-{look}")
        assert visitor.list_faults() == []
        visitor.open(reverse("workbench:elements"))
        expect(page.locator("[data-menu=data-sharing]")).to_have_attribute("open", "")
        expect(page.locator("[data-menu=standards]")).to_have_attribute("open", "")


def test_the_menu_opens_without_script(at) -> None:
    with at("engineer", Look(scripts=False)) as visitor:
        visitor.open("/home/")
        inside = visitor.page.locator("[data-menu=data-sharing] a").first
        expect(inside).to_be_hidden()

        visitor.page.locator("[data-menu=data-sharing] summary").click()

        expect(inside).to_be_visible()
