"""Forms through a browser without script: every kind of field, conditions, rows, files, mishaps. 表单页面测试。"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.files.models import FileRow
from yiwang.kernel.files.tests.samples import PDF, PNG, sent
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.records import services
from yiwang.kernel.records.models import Draft
from yiwang.kernel.records.pages import fields, fields_finding
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.ui.tests.counting import assert_constant_queries

from .intake import INTAKE
from .plain import visit as open_page
from .shops import make_town

VISIT, PLACE = "intake.visit", "intake.place"
NEW = f"/records/{VISIT}/new/"
CODE = "91110108MA01ABCD71"
FULL_WIDTH = "\uff13\uff15.\uff15"


@pytest.fixture
def town(db):
    return make_town(INTAKE)


@pytest.fixture
def client(town, client_of):
    """Somebody's browser, as they are now."""
    return lambda name: client_of(identity.get_actor(town.people[name].id))


@pytest.fixture
def form(client):
    """The form of a new visit in somebody's browser."""
    return lambda name="eng", path=NEW: open_page(client(name), path)


def visits(town, who="eng"):
    return services.list_records(town.desk(who), VISIT, Wanted()).records


def make_visit(town, who="eng", **values):
    told = {"name": "老王面馆", "kind": "food", "area": 30, "members": [{"name": "李四"}], **values}
    return services.create_record(town.desk(who), VISIT, told)


def edit_path(record):
    return f"/records/{VISIT}/{record.id}/edit/"


# Every kind of field.


def test_every_kind_of_field_goes_from_the_form_into_the_record(town, form):
    place = services.create_record(town.desk("eng"), PLACE, {"name": "东风一网格"})
    page = form().fill(kind="food").press("refresh")
    page = page.fill(
        name="  大众餐厅 ", area=FULL_WIDTH, rent="1,200.00", tags=["new", "moved"], trade="b",
        licensed="yes", opened="2026-03-01", keeper="王小明", phone="138 1234 5678", staff="3",
        seen="2026-03-02T16:30", visitor="east", bureau="D01", cell=place.id,
        spot="116.3975， 39.9087", photos=sent("门头.png", PNG), note="一\r\n二",
        members__0__name="李四", members__0__joined="2026-01-05", members__0__who="west",
    )  # fmt: skip

    done = page.press()

    (made,) = visits(town)
    assert done.goes_to == f"/records/{VISIT}/{made.id}/"
    (photo,) = made.values["photos"]
    assert {**photo, "id": ""} == {
        "id": "",
        "name": "门头.png",
        "type": "image/png",
        "size": len(PNG),
    }
    assert {key: made.values[key] for key in made.values if key not in ("photos", "credit_code")} == {
        "name": "大众餐厅", "kind": "food", "area": Decimal("35.50"), "rent": Decimal("1200.00"),
        "tags": ["new", "moved"], "trade": "b", "licensed": True, "opened": date(2026, 3, 1),
        "keeper": "王小明", "phone": "13812345678", "staff": 3,
        "seen": datetime(2026, 3, 2, 8, 30, tzinfo=UTC), "visitor": town.people["east"].id,
        "bureau": "D01", "cell": place.id, "spot": "116.3975,39.9087", "note": "一\n二",
        "members": [{"name": "李四", "phone": None, "joined": date(2026, 1, 5), "who": town.people["west"].id}],
    }  # fmt: skip


def test_what_was_saved_stands_in_the_form_that_changes_it_and_saving_it_changes_nothing(
    town, form
):
    made = make_visit(
        town, tags=["star"], licensed=False, seen=datetime(2026, 3, 2, 8, 30, 7, 5, tzinfo=UTC),
        visitor=town.people["east"].id, bureau="D01", note="一\n二 ", rent=Decimal("9.90"),
        members=[{"name": "李四"}, {"name": "张三", "joined": date(2026, 1, 5)}],
    )  # fmt: skip
    page = form(path=edit_path(made))

    assert page.value("seen") == "2026-03-02T16:30:07"
    assert page.value("visitor") == "east"
    assert page.value("licensed") == "no"
    assert page.value("members-1-joined") == "2026-01-05"
    assert page.value("tags") == "star"
    assert page.press().goes_to == f"/records/{VISIT}/{made.id}/"
    assert visits(town)[0].rev == 1


