"""Forms one question after the other: kept at each step, checked at the end, handed in once. 分步填报测试。"""

from __future__ import annotations

from decimal import Decimal

import pytest

from yiwang.kernel.files.tests.samples import PNG, sent
from yiwang.kernel.identity import services as identity
from yiwang.kernel.records import services
from yiwang.kernel.records.models import Draft
from yiwang.kernel.records.services import drafts
from yiwang.kernel.records.types import Wanted

from .intake import INTAKE
from .plain import visit
from .shops import make_town

VISIT = "intake.visit"
START = f"/records/{VISIT}/new/?form=intake.walk"


@pytest.fixture
def town(db):
    return make_town(INTAKE)


@pytest.fixture
def browse(town, client_of):
    """Somebody's browser at an address, the first step unless named."""
    return lambda path=START, name="eng": visit(
        client_of(identity.get_actor(town.people[name].id)), path
    )


def visits(town):
    return services.list_records(town.desk("eng"), VISIT, Wanted()).records


def draft():
    return Draft.objects.get()


def step(number):
    return f"/records/{VISIT}/new/{draft().pk}/{number}/"


def check():
    return f"/records/{VISIT}/new/{draft().pk}/check/"


def walk(browse, **answers):
    """Through the first step and the last one to the check page."""
    done = browse().fill(name="店", kind="shop", **answers).press()
    last = browse(done.goes_to).press()
    return browse(last.goes_to)


def test_a_form_is_walked_through_step_by_step_and_handed_in(town, browse):
    first = browse()
    assert "店铺叫什么" in first.text
    assert "门口" not in first.text

    second = browse(first.fill(name="店", kind="food").press().goes_to)
    assert "面积与人员" in second.text
    second = second.fill(area="12.5").press("add:members").fill(members__0__name="李四")
    third = browse(second.press().goes_to)
    checked = browse(third.fill(photos=sent("甲.png", PNG), note="门口有台阶").press().goes_to)
    assert all(
        word in checked.text for word in ("店", "餐饮", "12.5", "李四", "甲.png", "门口有台阶")
    )
    done = checked.press_plain()

    (made,) = visits(town)
    assert done.goes_to == f"/records/{VISIT}/{made.id}/"
    assert (made.values["area"], made.values["members"][0]["name"]) == (Decimal("12.50"), "李四")
    assert [one["name"] for one in made.values["photos"]] == ["甲.png"]
    assert not Draft.objects.exists()


def test_a_step_that_is_not_asked_is_passed_over(town, browse):
    done = browse().fill(name="店", kind="shop").press()

    assert done.goes_to == step(3)
    assert browse(step(2)).goes_to == step(1)
    assert "面积与人员" not in browse(step(3)).text


def test_handing_in_twice_makes_one_record(town, browse):
    page = walk(browse)

    first, second = page.press_plain(), page.press_plain()

    assert first.goes_to == second.goes_to
    assert len(visits(town)) == 1


def test_who_comes_back_to_a_step_after_handing_in_is_led_to_the_record(town, browse):
    page = walk(browse)
    back = step(1)
    done = page.press_plain()

    assert browse(back).goes_to == done.goes_to


def test_what_is_wrong_keeps_one_at_the_step_and_nothing_typed_is_lost(town, browse):
    page = browse().fill(name="", kind="food").press()

    assert page.status == 422
    assert len(page.problems) == 1
    assert page.action == step(1)
    page = page.fill(name="店").press()
    assert page.goes_to == step(2)
    page = browse(step(2)).fill(area="大概三十").press()
    assert page.status == 422
    assert browse(step(2)).value("area") == "大概三十"
    assert Draft.objects.count() == 1


def test_one_can_leave_at_any_step_and_go_on_where_one_was(town, browse):
    browse(browse().fill(name="店", kind="food").press().goes_to).fill(area="1x").press("save")

    listed = browse("/records/drafts/")
    assert step(1) in listed.source
    assert browse(step(1)).value("name") == "店"
    assert browse(step(2)).value("area") == "1x"


def test_going_back_keeps_what_was_typed(town, browse):
    page = browse(browse().fill(name="店", kind="food").press().goes_to)

    back = page.fill(area="5").press("back")

    assert back.goes_to == step(1)
    assert browse(step(2)).value("area") == "5"


def test_two_windows_at_different_steps_take_nothing_from_each_other(town, browse):
    browse().fill(name="店", kind="food").press()
    first, second = browse(step(1)), browse(step(2))

    second.fill(area="5").press()
    first.fill(name="新名").press()

    assert (browse(step(1)).value("name"), browse(step(2)).value("area")) == ("新名", "5")


def test_from_the_check_one_goes_to_a_step_and_straight_back(town, browse):
    page = walk(browse)
    address = f"{step(1)}?back=check"
    assert address in page.source

    assert browse(address).fill(name="新名").press().goes_to == check()
    assert browse(address).press("back").goes_to == check()
    assert "新名" in browse(check()).text


def test_the_check_names_what_a_change_left_open_and_hands_nothing_in(town, browse):
    walk(browse)
    browse(f"{step(1)}?back=check").fill(kind="food").press()

    page = browse(check())

    assert page.anchors == [(f"{step(2)}?back=check", "a-area")]
    assert page.press_plain().status == 422
    assert not visits(town)
    assert browse(page.anchors[0][0]).fill(area="5").press().goes_to == check()
    assert browse(check()).press_plain().goes_to
    assert len(visits(town)) == 1


def test_a_key_that_another_record_has_leads_back_to_its_step(town, browse):
    services.create_record(
        town.desk("eng"), VISIT, {"name": "一", "kind": "shop", "credit_code": "91110108MA01ABCD71"}
    )
    services.save_draft(
        town.desk("eng"), VISIT, "intake.walk",
        {"name": "二", "kind": "shop", "credit_code": "91110108MA01ABCD71"},
    )  # fmt: skip

    done = browse(check()).press_plain()

    # The form does not ask for the code, so it is not handed in.
    assert done.goes_to
    assert {one.values["credit_code"] for one in visits(town)} == {"91110108MA01ABCD71", None}


@pytest.mark.parametrize("button", ["submit", "save"])
def test_who_has_too_many_drafts_is_told_on_the_page_and_loses_nothing(
    town, browse, monkeypatch, button
):
    monkeypatch.setattr(drafts, "AT_MOST", 1)
    services.save_draft(town.desk("eng"), VISIT, "intake.walk", {})

    page = browse().fill(name="店", kind="shop").press(button)

    assert page.status == 429
    assert page.problems
    assert page.value("name") == "店"


def test_steps_of_somebody_else_are_not_there(town, browse):
    walk(browse)

    for path in (step(1), step(3), check()):
        assert browse(path, "east").status == 404
    assert Draft.objects.count() == 1


def test_a_draft_belongs_to_its_entity(town, browse):
    walk(browse)
    wrong = step(1).replace("intake.visit", "intake.place")

    assert browse(wrong).status == 404


def test_a_row_can_be_added_before_there_is_a_draft(town, browse):
    services.save_draft(town.desk("eng"), VISIT, "intake.walk", {"name": "店", "kind": "food"})

    page = browse(step(2)).press("add:members").press("add:members")

    assert page.value("members-1-name") == ""
    assert draft().data["answers"].get("members") is None
