"""What is free and taken as a page, and booking from there. 占用页面测试。"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from yiwang.kernel.base.clock import use_time
from yiwang.kernel.records import services
from yiwang.kernel.records.types import Wanted

from .halls import BOOKING, DAY, HALL, NEXT, book, make_halls
from .plain import visit

VIEW = f"/records/{BOOKING}/?view=demo.free"


@pytest.fixture
def halls(db):
    with use_time(datetime(2027, 2, 1, tzinfo=UTC)):
        yield make_halls()


@pytest.fixture
def sign_in(client_of):
    return lambda town, who: client_of(town.people[who])


def cells(page) -> list[str]:
    """The cells of the table as texts. 单元格文字。"""
    found = re.findall(r"<td[^>]*>(.*?)</td>", page.source, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", one)).strip() for one in found]


def test_a_day_shows_what_is_taken_to_all_and_by_what_to_who_may_see_it(halls, sign_in):
    town, hall = halls
    book(town, "east", hall, what="街道例会")

    mine = visit(sign_in(town, "east"), f"{VIEW}&day={DAY}")
    theirs = visit(sign_in(town, "west"), f"{VIEW}&day={DAY}")

    assert "街道例会 09:00–10:00" in cells(mine)
    assert "已占用 09:00–10:00" in cells(theirs)
    assert "街道例会" not in theirs.source
    assert cells(theirs)[0] == "一号厅 08:00–08:30 空闲"
    assert len(cells(theirs)) == 15


def test_the_week_of_one_hall_has_a_column_for_each_day(halls, sign_in):
    town, hall = halls
    book(town, "east", hall, day=NEXT)

    page = visit(sign_in(town, "east"), f"{VIEW}&day={DAY}&of={hall}")

    assert "2027-03-01 – 2027-03-07" in page.text
    assert len(cells(page)) == 7 * 16 - 1


def test_a_free_slot_leads_to_a_form_that_is_filled_in_already(halls, sign_in):
    town, hall = halls
    client = sign_in(town, "east")
    page = visit(client, f"{VIEW}&day={DAY}")

    form = visit(
        client, re.search(r'href="([^"]*new/\?[^"]*)"', page.source)[1].replace("&amp;", "&")
    )
    assert [form.value(key) for key in ("hall", "day", "begins", "ends")] == [
        hall,
        DAY,
        "08:00",
        "08:30",
    ]
    form.fill(what="晨会").press()

    assert "晨会" in visit(client, f"{VIEW}&day={DAY}").source


def test_a_refused_slot_offers_others_as_buttons_and_one_press_books(halls, sign_in):
    town, hall = halls
    book(town, "eng", hall)
    client = sign_in(town, "east")
    address = f"/records/{BOOKING}/new/?hall={hall}&day={DAY}&begins=09:30&ends=10:30"

    refused = visit(client, address).fill(what="第二场").press()

    assert refused.status == 422
    assert refused.problems == [
        f"开始：{DAY} 09:30–10:00 已约满；可选：10:00–11:00, 10:30–11:30, 08:00–09:00"
    ]
    offers = [one for one in refused.buttons if one.startswith("instead:")]
    assert len(offers) == 3
    taken = refused.press(offers[0])
    assert taken.goes_to.startswith(f"/records/{BOOKING}/")
    found = services.list_slots(
        town.desk("eng"), BOOKING, [hall], datetime(2027, 3, 1, tzinfo=UTC).date()
    )
    assert [one.since for one in found[0].slots if not one.left] == [540, 570, 600, 630]


def test_places_that_are_left_are_counted_and_a_hall_without_places_cannot_be_booked(
    halls, sign_in
):
    town, _ = halls
    services.create_record(town.desk("eng"), HALL, {"name": "大厅", "places": 9})
    services.create_record(town.desk("eng"), HALL, {"name": "停用", "places": 0})

    page = visit(sign_in(town, "east"), f"{VIEW}&day={DAY}")

    assert "大厅 08:00–08:30 余 9" in cells(page)
    assert "不可预约" in cells(page)


def test_what_is_past_cannot_be_chosen_and_odd_addresses_show_today(halls, sign_in):
    town, _ = halls
    client = sign_in(town, "east")

    assert "new/?" not in visit(client, f"{VIEW}&day=2027-01-04").source
    for odd in ("day=x", "day=99999-01-01", "of=nobody", "day=2027-02-30"):
        assert "2027-02-01" in visit(client, f"{VIEW}&{odd}").text


def test_one_question_a_page_offers_the_same_slots_on_the_page_that_hands_in(db, client_of):
    steps = {
        "forms/walk.yaml": """
form: walk
entity: booking
title: {zh: 预约, en: Book}
style: steps
sections:
  - {title: {zh: 事由, en: What}, fields: [what, hall]}
  - {title: {zh: 时间, en: When}, fields: [day, begins, ends]}
"""
    }
    with use_time(datetime(2027, 2, 1, tzinfo=UTC)):
        town, hall = make_halls(more=steps)
        book(town, "eng", hall)
        client = client_of(town.people["east"])
        second = visit(client, f"/records/{BOOKING}/new/").fill(what="晨会", hall=hall).press()
        when = visit(client, second.goes_to).fill(day=DAY, begins="09:30", ends="10:00").press()
        check = visit(client, when.goes_to)

        refused = check.press_plain()
        assert refused.status == 422
        values = re.findall(r'name="do" value="(instead:[^"]+)"', refused.source)
        assert len(values) == 3
        book(town, "eng", hall, begins="10:00", ends="10:30", what="又一场")
        again = client.post(when.goes_to, {"do": values[0]})
        assert again.status_code == 422
        assert "10:00" in visit(client, when.goes_to).text
        free = re.findall(r'name="do" value="(instead:[^"]+)"', again.content.decode())
        assert client.post(when.goes_to, {"do": free[0]}).status_code == 302

    (mine,) = [one for one in services.list_records(town.desk("eng"), BOOKING, Wanted()).records
               if one.values["what"] == "晨会"]  # fmt: skip
    assert f"instead:{DAY} {mine.values['begins']} {mine.values['ends']}" == free[0]