def test_defaults_stand_in_a_new_form_and_can_be_taken_out(town, form):
    page = form().fill(kind="food").press("refresh")
    assert page.value("staff") == "1"

    page.fill(name="店", area="1", members__0__name="李四", staff="").press()

    assert visits(town)[0].values["staff"] is None


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_labels_are_in_the_language_of_the_reader(client, language):
    browser = client("eng")
    browser.cookies["django_language"] = language

    text = open_page(browser, NEW).text

    assert ("店铺名称" in text, "Name of the shop" in text) == (language != "en", language == "en")
    assert ("最多 2 位小数" in text) == (language != "en")


def test_few_choices_are_seen_at_once_and_more_stand_in_a_list(form):
    source = form().source

    assert re.search(r'<input type="radio" name="a-kind" value="food"', source)
    assert re.search(r'<select name="a-trade"', source)
    assert re.search(r'<input type="checkbox" name="a-tags" value="star"', source)


def test_every_help_and_error_is_tied_to_its_control(form):
    page = form().fill(name="", rent="x").press()

    assert page.described
    assert page.described <= page.ids
    assert all(anchor in page.ids for _, anchor in page.anchors)
    assert page.anchors


# What is wrong.


def test_everything_wrong_is_named_at_once_and_everything_typed_is_kept(town, form):
    page = form().fill(kind="food").press("refresh").fill(
        name="", credit_code="91110108MA01ABCD7X", area="大概三十", rent="9.999", note="门口有台阶",
        phone="123", opened="2026-02-30", spot="北京", members__0__phone="13812345678",
    )  # fmt: skip

    again = page.press()

    assert again.status == 422
    assert not visits(town)
    named = {one.partition("：")[0] for one in again.problems}
    assert named == {
        "店铺名称", "统一社会信用代码", "面积", "月租金", "联系电话", "开业日期", "位置",
        "从业人员 · 第 1 行 · 姓名",
    }  # fmt: skip
    kept = {
        "area": "大概三十",
        "rent": "9.999",
        "note": "门口有台阶",
        "phone": "123",
        "spot": "北京",
    }
    assert {key: again.value(key) for key in kept} == kept
    assert again.value("members-0-phone") == "13812345678"
    assert dict(page.values)["key"] == dict(again.values)["key"]


def test_a_key_that_another_record_has_is_said_at_its_field(town, form):
    make_visit(town, credit_code=CODE)

    page = form().fill(name="一", kind="shop", credit_code=CODE).press()

    assert page.status == 422
    assert page.anchors == [("", "a-credit_code")]
    assert len(visits(town)) == 1


def test_a_name_that_nobody_bears_is_said_and_kept(town, form):
    page = form().fill(name="店", kind="shop", visitor="没有这个人").press()

    assert page.status == 422
    assert page.value("visitor") == "没有这个人"
    assert any("没有这个人" in one for one in page.problems)
    assert page.fill(visitor="east").press().status == 302
    assert visits(town)[0].values["visitor"] == town.people["east"].id


# Conditions.


def test_what_depends_on_answers_is_asked_once_they_are_there(town, form):
    page = form()
    assert page.value("area") is None
    assert "人员" not in re.findall(r"<h2[^>]*>([^<]*)</h2>", page.text)

    page = page.fill(kind="food").press("refresh")

    assert page.value("area") == ""
    assert page.value("members-0-name") == ""


def test_answers_that_lead_to_more_questions_make_no_record_before_those_are_answered(town, form):
    page = form().fill(name="店", kind="food").press()

    assert page.status == 422
    assert page.problems == []
    assert "还需补充" in page.text
    assert not visits(town)
    assert page.fill(area="5", members__0__name="李四").press().status == 302
    assert visits(town)[0].values["area"] == Decimal("5.00")


def test_answers_to_what_is_no_longer_asked_are_not_kept(town, form):
    page = form().fill(kind="food").press("refresh").fill(name="店", area="5", keeper="王小明")

    page.fill(kind="shop").press()

    (made,) = visits(town)
    assert (made.values["area"], made.values["keeper"]) == (None, None)


