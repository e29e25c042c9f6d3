"""Rooms and vehicles in the browser: booked on PC and phone, refused with another slot, freed, approved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records.tests.tabled import drop_tables

from .browser import DESK, NARROWEST, PHONE, Look

pytestmark = pytest.mark.browser
LOOKS = [
    Look(size=PHONE),
    Look(language="en", size=DESK),
    Look(language="en", size=NARROWEST, elder=True),
    Look(size=DESK, high_contrast=True),
]
BOOKING = "/records/rooms.booking/"
FREE = f"{BOOKING}?view=rooms.free_rooms&day="


@pytest.fixture
def day(sessions, transactional_db) -> Iterator[date]:
    """The app with its samples, and a day on which they say something."""
    drop_tables()
    account = identity.find_account("li-engineer")
    assert account
    engineer = identity.get_actor(account.id)
    apps.install_app(engineer, apps.read_shipped("rooms"), untested=True)
    apps.load_sample(engineer, "rooms")
    yield today() + timedelta(days=1)
    drop_tables()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_what_is_free_and_taken_is_accessible_and_fits(at, day, look) -> None:
    faults = []
    with at("viewer", look) as visitor:
        visitor.open(f"{FREE}{day}")
        week = visitor.page.locator("table.slots thead a").first.get_attribute("href")
        for path in (f"{FREE}{day}", str(week), "/records/rooms.trip/?view=rooms.free_vehicles"):
            visitor.open(path)
            faults += [f"{path}, {look}: {one}" for one in visitor.list_faults()]
    assert "\n".join(faults) == ""


def choose(page: Page, room: str, since: str) -> None:
    """Choose a free slot as somebody does who hears the page."""
    page.get_by_role("link", name=f"{room} {since}").first.click()


def test_one_books_the_other_is_offered_another_slot_and_what_is_cancelled_is_free(at, day) -> None:
    with at("viewer", Look(size=DESK)) as visitor:
        page = visitor.page
        visitor.open(f"{FREE}{day}")
        expect(page.get_by_text("数据治理周例会")).to_be_hidden()
        choose(page, "三楼小会议室", "11:00")
        page.get_by_label("会议名称").fill("信访协调会")
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_role("heading", name="信访协调会")).to_be_visible()
        mine = page.url

    with at("steward", Look(size=PHONE, scripts=False)) as visitor:
        page = visitor.page
        visitor.open(f"{FREE}{day}")
        choose(page, "三楼小会议室", "10:30")
        page.get_by_label("会议名称").fill("预算会审")
        page.get_by_label("结束").select_option("11:30")
        visitor.expect_status = 422
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("11:00–11:30 已约满")
        assert visitor.list_overflows() == []
        page.get_by_role("group", name="改约").get_by_role("button").first.click()
        expect(page.get_by_role("heading", name="预算会审")).to_be_visible()

    with at("viewer", Look(size=DESK)) as visitor:
        page = visitor.page
        visitor.open(f"{FREE}{day}")
        visitor.page.goto(f"{mine}edit/?form=all")
        page.get_by_label("已取消").check()
        page.get_by_role("button", name="保存", exact=True).click()
        expect(page.get_by_text("已保存")).to_be_visible()
        visitor.open(f"{FREE}{day}")
        expect(page.get_by_role("link", name="三楼小会议室 11:00").first).to_be_visible()


def test_a_free_slot_is_reached_and_booked_by_keyboard(at, day) -> None:
    with at("viewer", Look(language="en", size=DESK)) as visitor:
        page = visitor.page
        visitor.open(f"{FREE}{day}")
        page.get_by_role("link", name="一楼大会议室 08:00").first.focus()
        page.keyboard.press("Enter")
        page.get_by_label("Subject").focus()
        page.keyboard.type("Morning call")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Morning call")).to_be_visible()


def test_a_vehicle_goes_through_approval(at, day) -> None:
    with at("viewer", Look(size=PHONE)) as visitor:
        page = visitor.page
        visitor.open("/cases/start/rooms.vehicle/")
        page.get_by_label("用车事由").fill("下乡调研")
        page.get_by_label("车辆").select_option(label="云A·12306")
        page.get_by_label("日期").fill(day.isoformat())
        page.get_by_label("出车").select_option("08:00")
        page.get_by_label("回车").select_option("12:00")
        page.get_by_label("目的地").fill("北溪镇")
        assert visitor.list_faults() == []
        page.locator("main form button[type=submit]").last.click()
        expect(page.get_by_text("云A·12306").first).to_be_visible()
        case = page.url

        visitor.open("/cases/start/rooms.vehicle/")
        for label, text in (("用车事由", "接站"), ("日期", day.isoformat()), ("目的地", "高铁站")):
            page.get_by_label(label).fill(text)
        page.get_by_label("车辆").select_option(label="云A·12306")
        page.get_by_label("出车").select_option("10:00")
        page.get_by_label("回车").select_option("11:00")
        visitor.expect_status = 422
        page.locator("main form button[type=submit]").last.click()
        expect(page.get_by_text("已约满").first).to_be_visible()

    for role in ("steward", "director"):
        with at(role, Look(size=DESK)) as visitor:
            page = visitor.page
            visitor.page.goto(case)
            page.get_by_role("button", name="同意", exact=True).first.click()
            expect(page.get_by_role("button", name="同意", exact=True)).to_have_count(0)

    with at("viewer", Look(size=DESK)) as visitor:
        page = visitor.page
        visitor.open(f"/records/rooms.trip/?view=rooms.free_vehicles&day={day}")
        expect(page.get_by_role("link", name="下乡调研")).to_be_visible()
