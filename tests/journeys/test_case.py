"""A leave from the phone of who asks to the desk of the director: asked for more, sent back, granted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from yiwang.kernel.base.clock import today

from .browser import DESK, NARROWEST, PHONE, Look, Visitor
from .city import City

pytestmark = pytest.mark.browser
TITLE = "回乡六天"


def test_a_leave_is_asked_for_supplied_sent_back_and_granted(city: City) -> None:
    number = ask_for_leave(city)
    with city.at("steward") as visitor:
        open_task(city, visitor, number)
        offer(visitor.page, "要求补正").get_by_label("事由").check()
        offer(visitor.page, "要求补正").get_by_label("告知申请人的说明").fill("请写明事由")
        offer(visitor.page, "要求补正").get_by_role("button", name="要求补正").click()
        expect(visitor.page.get_by_text("请写明事由").first).to_be_visible()
        assert faults_of(visitor) == []
    supply(city, number)
    agree(city, "steward", number)
    with city.at("director") as visitor:
        open_task(city, visitor, number)
        part = offer(visitor.page, "退回")
        part.get_by_label("理由").fill("请说明工作交接")
        part.get_by_role("button", name="退回").click()
        expect(visitor.page.get_by_text("请说明工作交接").first).to_be_visible()
    agree(city, "steward", number, note="王晓云代管")
    agree(city, "director", number)
    with city.at("viewer", Look(language="en", size=NARROWEST)) as visitor:
        visitor.page.goto(f"{city.base}/cases/started/")
        visitor.page.get_by_role("link", name=TITLE).first.click()
        expect(visitor.page.get_by_text("Granted").first).to_be_visible()
        assert faults_of(visitor) == []
        assert visitor.list_overflows() == []


def ask_for_leave(city: City) -> str:
    """On a phone without scripts, first without the days; gives the case's number."""
    with city.at("viewer", Look(scripts=False, size=PHONE)) as visitor:
        page = visitor.page
        page.goto(f"{city.base}/cases/")
        page.get_by_role("link", name="发起", exact=True).first.click()
        page.get_by_role("link", name="请假申请").click()
        page.get_by_label("标题").fill(TITLE)
        page.get_by_label("开始日期").fill((today() + timedelta(days=9)).isoformat())
        page.get_by_role("button", name="提交", exact=True).click()
        assert page.get_by_label("标题").input_value() == TITLE
        page.get_by_label("天数").fill("6")
        page.get_by_role("button", name="提交", exact=True).click()
        found = page.get_by_text(re.compile(r"QJ-\d{4}-\d{6}")).first.inner_text()
        match = re.search(r"QJ-\d{4}-\d{6}", found)
        assert match
        return match[0]


def supply(city: City, number: str) -> None:
    with city.at("viewer", Look(size=PHONE)) as visitor:
        open_task(city, visitor, number)
        visitor.page.locator(".mine > form").get_by_label("事由").fill("回乡探亲")
        visitor.page.locator(".mine > form button[type=submit]").first.click()
        expect(visitor.page.get_by_text("回乡探亲").first).to_be_visible()
        assert faults_of(visitor) == []
        assert visitor.list_overflows() == []


def agree(city: City, role: str, number: str, note: str = "") -> None:
    """Open it from the inbox and press the first button."""
    with city.at(role, Look(size=DESK)) as visitor:
        open_task(city, visitor, number)
        if note:
            visitor.page.locator(".mine > form").get_by_label("工作交接").fill(note)
        visitor.page.locator(".mine > form").get_by_role("button", name="同意", exact=True).click()
        expect(visitor.page.locator(".mine")).to_have_count(0)
        assert faults_of(visitor) == []


def open_task(city: City, visitor: Visitor, number: str) -> None:
    page = visitor.page
    page.goto(f"{city.base}/cases/")
    page.locator("tr", has_text=number).get_by_role("link").first.click()
    expect(page.locator(".mine")).to_be_visible()


def offer(page: Page, name: str) -> Page:
    """The folded form of a verb, opened."""
    part = page.locator(".mine details", has=page.locator("summary", has_text=name))
    if not part.evaluate("one => one.open"):
        part.locator("summary").first.click()
    return part  # type: ignore[return-value]


def faults_of(visitor: Visitor) -> list[str]:
    return [*visitor.list_barriers(), *visitor.complaints, *visitor.foreign]