def test_what_a_page_did_not_ask_for_cannot_be_forged_into_a_record(town, form):
    page = form().fill(name="店", kind="shop", area="5", keeper="王小明", other="x")
    shown = page.body()["on"]
    page.send(do="submit", on=[*shown, "area", "keeper", "other", "org", "rev"], org="D01")

    (made,) = visits(town)
    assert (made.values["area"], made.values["keeper"]) == (None, None)
    assert made.organization == "B01"


def test_a_condition_that_no_longer_holds_empties_what_it_asked_for(town, form):
    made = make_visit(town, keeper="王小明")

    form(path=edit_path(made)).fill(kind="shop").press()

    (found,) = visits(town)
    assert (found.values["area"], found.values["keeper"], found.values["members"]) == (
        None,
        None,
        None,
    )


def test_a_script_is_told_what_is_asked_and_nothing_else(form):
    page = form().fill(kind="food")

    told = page.client.post(NEW, page.body(do="asked")).json()

    assert set(told) == {"asked", "parts"}
    assert {"area", "members", "keeper"} <= set(told["asked"])
    assert told["parts"] == [1, 2, 3]


# Rows.


def test_rows_come_and_go_without_script_and_keep_their_answers(town, form):
    page = form().fill(kind="food").press("refresh").fill(members__0__name="甲")
    page = page.press("add:members").fill(members__1__name="乙")
    page = page.press("add:members").fill(members__2__name="丙")

    assert "add:members" not in page.buttons
    page = page.press("remove:members:1")

    assert [page.value(f"members-{at}-name") for at in range(3)] == ["甲", "丙", None]
    page.fill(name="店", area="5").press()
    assert [one["name"] for one in visits(town)[0].values["members"]] == ["甲", "丙"]


def test_the_new_row_has_the_focus(form):
    page = form().fill(kind="food").press("refresh").press("add:members")

    focused = re.findall(r"<input[^>]*name=\"([^\"]+)\"[^>]*autofocus", page.source)
    assert focused == ["a-members-1-name"]


def test_rows_left_empty_are_no_rows(town, form):
    page = form().fill(kind="food").press("refresh").press("add:members")
    page.fill(name="店", area="5", members__1__name="乙").press()

    assert [one["name"] for one in visits(town)[0].values["members"]] == ["乙"]


def test_more_rows_than_there_may_be_are_refused(town, form):
    page = form().fill(kind="food").press("refresh").fill(name="店", area="5")
    told = {f"a-members-{at}-name": f"人{at}" for at in range(5)}

    again = page.send(do="submit", **{"a-members-row": [str(at) for at in range(5)], **told})

    assert again.status == 422
    assert not visits(town)


# Links.


def test_few_records_stand_in_a_list_and_many_are_looked_for(town, form):
    desk = town.desk("eng")
    cells = [services.create_record(desk, PLACE, {"name": f"网格{at}"}) for at in range(3)]
    assert form().value("cell") == ""
    assert "find:a-cell" not in form().buttons
    for at in range(40):
        services.create_record(desk, PLACE, {"name": f"西街网格{at:02}"})

    page = form().fill(**{"cell-q": "西街"}).press("find:a-cell")
    assert page.source.count('type="radio" name="a-cell"') == 12
    page = page.fill(name="店", kind="shop", **{"cell-q": "网格2"}).press("find:a-cell")
    assert page.fill(cell=cells[2].id).press().status == 302
    assert visits(town)[0].values["cell"] == cells[2].id


def test_a_title_typed_in_full_needs_no_choosing(town, form):
    desk = town.desk("eng")
    made = [services.create_record(desk, PLACE, {"name": f"西街网格{at:02}"}) for at in range(40)]

    form().fill(name="店", kind="shop", **{"cell-q": "西街网格07"}).press()

    assert visits(town)[0].values["cell"] == made[7].id


def test_words_that_find_several_or_nothing_ask_to_choose(town, form):
    desk = town.desk("eng")
    for at in range(40):
        services.create_record(desk, PLACE, {"name": f"西街网格{at:02}"})

    several = form().fill(name="店", kind="shop", **{"cell-q": "西街"}).press()
    nothing = form().fill(name="店", kind="shop", **{"cell-q": "南街"}).press()

    assert [page.status for page in (several, nothing)] == [422, 422]
    assert several.problems != nothing.problems
    assert several.source.count('type="radio" name="a-cell"') == 12
    assert several.value("cell-q") == "西街"
    assert not visits(town)


