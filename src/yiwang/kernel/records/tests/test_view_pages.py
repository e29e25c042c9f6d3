"""Pages over records: lists, boards, calendars, timelines, points, a record and its history."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.clock import use_time
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.records import services
from yiwang.kernel.records.pages.calendars import Span, lay_month
from yiwang.kernel.records.pages.maps import WIDTH, frame_points, read_point
from yiwang.kernel.records.pages.timelines import add_months, make_window
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.ui.lists.keyset import write_cursor
from yiwang.kernel.ui.tests.counting import assert_constant_queries

from .shops import full_shop, make_town
from .towns import VIEWED

SHOP = "/records/demo.shop/"
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def town(db):
    return make_town(VIEWED)


@pytest.fixture
def visit(town, client_of):
    """A page as somebody of the town sees it, in English."""
    clients = {}

    def open_page(who, path, data=None, *, status=200):
        client = clients.setdefault(who, client_of(town.desk(who).actor))
        client.cookies["django_language"] = "en"
        answer = client.get(path) if data is None else client.post(path, data)
        assert answer.status_code == status, words(answer)[-600:]
        return answer

    return open_page


def words(answer) -> str:
    """What a page says, without its markup."""
    text = b"".join(answer).decode() if answer.streaming else answer.content.decode()
    main = re.sub(r"(?s).*<main|</main>.*", " ", text)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main)))


def titles(answer) -> list[str]:
    """The names in the rows of a list."""
    return [
        unescape(one)
        for one in re.findall(r'<th scope="row"[^>]*><a[^>]*>([^<]*)</a>', answer.content.decode())
    ]


def add_shops(town, many=3, **values):
    return [town.shop("eng", name=f"店{at:02}", **values) for at in range(many)]


# The front page and lists


def test_the_front_page_names_what_one_may_see_and_counts_it(town, visit):
    add_shops(town, 2)

    assert "Shop 2" in words(visit("eng", "/records/"))
    assert "Community" in words(visit("eng", "/records/"))
    assert "Community" not in words(visit("grid", "/records/"))


def test_an_empty_list_says_what_to_do_to_those_who_may(town, visit):
    assert "Add a record" in words(visit("eng", SHOP))
    assert "Add a record" not in words(visit("grid", SHOP))


def test_a_list_is_narrowed_by_every_kind_of_filter(town, visit):
    east = services.create_record(
        town.desk("eng"), "demo.community", {"code": "C01", "name": "东风社区"}
    )
    told = {"opened": date(2026, 3, 1), "area": Decimal("35.5"), "licensed": True}
    town.shop("eng", name="面馆", community=east.id, **told)
    town.shop("eng", name="书店", kind="shop", opened=date(2026, 5, 1), area=Decimal(80))

    for query in (
        "kind=food", f"community={east.id}", "opened__lte=2026-03-01", "licensed=true",
        "area__lte=35.50", "q=面馆",
    ):  # fmt: skip
        assert titles(visit("eng", f"{SHOP}?{query}")) == ["面馆"], query
    for query in ("opened__gte=2026-03-02", "area__gte=35.51", "kind=shop"):
        assert titles(visit("eng", f"{SHOP}?{query}")) == ["书店"], query


def test_many_linked_records_are_found_by_the_name_one_types(town, visit):
    desk = town.desk("eng")
    rows = [{"code": f"{at:03}", "name": f"第{at:03}社区"} for at in range(101)]
    services.add_records(desk, "demo.community", rows)
    one = services.list_records(desk, "demo.community", Wanted(search="第007社区")).records
    town.shop("eng", name="面馆", community=one[0].id)
    town.shop("eng", name="书店")

    page = visit("eng", f"{SHOP}?community__name=第007")

    assert titles(page) == ["面馆"]
    assert titles(visit("eng", f"{SHOP}?community__name=没有")) == []


def test_a_masked_field_says_that_it_can_be_neither_filtered_nor_ordered(town, visit):
    town.shop("eng", phone="13812345678")

    page = visit("eng", SHOP)

    assert "138****5678" in words(page)
    assert "masked; neither filter nor order" in words(page)
    assert "sort=phone" not in page.content.decode()
    assert "13812345678" not in page.content.decode()
    assert "13812345678" in words(visit("mayor", SHOP))


def test_what_is_hidden_does_not_exist_in_any_view(town, visit):
    told = {"name": "面馆", "kind": "food", "rent": Decimal(7), "area": Decimal(2)}
    made = services.create_record(town.desk("eng"), "demo.shop", told, organization="C01")

    for path in (SHOP, f"{SHOP}?view=all", f"{SHOP}{made.id}/"):
        assert "面馆" in words(visit("grid", path))
        assert "Rent" not in words(visit("grid", path))
    assert "Rent" in words(visit("eng", f"{SHOP}{made.id}/"))


def test_a_list_asks_as_often_however_long_it_is(town, client_of):
    desk = town.desk("eng")
    east = services.create_record(desk, "demo.community", {"code": "C01", "name": "东风"})
    add_shops(town, 2, community=east.id)
    client = client_of(desk.actor)

    for name, path in {
        "records.list": SHOP,
        "records.board": f"{SHOP}?view=demo.stages",
        "records.calendar": f"{SHOP}?view=demo.months",
        "records.timeline": f"{SHOP}?view=demo.lines",
        "records.map": f"{SHOP}?view=demo.points",
        "records.front": "/records/",
        "records.record": f"/records/demo.community/{east.id}/",
    }.items():
        client.get(path)
        assert_constant_queries(
            name,
            lambda path=path: client.get(path),
            lambda: add_shops(town, 8, community=east.id, opened=NOW.date(), place="116.4,39.9"),
        )


@pytest.mark.parametrize(
    "place",
    [["x", "y"], [1, "y"], [1.5, "y"], [None, 3], ["\0", "y"], [2**70, "y"], [True, "y"], []],
)
@pytest.mark.parametrize("order", ["opened", "area", "licensed"])
def test_a_made_up_place_in_the_list_breaks_nothing(town, visit, place, order):
    add_shops(town, 1)

    fits = (place and place[0] == "x" and order == "opened") or (
        place and place[0] == 1 and place[0] is not True and order != "opened"
    )
    path = f"{SHOP}?sort={order}&after={write_cursor(place)}"
    visit("eng", path, status=200 if fits else 422)


@pytest.mark.parametrize(
    "query",
    ["area__gte=1e999999", "area__gte=NaN", "opened__gte=0000", "kind=nothing", "community=x",
     "q=%00", "view=%00", "month=%00&view=demo.months", "licensed=2", "after=%00"],
)  # fmt: skip
def test_made_up_filters_break_nothing(town, client_of, query):
    client = client_of(town.desk("eng").actor)

    assert client.get(f"{SHOP}?{query}").status_code in (200, 400, 404, 422)


def test_a_view_may_be_fixed_to_what_has_no_index_but_not_to_what_is_hidden(town, visit):
    views = {
        "views/noted.yaml": 'view: noted\nentity: shop\ntitle: {zh: 大店}\ncolumns: [name]\nwhere: "staff > 3"\n',
        "views/dear.yaml": 'view: dear\nentity: shop\ntitle: {zh: 高租金}\ncolumns: [name]\nwhere: "rent > 3"\n',
    }
    services.publish_bundle(town.people["eng"], VIEWED | views)
    town.shop("eng", name="大店", staff=9, rent=Decimal(9))
    town.shop("eng", name="小店", staff=1, rent=Decimal(1))

    assert titles(visit("eng", f"{SHOP}?view=demo.noted")) == ["大店"]
    assert titles(visit("eng", f"{SHOP}?view=demo.dear")) == ["大店"]
    visit("grid", f"{SHOP}?view=demo.dear", status=404)


# The board


def test_a_board_has_a_column_for_each_choice_and_moves_a_card(town, visit):
    made = town.shop("eng", name="面馆")
    path = f"{SHOP}?view=demo.stages"

    assert "Food 1 面馆" in words(visit("eng", path))
    moved = visit(
        "eng", f"{SHOP}{made.id}/move/?view=demo.stages",
        {"to": "shop", "rev": 1, "next": path}, status=302,
    )  # fmt: skip

    assert moved.headers["Location"] == path
    assert "Shop 1 面馆" in words(visit("eng", path))


def test_a_board_goes_by_a_code_set_as_well_and_shows_what_is_not_set(town, visit):
    board = (
        "view: states\nentity: shop\ntitle: {zh: 状态}\nkind: board\nby: status\ncolumns: [name]\n"
    )
    services.publish_bundle(town.people["eng"], VIEWED | {"views/states.yaml": board})
    town.shop("eng", name="面馆", status="1")
    town.shop("eng", name="书店")

    told = words(visit("eng", f"{SHOP}?view=demo.states"))

    assert re.search(r"1 面馆", told)
    assert "Not set 1 书店" in told


def test_a_card_that_somebody_changed_meanwhile_is_not_moved(town, visit):
    made = town.shop("eng")
    services.update_record(town.desk("eng"), "demo.shop", made.id, {"name": "新名"}, rev=1)

    visit("eng", f"{SHOP}{made.id}/move/?view=demo.stages", {"to": "shop", "rev": 1}, status=302)

    assert services.get_record(town.desk("eng"), "demo.shop", made.id).values["kind"] == "food"
    assert "changed this record meanwhile" in words(visit("eng", "/records/"))


def test_a_move_without_a_revision_that_was_seen_is_refused(town, visit):
    made = town.shop("eng")

    for rev in ("", "x", "１", "9" * 5000):
        sent = {"to": "shop", "rev": rev}
        visit("eng", f"{SHOP}{made.id}/move/?view=demo.stages", sent, status=302)

    assert services.get_record(town.desk("eng"), "demo.shop", made.id).rev == 1


def test_who_may_not_edit_is_offered_no_move(town, visit):
    town.shop("eng", name="面馆")

    assert "Move" not in words(visit("mayor", f"{SHOP}?view=demo.stages"))


def test_a_column_of_the_board_stops_at_fifty_and_leads_to_the_list(town, visit):
    rows = [{"name": f"店{at}", "kind": "food"} for at in range(51)]
    services.add_records(town.desk("eng"), "demo.shop", rows)

    page = visit("eng", f"{SHOP}?view=demo.stages")

    assert page.content.decode().count('class="card"') == 50
    assert "The first 50 are shown." in words(page)
    assert "view=all&amp;kind=food" in page.content.decode()


# The calendar


@given(
    st.dates(date(2000, 1, 1), date(2100, 12, 31)),
    st.lists(st.tuples(st.integers(-60, 60), st.none() | st.integers(0, 90)), max_size=5),
)
def test_a_span_stands_in_just_the_days_it_touches(day, told):
    first = day.replace(day=1)
    spans = []
    for at, (offset, lasts) in enumerate(told):
        since = date.fromordinal(first.toordinal() + offset)
        until = None if lasts is None else date.fromordinal(since.toordinal() + lasts)
        spans.append(Span(since, until, at))

    weeks = lay_month(first, spans, WorkCalendar({}), first)

    assert all(week[0].date.weekday() == 0 and len(week) == 7 for week in weeks)
    for cell in (one for week in weeks for one in week):
        touching = [
            one.thing for one in spans if one.since <= cell.date <= (one.until or one.since)
        ]
        assert cell.things == touching


def test_a_month_shows_its_records_and_leads_to_its_neighbours(town, visit):
    town.shop("eng", name="面馆", opened=date(2026, 10, 1))
    town.shop("eng", name="书店", opened=date(2026, 12, 31))

    page = visit("eng", f"{SHOP}?view=demo.months&month=2026-10")

    assert "面馆" in words(page)
    assert "书店" not in words(page)
    assert "month=2026-09" in page.content.decode()
    assert "month=2026-11" in page.content.decode()
    assert "国庆节" in words(page)


@pytest.mark.parametrize("month", ["nonsense", "9999-12", "0001-01", "2026-13"])
def test_a_month_that_is_none_is_the_present_one(town, visit, month):
    with use_time(NOW):
        assert "2026-11" in words(visit("eng", f"{SHOP}?view=demo.months&month={month}"))


# The timeline


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from(["weeks", "months"]))
def test_a_window_has_twelve_steps_and_places_every_day_within(day, scale):
    window = make_window(scale, day)

    places = [window.place(one) for one in window.ticks]
    assert len(places) == 12
    assert places == sorted(places)
    assert places[0] == 0
    assert window.start <= day < window.end
    assert 0 <= window.place(date.min) <= window.place(day) <= window.place(date.max) == 1000


def test_months_are_added_across_years():
    assert add_months(date(2026, 11, 1), 3) == date(2027, 2, 1)


def test_a_timeline_draws_what_falls_into_it(town, visit):
    town.shop("eng", name="面馆", opened=date(2026, 10, 1))
    town.shop("eng", name="书店", opened=date(2020, 1, 1))

    with use_time(NOW):
        page = visit("eng", f"{SHOP}?view=demo.lines&scale=weeks&from=2026-09-28")

    assert "面馆 2026-10-01" in words(page)
    assert "书店" not in words(page)


# Points


@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=1, max_size=8))
def test_every_point_lies_within_the_frame(points):
    frame = frame_points(points)

    assert 400 <= frame.height <= 1200
    for point in points:
        x, y = frame.place(point)
        assert 0 <= x <= WIDTH
        assert 0 <= y <= frame.height
    assert frame.meridians or frame.parallels


@pytest.mark.parametrize("value", [None, "", "116.4", "a,b", "nan,1", "1,2,3"])
def test_what_is_no_point_is_drawn_nowhere(value):
    assert read_point(value) is None


def test_points_stand_on_the_drawing_and_in_the_list_beside_it(town, visit):
    town.shop("eng", name="面馆", place="116.39,39.90")
    town.shop("eng", name="书店")

    page = visit("eng", f"{SHOP}?view=demo.points")

    assert page.content.decode().count("<circle") == 1
    assert "no map beneath" in words(page)
    assert "书店" not in words(page)


# A record


def test_a_record_shows_all_its_fields_in_words(town, visit):
    desk = town.desk("eng")
    east = services.create_record(desk, "demo.community", {"code": "C01", "name": "东风社区"})
    made = town.shop("eng", **(full_shop() | {"community": east.id}))

    told = words(visit("eng", f"{SHOP}{made.id}/"))

    for text in ("大众餐厅", "Food", "35.50", "Area (平方米)", "120.00", "东风社区", "2026-03-01",
                 "2026-03-02 16:30", "5,000.00", "Basics", "市数据局", "eng"):  # fmt: skip
        assert text in told, text
    assert "大众餐厅" in words(visit("eng", f"/records/demo.community/{east.id}/"))


def test_a_masked_value_is_shown_once_for_a_purpose_on_record(town, visit):
    made = town.shop("eng", phone="13812345678")
    path = f"{SHOP}{made.id}/reveal/phone/"

    refused = visit("eng", path, {"purpose": " "}, status=422)
    shown = visit("eng", path, {"purpose": "核实投诉电话"})

    assert "why you need to see it" in words(refused)
    assert "13812345678" not in words(refused)
    assert "13812345678" in words(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    assert "13812345678" not in words(visit("eng", f"{SHOP}{made.id}/"))
    row = ReadRow.objects.get(where="reveal")
    assert (row.purpose, row.columns, row.unmasked) == ("核实投诉电话", ["phone"], True)


def test_a_masked_group_is_shown_row_by_row(town, visit):
    made = town.shop("eng", **full_shop())

    told = words(visit("eng", f"{SHOP}{made.id}/"))
    shown = words(visit("eng", f"{SHOP}{made.id}/reveal/members/", {"purpose": "核实用工"}))

    assert "139****4321" in told
    assert "13987654321" not in told
    assert "13987654321" in shown


def test_buttons_are_those_of_the_reader(town, visit):
    made = town.shop("eng")

    assert "Remove" in words(visit("eng", f"{SHOP}{made.id}/"))
    mayor = words(visit("mayor", f"{SHOP}{made.id}/"))
    assert not any(word in mayor for word in ("Edit", "Remove", "History"))
    visit("mayor", f"{SHOP}{made.id}/remove/", status=403)
    visit("west", f"{SHOP}{made.id}/", status=404)


def test_a_file_is_fetched_by_those_who_see_the_record(town, visit):
    desk = town.desk("eng")
    png = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + bytes(40)
    kept = services.keep_upload(desk, "demo.shop", "photos", SimpleUploadedFile("门头.png", png))
    made = town.shop("eng", photos=[kept])
    path = f"{SHOP}{made.id}/files/photos/{kept['id']}/"

    assert "门头.png" in words(visit("eng", f"{SHOP}{made.id}/"))
    answer = visit("eng", path)
    assert b"".join(answer) == png
    assert answer.headers["Content-Disposition"].startswith("attachment")
    visit("west", path, status=404)
    visit("eng", path.replace("photos", "name"), status=404)
    visit("eng", path.replace(kept["id"], made.id), status=404)


# History


def test_history_tells_who_changed_what_and_brings_a_record_back(town, visit):
    made = town.shop("eng", name="原名", phone="13812345678")
    desk = town.desk("eng")
    services.update_record(desk, "demo.shop", made.id, {"name": "新名"}, rev=1, reason="更名")

    told = words(visit("eng", f"{SHOP}{made.id}/history/"))
    assert "Changed · eng" in told
    assert "更名" in told
    assert "原名 → 新名" in told
    assert "13812345678" not in told

    visit("eng", f"{SHOP}{made.id}/remove/", {"rev": 2, "reason": "重复登记"}, status=302)
    visit("eng", f"{SHOP}{made.id}/", status=404)
    gone = visit("eng", f"{SHOP}{made.id}/history/")
    assert "This record was taken out" in words(gone)
    assert "重复登记" in words(gone)

    visit("eng", f"{SHOP}{made.id}/history/", {"reason": "误删"}, status=302)
    assert "新名" in words(visit("eng", f"{SHOP}{made.id}/"))


def test_a_record_to_which_others_point_is_not_taken_out(town, visit):
    desk = town.desk("eng")
    east = services.create_record(desk, "demo.community", {"code": "C01", "name": "东风社区"})
    town.shop("eng", name="面馆", community=east.id)
    path = f"/records/demo.community/{east.id}/remove/"

    assert "they must be changed first: Shop" in words(visit("eng", path))
    refused = visit("eng", path, {"rev": 1, "reason": "撤销社区"}, status=422)

    assert "Other records point at this one" in words(refused)


# Export


def read_csv(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))


def test_an_export_holds_what_the_filters_leave_masked_as_on_the_page(town, visit):
    town.shop("eng", name="=1+1", phone="13812345678")
    town.shop("eng", name="书店", kind="shop")

    rows = read_csv(visit("eng", f"{SHOP}export/?kind=food", {"ending": "csv"}))

    assert len(rows) == 2
    told = dict(zip(*rows, strict=True))
    assert told["Name"] == "'=1+1"
    assert told["Phone"] == "138****5678"
    assert told["Kind"] == "Food" or told["类别"] == "Food"


def test_personal_data_leave_in_the_clear_only_for_a_purpose(town, visit):
    town.shop("eng", phone="13812345678")

    refused = visit("mayor", f"{SHOP}export/", {"ending": "csv"}, status=422)
    rows = read_csv(visit("mayor", f"{SHOP}export/", {"ending": "csv", "purpose": "年度核查"}))

    assert "what this export is for" in words(refused)
    assert dict(zip(*rows, strict=True))["Phone"] == "13812345678"
    assert ReadRow.objects.get(where="export").purpose == "年度核查"
    visit("grid", f"{SHOP}export/", status=403)
