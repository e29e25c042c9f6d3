"""What spares a clerk typing: another slot at one press, what is known already, samples to try and to clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from yiwang.kernel.apps import services as apps
from yiwang.kernel.base.clock import today
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services as records
from yiwang.kernel.records.tests.tabled import drop_tables

from .browser import DESK, PHONE, Look

pytestmark = pytest.mark.browser
LOOKS = [Look(size=DESK), Look(language="en", size=PHONE)]


@pytest.fixture
def day(sessions, transactional_db) -> Iterator[date]:
    """Two apps with their samples, and a day on which nothing is taken yet."""
    drop_tables()
    account = identity.find_account("li-engineer")
    assert account
    engineer = identity.get_actor(account.id)
    for code in ("rooms", "shops"):
        apps.install_app(engineer, apps.read_shipped(code), untested=True)
        apps.load_sample(engineer, code)
    yield today() + timedelta(days=20)
    drop_tables()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_request_for_what_is_taken_is_handed_in_with_another_hour(at, day, look) -> None:
    with at("viewer", look) as visitor:
        page = visitor.page
        for begins, ends in (("08:00", "12:00"), ("10:00", "11:00")):
            visitor.open("/cases/start/rooms.vehicle/")
            for key, text in (("purpose", "接站"), ("day", day.isoformat()), ("goal", "高铁站")):
                page.locator(f"[name=f_{key}]").fill(text)
            page.locator("[name=f_vehicle]").select_option(label="云A·12306")
            page.locator("[name=f_begins]").select_option(begins)
            page.locator("[name=f_ends]").select_option(ends)
            visitor.expect_status = 200 if begins == "08:00" else 422
            page.locator("main form .actions button.primary").click()
        others = page.get_by_role("group", name="改约" if look.language != "en" else "Book instead")
        expect(others.get_by_role("button")).to_have_count(3)
        assert visitor.list_faults() == []
        visitor.record("instead")
        visitor.expect_status = 200
        others.get_by_role("button").first.click()
        expect(page.get_by_text("12:00").first).to_be_visible()


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_a_case_is_filled_in_with_what_is_known(at, day, look) -> None:
    account = identity.find_account("li-steward")
    assert account
    desk = records.at_desk(identity.get_actor(account.id))
    records.create_record(desk, "shops.shop", {"code": "S-9", "name": "老街面馆", "kind": "food"})
    with at("steward", look) as visitor:
        page = visitor.page
        visitor.open("/cases/start/shops.permit/")
        page.locator("[name=f_shop]").fill("S-9")
        page.locator("button[value=known]").click()
        expect(page.locator("[name=f_name]")).to_have_value("老街面馆")
        assert visitor.list_faults() == []
        visitor.record("known")


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_samples_are_cleared_and_loaded_from_the_page_of_the_app(at, day, look) -> None:
    with at("engineer", look) as visitor:
        page = visitor.page
        visitor.open("/apps/rooms/")
        form = page.locator("form[action$='/sample/remove/']")
        page.locator("details", has=form).locator("summary").click()
        assert visitor.list_faults() == []
        visitor.record("samples")
        form.locator("[name=reason]").fill("试用结束")
        form.locator("button").click()
        page.locator("form[action$='/sample/'] button").click()
        expect(form).to_have_count(1)