def test_only_records_one_may_see_are_offered_and_taken(town, client, form):
    theirs = services.create_record(town.desk("west"), PLACE, {"name": "西街网格"})
    own = services.create_record(town.desk("east"), PLACE, {"name": "东街网格"})

    source = form("east").source
    refused = form("east").fill(name="店", kind="shop").fill(cell=theirs.id).press()
    answer = client("east").get(f"/records/{VISIT}/offers/cell/?name=a-cell&a-cell-q=街网格")

    assert (own.id in source, theirs.id in source) == (True, False)
    assert refused.status == 422
    assert (own.id in answer.content.decode(), theirs.id in answer.content.decode()) == (
        True,
        False,
    )


def test_a_link_that_one_may_not_see_stays_when_something_else_is_changed(town, form):
    theirs = services.create_record(town.desk("west"), PLACE, {"name": "西街网格"})
    made = make_visit(town, "east")
    services.update_record(town.desk("eng"), VISIT, made.id, {"cell": theirs.id}, rev=1)
    page = form("east", edit_path(made))

    assert "西街网格" not in page.source
    assert page.fill(note="改").press().status == 302
    assert visits(town)[0].values["cell"] == theirs.id


def test_many_organizations_and_long_lists_of_codes_are_looked_through(
    town, client, form, monkeypatch
):
    monkeypatch.setattr(fields, "OPTIONS_AT_MOST", 2)
    monkeypatch.setattr(fields_finding, "OPTIONS_AT_MOST", 2)
    page = form()
    assert {"find:a-bureau", "find:a-trade"} <= set(page.buttons)

    page = page.fill(**{"bureau-q": "街道", "trade-q": "超"}).press("find:a-bureau")
    assert ("东街道" in page.text, "市商务局" in page.text) == (True, False)
    done = page.fill(name="店", kind="shop", bureau="S01", **{"trade-q": "e"}).press()

    assert done.status == 302
    (made,) = visits(town)
    assert (made.values["bureau"], made.values["trade"]) == ("S01", "e")
    offered = client("eng").get(f"/records/{VISIT}/offers/bureau/?name=a-bureau&a-bureau-q=商务")
    assert "市商务局" in offered.content.decode()
    edit = form(path=edit_path(made))
    assert (edit.value("bureau"), edit.value("trade")) == ("S01", "e")


@pytest.mark.parametrize(
    "path",
    [
        f"{VISIT}/offers/note/",
        f"{VISIT}/offers/x/",
        f"{VISIT}/offers/members.name/",
        "demo.no/offers/x/",
    ],
)
def test_nothing_is_offered_for_what_is_no_link(client, path):
    assert client("eng").get(f"/records/{path}").status_code == 404


def test_offers_are_plain_text(town, client):
    services.create_record(town.desk("eng"), PLACE, {"name": "<b>网格</b>"})

    answer = client("eng").get(
        f"/records/{VISIT}/offers/cell/", {"name": 'a"><script>', 'a"><script>-q': "网格"}
    )

    assert "<b>" not in answer.content.decode()
    assert "<script>" not in answer.content.decode()


# Files.


def test_files_are_kept_whatever_else_is_wrong_and_need_not_be_sent_again(town, form):
    page = form().fill(photos=[sent("门头.png", PNG), sent("执照.pdf", PDF)]).press()

    assert page.status == 422
    assert "门头.png" in page.text
    page = page.fill(name="店", kind="shop")
    assert page.press().status == 302
    assert [one["name"] for one in visits(town)[0].values["photos"]] == ["门头.png", "执照.pdf"]
    assert FileRow.objects.count() == 2


def test_a_refused_file_is_named_with_its_reason_and_the_rest_is_kept(town, form):
    page = form().fill(
        name="店", kind="shop", photos=[sent("脚本.png", b"<html>"), sent("门头.png", PNG)]
    ).press()  # fmt: skip

    assert page.status == 422
    assert any("脚本.png" in one and "HTML" in one for one in page.problems)
    assert page.value("name") == "店"
    assert page.press().status == 302
    assert [one["name"] for one in visits(town)[0].values["photos"]] == ["门头.png"]


