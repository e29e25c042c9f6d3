"""A letter of a citizen comes in, its category is confirmed, the department answers it with its repeat."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from .browser import DESK, NARROWEST, PHONE, Look, Visitor
from .city import City

pytestmark = pytest.mark.browser
BODY = "在便利店买的牛奶已经过期三天，要求退货，请查处。回电13800138000。"
TITLES = ("超市牛奶过期了", "便利店卖过期牛奶")
DEPARTMENT = "li.shichang"


def test_a_letter_is_sorted_sent_on_and_answered_with_its_repeat(city: City) -> None:
    for title in TITLES:
        write_letter(city, title)
    for title in TITLES:
        confirm(city, title)
    look_with_a_reason(city)
    answer_both(city)
    with city.at("steward", Look(size=DESK)) as visitor:
        open_task(city, visitor, TITLES[0])
        expect(visitor.page.get_by_text("已下架，退款已办结").first).to_be_visible()
        press(visitor.page, "办结")
        expect(visitor.page.get_by_text("已办结").first).to_be_visible()
    with city.at("viewer", Look(language="en", size=NARROWEST)) as visitor:
        visitor.page.goto(f"{city.base}/cases/started/")
        visitor.page.get_by_role("link", name=TITLES[0]).first.click()
        expect(visitor.page.get_by_text("Closed").first).to_be_visible()
        assert faults_of(visitor) == []


def write_letter(city: City, title: str) -> None:
    """On a phone without scripts."""
    with city.at("viewer", Look(scripts=False, size=PHONE)) as visitor:
        page = visitor.page
        page.goto(f"{city.base}/cases/start/hotline.request/")
        page.get_by_label("标题").fill(title)
        page.get_by_label("留言主题").fill(title)
        page.get_by_label("留言详情").fill(BODY)
        page.get_by_label("诉求类型").select_option("complaint")
        page.get_by_label("地点").fill("清河路")
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.get_by_text(re.compile(r"SQ-\d{4}-\d{6}")).first).to_be_visible()


def confirm(city: City, title: str) -> None:
    """What the machine is sure of is filled in already; a person says yes."""
    with city.at("steward", Look(size=DESK)) as visitor:
        open_task(city, visitor, title)
        field = visitor.page.locator(".mine > form").get_by_label("类别", exact=True)
        expect(field).to_have_value("商贸旅游/市场监管/商品质量")
        expect(visitor.page.get_by_text(re.compile("建议：商贸旅游")).first).to_be_visible()
        assert faults_of(visitor) == []
        press(visitor.page, "派单")
        expect(visitor.page.get_by_text("部门办理").first).to_be_visible()


def look_with_a_reason(city: City) -> None:
    """The desk has sent it on: the number inside the letter is masked, and shown once for a reason."""
    with city.at("steward", Look(size=NARROWEST)) as visitor:
        page = visitor.page
        page.goto(f"{city.base}/cases/done/")
        page.get_by_role("link", name=TITLES[0]).first.click()
        expect(page.get_by_text("138****8000").first).to_be_visible()
        page.get_by_text("查看脱敏内容").click()
        page.get_by_label("留言详情").check()
        page.get_by_label("查看用途").fill("核对回电号码")
        assert faults_of(visitor) == []
        assert visitor.list_overflows() == []
        page.get_by_role("button", name="查看一次").click()
        expect(page.get_by_text("13800138000").first).to_be_visible()
        assert faults_of(visitor) == []
        page.goto(page.url.replace("unmask/", ""))
        expect(page.get_by_text("138****8000").first).to_be_visible()


def answer_both(city: City) -> None:
    """Once the worker has compared them they stand together: one answer for both."""
    with city.at("", Look(size=DESK)) as visitor:
        page = visitor.page
        city.sign_in(page, DEPARTMENT)
        expect(page.get_by_role("link", name="待办", exact=True).first).to_be_attached()
        deadline = time.monotonic() + 60
        while True:
            page.goto(f"{city.base}/workbench/groups/of/hotline.letter/?days=7")
            link = page.get_by_role("link", name=re.compile("过期"))
            if link.count() or time.monotonic() > deadline:
                break
            time.sleep(1)
        assert faults_of(visitor) == []
        assert visitor.list_overflows() == []
        link.first.click()
        expect(page.get_by_role("row")).to_have_count(3)
        assert faults_of(visitor) == []
        page.get_by_label("答复意见").fill("已下架，退款已办结")
        page.get_by_role("button", name="提交答复").click()
        expect(page.get_by_text(TITLES[1]).first).to_be_visible()


def open_task(city: City, visitor: Visitor, title: str) -> None:
    visitor.page.goto(f"{city.base}/cases/")
    visitor.page.get_by_role("link", name=title).first.click()


def press(page: Page, name: str) -> None:
    page.locator(".mine > form").get_by_role("button", name=name, exact=True).click()


def faults_of(visitor: Visitor) -> list[str]:
    return [*visitor.list_barriers(), *visitor.complaints, *visitor.foreign]