def test_more_files_than_there_may_be_are_not_kept(town, form):
    page = form().fill(photos=[sent(f"{at}.png", PNG) for at in range(4)]).press("refresh")

    assert FileRow.objects.count() == 2
    assert page.source.count("a-photos-kept") == 2


def test_a_file_is_taken_away_by_its_button(town, form):
    page = form().fill(photos=[sent("甲.png", PNG), sent("乙.png", PNG)]).press("refresh")
    first = page.value("photos-kept")[0]

    page = page.press(f"drop:photos:{first}")

    page.fill(name="店", kind="shop").press()
    assert [one["name"] for one in visits(town)[0].values["photos"]] == ["乙.png"]


def test_files_of_somebody_else_cannot_be_named_in_a_form(town, form):
    theirs = services.keep_upload(town.desk("east"), VISIT, "photos", sent("密.png", PNG))
    page = form().fill(name="店", kind="shop")

    page.send(do="submit", **{"a-photos-kept": [theirs["id"]]})

    assert visits(town)[0].values["photos"] is None


def test_a_file_is_handed_out_to_be_kept_never_shown_and_the_look_is_on_record(town, client, form):
    form().fill(name="店", kind="shop", photos=sent("执照.pdf", PDF)).press()
    made = visits(town)[0]
    (file,) = made.values["photos"]
    path = f"/records/{VISIT}/{made.id}/files/photos/{file['id']}/"
    before = ReadRow.objects.count()

    answer = client("eng").get(path)

    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    row = ReadRow.objects.order_by("-id").first()
    assert ReadRow.objects.count() > before
    assert (row.object_id, row.columns, row.where) == (made.id, ["photos"], "file")
    assert client("west").get(path).status_code == 404


def test_a_record_keeps_its_files_when_something_else_is_changed(town, form):
    form().fill(name="店", kind="shop", photos=sent("甲.png", PNG)).press()
    made = visits(town)[0]

    page = form(path=edit_path(made)).fill(note="改", photos=sent("乙.png", PNG))

    assert page.press().status == 302
    assert [one["name"] for one in visits(town)[0].values["photos"]] == ["甲.png", "乙.png"]


# Sent twice.


def test_a_form_sent_twice_makes_one_record(town, form):
    page = form().fill(name="店", kind="shop")

    first, second = page.press(), page.press()

    assert first.goes_to == second.goes_to
    assert len(visits(town)) == 1
    assert form().fill(name="店", kind="shop").press().goes_to != first.goes_to


# Drafts.


def test_a_form_can_be_left_and_gone_on_with(town, client, form):
    page = form().fill(name="店", rent="大概一千", photos=sent("甲.png", PNG))

    assert page.press("save").goes_to == "/records/drafts/"
    listed = client("eng").get("/records/drafts/").content.decode()
    (address,) = re.findall(rf'href="({NEW}\?[^"]+)"', listed)
    page = form(path=address.replace("&amp;", "&"))

    assert (page.value("name"), page.value("rent")) == ("店", "大概一千")
    assert "甲.png" in page.text
    done = page.fill(rent="1000", kind="shop").press()
    assert done.goes_to
    assert not Draft.objects.exists()
    assert page.press().goes_to == done.goes_to
    assert len(visits(town)) == 1


def test_a_form_of_all_fields_is_gone_on_with_as_such(town, client, form):
    form(path=f"{NEW}?form=all").fill(area="5").press("save")
    listed = client("eng").get("/records/drafts/").content.decode()
    (address,) = re.findall(rf'href="({NEW}\?[^"]+)"', listed)

    assert "form=all" in address
    assert form(path=address.replace("&amp;", "&")).value("area") == "5"


def test_drafts_are_among_what_waits_for_their_account(client, form):
    form().fill(name="店").press("save")

    assert "尚未提交" in client("eng").get("/home/").content.decode()
    assert "尚未提交" not in client("east").get("/home/").content.decode()


def test_a_draft_of_somebody_else_is_not_there(town, client, form):
    form().fill(name="密").press("save")
    draft = Draft.objects.get().pk

    for path in (
        f"{NEW}?draft={draft}",
        f"{NEW}{draft}/1/",
        f"{NEW}{draft}/check/",
        "/records/drafts/",
    ):
        assert "密" not in client("east").get(path).content.decode()
    assert client("east").post(f"/records/drafts/{draft}/drop/").status_code == 404
    assert client("eng").post(f"/records/drafts/{draft}/drop/").status_code == 302
    assert not Draft.objects.exists()


def test_a_list_of_drafts_takes_as_many_queries_as_on_record(town, client):
    desk, browser = town.desk("eng"), client("eng")

    def add(count=5):
        for at in range(count):
            services.save_draft(desk, VISIT, "intake.visit", {"name": f"店{at}"})

    def ask():
        assert browser.get("/records/drafts/").status_code == 200

    add(2)
    ask()
    assert_constant_queries("records.drafts", ask, add)


def test_a_form_takes_as_many_queries_as_on_record_however_many_records_there_are(town, client):
    desk, browser = town.desk("eng"), client("eng")
    told = {"name": "店", "kind": "food", "area": 1, "members": [{"name": "甲"}]}
    made = services.create_record(desk, VISIT, told)

    def add():
        for at in range(40):
            services.create_record(desk, PLACE, {"name": f"网格{at}"})
        rows = [{"name": "甲", "who": town.people["east"].id}] * 3
        services.update_record(desk, VISIT, made.id, {"members": rows}, rev=1)

    def ask():
        assert browser.get(NEW).status_code == 200

    ask()
    assert_constant_queries("records.form", ask, add)
    assert_constant_queries("records.edit", lambda: browser.get(edit_path(made)), lambda: None)


def test_a_draft_whose_form_is_gone_can_still_be_dropped(town, client):
    desk = town.desk("eng")
    services.save_draft(desk, VISIT, "intake.gone", {"name": "店"})

    answer = client("eng").get("/records/drafts/")

    assert answer.status_code == 200
    assert "表单已不存在" in answer.content.decode()


# Changing a record.


def test_only_what_was_touched_is_written(town, form):
    made = make_visit(town, note="旧", keeper="王小明")
    page = form(path=edit_path(made)).fill(note="新")

    page.press()

    change = services.list_history(town.desk("eng"), VISIT, made.id)[0]
    assert (dict(change.before), dict(change.after)) == ({"note": "旧"}, {"note": "新"})


def test_an_answer_is_taken_out_by_emptying_it(town, form):
    made = make_visit(town, note="旧", tags=["star"])

    form(path=edit_path(made)).fill(note="", tags=[]).press()

    assert (visits(town)[0].values["note"], visits(town)[0].values["tags"]) == (None, None)


def test_what_is_masked_is_shown_masked_cannot_be_filled_in_and_stays(town, form):
    made = make_visit(town, "east", keeper="王小明", phone="13812345678")
    page = form("east", edit_path(made))

    assert page.value("phone") is None
    assert "13812345678" not in page.source
    assert "****" in page.text
    page.fill(note="改", phone="13900000000").send(
        do="submit", on=[*[one for name, one in page.values if name == "on"], "phone"]
    )
    (found,) = visits(town)
    assert (found.values["phone"], found.values["note"]) == ("13812345678", "改")


def test_a_hidden_field_does_not_appear(town, form):
    made = make_visit(town, "east")

    assert form("east").value("rent") is None
    assert "月租金" not in form("east", edit_path(made)).text
    assert "月租金" in form("eng", edit_path(made)).text


def test_what_others_changed_meanwhile_is_shown_and_what_was_typed_is_kept(town, form):
    made = make_visit(town, note="旧", rent=Decimal(1))
    page = form(path=edit_path(made)).fill(note="我的", name="老王面馆二店")
    other = {"note": "他们的", "rent": Decimal(2)}
    services.update_record(town.desk("eng"), VISIT, made.id, other, rev=1)

    again = page.press()

    assert again.status == 412
    assert visits(town)[0].values["note"] == "他们的"
    assert "他们的" in again.text
    assert "现为" in again.text
    assert (again.value("note"), again.value("rent")) == ("我的", "2.00")
    assert again.press().status == 302
    (found,) = visits(town)
    assert (found.values["note"], found.values["rent"], found.values["name"]) == (
        "我的", Decimal("2.00"), "老王面馆二店",
    )  # fmt: skip


def test_who_changed_it_is_told_only_to_those_who_may_see_the_history(town, form):
    made = make_visit(town, "east", note="旧")
    pages = [form(who, edit_path(made)).fill(note="新") for who in ("eng", "east")]
    services.update_record(town.desk("east"), VISIT, made.id, {"note": "他们的"}, rev=1)

    told = [page.press().text for page in pages]

    assert ["现为：他们的（east，" in one for one in told] == [True, False]
    assert all("他们的" in one for one in told)


def test_a_change_sent_twice_is_one_change(town, form):
    made = make_visit(town, note="旧")
    page = form(path=edit_path(made)).fill(note="新")

    assert page.press().goes_to == page.press().goes_to
    assert visits(town)[0].rev == 2


def test_a_change_can_be_left_and_gone_on_with_and_still_finds_what_others_did(town, client, form):
    made = make_visit(town, note="旧")
    form(path=edit_path(made)).fill(note="新").press("save")
    services.update_record(town.desk("eng"), VISIT, made.id, {"name": "新名"}, rev=1)
    listed = client("eng").get("/records/drafts/").content.decode()
    (address,) = re.findall(r'href="(/records/intake.visit/[^"]+/edit/\?[^"]+)"', listed)

    page = form(path=address.replace("&amp;", "&"))
    assert page.value("note") == "新"
    again = page.press()

    assert again.status == 412
    assert again.press().status == 302
    (found,) = visits(town)
    assert (found.values["note"], found.values["name"]) == ("新", "新名")
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("grid", "edit", 403),
        ("west", "edit", 404),
        ("mayor", "edit", 404),
        ("mayor", "new", 404),
    ],
)
def test_who_may_not_is_refused(town, client, who, path, status):
    made = make_visit(town, "east")
    address = edit_path(made) if path == "edit" else NEW

    assert client(who).get(address).status_code == status
    assert client(who).post(address, {"do": "submit"}).status_code == status


def test_nobody_fills_in_a_form_without_signing_in(client_of, town):
    from yiwang.kernel.base.act import ANONYMOUS

    for path in (NEW, "/records/drafts/", "/records/people/a-x/", f"/records/{VISIT}/offers/cell/"):
        assert client_of(ANONYMOUS).get(path).status_code == 302


def test_a_form_can_be_chosen_and_all_fields_be_asked_for(town, form):
    made = make_visit(town)

    assert "店铺叫什么" in form(path=f"{NEW}?form=intake.walk").text
    assert form(path=f"{NEW}?form=all").value("area") == ""
    assert form(path=f"{edit_path(made)}?form=intake.walk").value("note") == ""
    assert form(path=f"{NEW}?form=intake.none").status == 404


# Hostile pages.


WORDS = st.sampled_from(["name", "kind", "members", "photos", "cell", "visitor", "x", ""])
COMMANDS = st.builds(
    lambda verb, key, rest: f"{verb}:{key}:{rest}",
    st.sampled_from(
        ["add", "remove", "drop", "find", "refresh", "save", "submit", "asked", "back"]
    ),
    WORDS,
    st.sampled_from(["", "0", "-1", "99999999999", "x", "\u0661"]),
)
NAMES = st.sampled_from(
    ["a-name", "a-kind", "a-members-row", "a-members-0-name", "a-photos-kept", "a-photos", "a-cell",
     "a-cell-q", "a-visitor", "a-seen", "a-licensed", "a-tags", "on", "key", "rev", "was", "draft"]
)  # fmt: skip
VALUES = st.lists(
    st.one_of(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20), WORDS,
              st.sampled_from(["0", "[]", "{}", '{"note": 5}', "null", "9" * 40])),
    max_size=3,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(NAMES, VALUES, max_size=8), COMMANDS)
def test_no_form_however_sent_breaks_a_page(town, client, told, command):
    made = visits(town)[0] if visits(town) else make_visit(town)
    body = {**told, "do": command.strip(":")}

    for path in (NEW, f"{NEW}?form=intake.walk", edit_path(made)):
        assert client("eng").post(path, body).status_code in (200, 302, 404, 412, 422)
