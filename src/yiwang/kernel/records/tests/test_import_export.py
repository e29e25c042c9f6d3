"""Records as sheets: what is handed out can be taken in again, and nothing is guessed."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.records import services
from yiwang.kernel.records.services.cells import Unreadable, arm_formula, read_cell, write_cell
from yiwang.kernel.records.services.headings import match_headings
from yiwang.kernel.records.services.importing import import_rows, plan_import, score_headings
from yiwang.kernel.records.services.naming import Names
from yiwang.kernel.records.types import Field, Wanted
from yiwang.kernel.ui.tests.counting import count

from .shops import full_shop, make_town
from .towns import VIEWED

SHOP = "demo.shop"


@pytest.fixture(autouse=True)
def chinese():
    """Whatever language a test before has left behind."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def town(db):
    return make_town(VIEWED)


@pytest.fixture
def community(town):
    desk = town.desk("eng")
    return services.create_record(desk, "demo.community", {"code": "001", "name": "东风社区"})


def plan(town, rows, who="eng", *, update=True, code=SHOP):
    return plan_import(town.desk(who), code, rows, update=update)


def take(town, rows, who="eng", *, update=True, code=SHOP):
    return import_rows(town.desk(who), code, rows, update=update, reason="登记")


def told(found) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.message) for one in found.problems]


def export(town, who="eng", ending="csv", wanted=None, purpose="年度核查") -> bytes:
    found = services.open_export(
        town.desk(who), SHOP, wanted or Wanted(), ending=ending, purpose=purpose
    )
    with found.stream as stream:
        return stream.read()


def read_back(town, content: bytes, name="export.csv", who="eng"):
    upload = SimpleUploadedFile(name, content)
    return files.read_sheet(upload, score=score_headings(town.desk(who), SHOP))


# Cells

FIELDS = {
    "text": Field("a", {"zh": "甲"}),
    "integer": Field("a", {"zh": "甲"}, "integer"),
    "number": Field("a", {"zh": "甲"}, "number", decimals=2),
    "date": Field("a", {"zh": "甲"}, "date"),
    "datetime": Field("a", {"zh": "甲"}, "datetime"),
    "boolean": Field("a", {"zh": "甲"}, "boolean"),
    "choice": Field("a", {"zh": "甲"}, "choice", choices=(
        ("1", {"zh": "餐饮", "en": "Food"}), ("2", {"zh": "零售", "en": "Shop"}),
        ("3", {"zh": "零售"}), ("x;y", {"zh": "a;b"}),
    )),
    "choices": Field("a", {"zh": "甲"}, "choices", choices=(
        ("1", {"zh": "餐饮", "en": "Food"}), ("2", {"zh": "一；二"}), ("3", {"zh": "零售"}),
    )),
}  # fmt: skip
VALUES = {
    "text": st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1)
    .map(str.strip).filter(bool),
    "integer": st.integers(-(10**17), 10**17),
    "number": st.decimals(-(10**12), 10**12, places=2),
    "date": st.dates(date(1000, 1, 1)),
    "datetime": st.datetimes(
        datetime(1950, 1, 1), datetime(2200, 1, 1), timezones=st.just(CITY_ZONE)
    ),
    "boolean": st.booleans(),
    "choice": st.sampled_from(["1", "2", "3", "x;y"]),
    "choices": st.lists(st.sampled_from(["1", "2", "3"]), min_size=1, unique=True),
}  # fmt: skip


@given(st.data(), st.sampled_from(sorted(FIELDS)), st.sampled_from(["zh-hans", "en"]))
def test_what_a_cell_is_written_as_is_read_back(data, kind, language):
    value = data.draw(VALUES[kind])

    with translation.override(language):
        text = write_cell(FIELDS[kind], value, Names())

    assert text is not None
    with translation.override("en"):
        assert read_cell(FIELDS[kind], text) == value or text.startswith("'")


@given(st.text(max_size=6), st.sampled_from(["integer", "number", "date", "datetime", "boolean"]))
def test_a_cell_that_cannot_be_read_says_so_and_nothing_else(text, kind):
    with contextlib.suppress(Unreadable):
        value = read_cell(FIELDS[kind], text)
        assert value is None or text.strip()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1,234.50", Decimal("1234.50")),
        ("integer", "12.00", 12),
        ("date", "2026/3/1", date(2026, 3, 1)),
        ("date", "2026年3月1日", date(2026, 3, 1)),
        ("date", "20260301", date(2026, 3, 1)),
        ("datetime", "2026-03-01 8:05", datetime(2026, 3, 1, 8, 5, tzinfo=CITY_ZONE)),
        ("boolean", "是", True),
        ("choice", "food", "1"),
        ("choice", "餐饮", "1"),
        ("choices", "餐饮; 3", ["1", "3"]),
        ("text", "'=1+1", "=1+1"),
        ("text", "007", "007"),
    ],
)
def test_people_write_values_in_their_own_ways(kind, text, value):
    assert read_cell(FIELDS[kind], text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.5"), ("integer", "1,23"), ("number", "1e5"), ("number", "NaN"),
        ("date", "3/1/26"), ("date", "2026-02-30"), ("datetime", "2026-03-01 25:00"),
        ("boolean", "maybe"), ("choice", "零售"),
    ],
)  # fmt: skip
def test_what_may_mean_several_things_is_not_guessed(kind, text):
    with pytest.raises(Unreadable):
        read_cell(FIELDS[kind], text)


def test_a_text_is_armed_only_where_it_was_defused():
    assert [arm_formula(text) for text in ("'=1", "'a", "'-5", "''=1")] == [
        "=1",
        "'a",
        "'-5",
        "''=1",
    ]


def test_headings_match_in_both_languages_by_key_and_with_units():
    fields = {
        "area": Field("area", {"zh": "面积", "en": "Area"}, unit={"zh": "平方米"}),
        "name": Field("name", {"zh": "名称", "en": "Name"}),
        "other": Field("other", {"zh": "名称"}),
    }

    found, unknown, twice = match_headings(
        fields, ["面积（平方米）", " NAME *", "名称", "OTHER", "AREA", "编号 ID", "备注"]
    )

    assert found == {
        "面积（平方米）": "area",
        " NAME *": "name",
        "OTHER": "other",
        "编号 ID": "_id",
    }
    assert unknown == ["名称", "备注"]  # Two fields are called so.
    assert twice == ["AREA"]


# Taking in


def test_rows_become_records_all_in_one_act(town, community):
    rows = [
        {"名称": "面馆", "类别": "餐饮", "面积": "35.50", "所属社区": "001", "已领证": "是"},
        {"名称": "书店", "类别": "Shop", "面积": "1,200", "所属社区": "东风社区", "已领证": ""},
    ]

    before = ActRow.objects.count()
    found = take(town, rows)

    assert found.count("create") == 2
    page = services.list_records(town.desk("eng"), SHOP, Wanted(order=("-_updated_at",)))
    values = {one.title: one.values for one in page.records}
    assert values["面馆"]["area"] == Decimal("35.50")
    assert values["面馆"]["licensed"] is True
    assert values["书店"]["kind"] == "shop"
    assert {one["community"] for one in values.values()} == {community.id}
    acts = ActRow.objects.order_by("id")[before:]
    outer = next(one for one in acts if one.verb == "records.import.sheet")
    assert outer.details == {"added": 2, "changed": 0}
    assert [one.parent_id for one in acts if one.verb == "records.import"] == [outer.id]


def test_every_wrong_cell_is_told_with_its_row_and_column(town, community):
    rows = [
        {
            "名称": "面馆",
            "类别": "餐饮",
            "面积": "big",
            "所属社区": "西风社区",
            "开业日期": "3/1/26",
        },
        {"名称": "书店", "类别": "Shop", "面积": "1", "所属社区": "", "开业日期": "2026-03-01"},
    ]

    found = plan(town, rows)

    assert told(found) == [
        (2, "面积", "This is no number"),
        (2, "所属社区", "There is no such record"),
        (2, "开业日期", "This is no date as 2026-11-22"),
    ]
    with pytest.raises(InvalidInput, match="row 2"):
        take(town, rows)
    assert services.list_records(town.desk("eng"), SHOP, Wanted()).records == ()


def test_a_row_with_a_key_that_is_there_changes_that_record(town):
    made = town.shop("eng", name="旧名", credit_code="91110108MA01ABCD71")
    rows = [
        {"统一社会信用代码": "91110108MA01ABCD71", "名称": "新名", "类别": "餐饮"},
        {"统一社会信用代码": "91110108MA01EFGH4E", "名称": "新店", "类别": "餐饮"},
    ]

    found = plan(town, rows)

    assert [(one.action, dict(one.differences)) for one in found.changes] == [
        ("change", {"名称": ("旧名", "新名")}),
        ("create", {"统一社会信用代码": ("", "91110108MA01EFGH4E"), "名称": ("", "新店"),
                    "类别": ("", "餐饮")}),
    ]  # fmt: skip
    take(town, rows)
    record = services.get_record(town.desk("eng"), SHOP, made.id)
    assert (record.title, record.rev) == ("新名", 2)
    change = services.list_history(town.desk("eng"), SHOP, made.id)[0]
    assert (change.verb, change.reason) == ("edit", "登记")


def test_adding_only_refuses_a_key_that_is_there(town):
    town.shop("eng", credit_code="91110108MA01ABCD71")
    rows = [{"统一社会信用代码": "91110108MA01ABCD71", "名称": "新名", "类别": "餐饮"}]

    found = plan(town, rows, update=False)

    assert told(found) == [(2, "统一社会信用代码", "A record with this key is there already")]


def test_a_record_that_stands_twice_is_refused(town):
    made = town.shop("eng")
    rows = [{"编号 ID": made.id, "名称": "甲"}, {"编号 ID": made.id, "名称": "乙"}]

    assert told(plan(town, rows)) == [(3, "编号 ID", "This record stands in a row before")]


def test_an_id_that_means_no_record_of_the_reader_is_refused(town):
    made = town.shop("west")
    rows = [{"编号 ID": made.id, "名称": "甲"}, {"编号 ID": "no such", "名称": "乙"}]

    found = plan_as_importer(town, rows)

    assert [line[:2] for line in told(found)] == [(2, "编号 ID"), (3, "编号 ID")]


def plan_as_importer(town, rows):
    """As a street that may import: the grants of the town give that to the bureau only."""
    grant = "    may: [see, create, edit, export, history]\n    rows: own"
    files = VIEWED | {
        "permissions.yaml": VIEWED["permissions.yaml"].replace(
            grant, grant.replace("export,", "export, import,")
        )
    }
    services.publish_bundle(town.people["eng"], files)
    return plan(town, rows, "east")


def test_an_empty_cell_of_a_change_clears_and_an_absent_column_keeps(town):
    made = town.shop("eng", note="备注", staff=5)

    take(town, [{"编号 ID": made.id, "备注": ""}])

    values = services.get_record(town.desk("eng"), SHOP, made.id).values
    assert (values["note"], values["staff"]) == (None, 5)


def test_what_is_masked_stays_unless_it_was_written_over(town):
    made = town.shop("eng", phone="13812345678")

    kept = plan(town, [{"编号 ID": made.id, "联系电话": "138****5678"}])
    changed = plan(town, [{"编号 ID": made.id, "联系电话": "13900000000"}])

    assert kept.count("keep") == 1
    assert told(changed) == [(2, "联系电话", "This cannot be filled in here")]


def test_columns_that_mean_nothing_are_named_and_computed_ones_left_alone(town):
    found = plan(town, [{"名称": "面馆", "类别": "餐饮", "合计": "9", "心情": "好"}])

    assert (found.ignored, found.computed) == (["心情"], ["合计"])
    assert found.problems == []


def test_a_sheet_whose_headings_mean_nothing_is_refused_with_those_that_would(town):
    with pytest.raises(InvalidInput, match="名称"):
        plan(town, [{"a": "1", "b": "2"}])


def test_a_name_that_two_records_have_is_not_guessed(town, community):
    services.create_record(town.desk("eng"), "demo.community", {"code": "002", "name": "东风社区"})

    by_name = plan(town, [{"名称": "面馆", "类别": "餐饮", "所属社区": "东风社区"}])
    by_key = plan(town, [{"名称": "面馆", "类别": "餐饮", "所属社区": "002"}])

    assert "Several records" in by_name.problems[0].message
    assert by_key.problems == []


def test_codes_and_their_leading_zeros_stay_text(town):
    take(town, [{"编码": "007", "名称": "第七社区"}], code="demo.community")

    page = services.list_records(town.desk("eng"), "demo.community", Wanted())
    assert page.records[0].values["code"] == "007"


def test_importing_needs_the_verb(town):
    with pytest.raises(NotPermitted):
        plan(town, [{"名称": "面馆"}], "east")


def test_a_change_that_breaks_the_rights_of_its_writer_takes_nothing_in(town):
    mine, other = town.shop("east", name="东一"), town.shop("west", name="西一")
    rows = [
        {"编号 ID": mine.id, "名称": "东二"},
        {"编号 ID": other.id, "名称": "西二"},
    ]

    assert plan_as_importer(town, rows).problems
    with pytest.raises(InvalidInput):
        take(town, rows, "east")
    assert services.get_record(town.desk("eng"), SHOP, mine.id).title == "东一"


def test_looking_things_up_takes_as_many_queries_however_many_rows(town, community):
    def ask(many):
        rows = [
            {"名称": f"店{at}", "类别": "餐饮", "所属社区": "001", "统一社会信用代码": ""}
            for at in range(many)
        ]
        return lambda: plan(town, rows)

    ask(1)()
    assert count(ask(400)) == count(ask(2))


def test_taking_in_asks_for_all_links_together_however_many_rows(town):
    desk = town.desk("eng")
    ids = [
        services.create_record(desk, "demo.community", {"code": f"c{at}", "name": f"社区{at}"}).id
        for at in range(42)
    ]

    def ask(chosen):
        rows = [
            {"名称": f"店{at}", "类别": "餐饮", "所属社区": at, "统一社会信用代码": ""}
            for at in chosen
        ]
        return lambda: take(town, rows)

    assert count(ask(ids[2:])) == count(ask(ids[:2]))


# Handing out and taking in again


def fill(town, community):
    services.create_record(town.desk("eng"), "demo.community", {"code": "x", "name": "=东风"})
    given = full_shop() | {"community": community.id, "name": "=SUM(A1)", "tags": ["new", "star"]}
    town.shop("eng", **given)
    town.shop(
        "eng", name="  -空白", kind="shop", seen=datetime(2026, 3, 2, 8, 30, 1, 5, tzinfo=UTC)
    )
    town.shop("eng", name="'=引号", note='a,b\n"c"；d')
    town.shop("east", name="东一", licensed=False, opened=date(2026, 1, 2))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_export_taken_in_again_changes_nothing(town, community, ending, language):
    fill(town, community)

    with translation.override(language):
        rows = read_back(town, export(town, ending=ending), f"export.{ending}")
        found = plan(town, rows)

    assert told(found) == []
    assert (found.count("keep"), found.count("change"), found.count("create")) == (4, 0, 0)


def test_an_export_of_one_language_is_taken_in_by_readers_of_the_other(town, community):
    fill(town, community)

    with translation.override("en"):
        content = export(town)
    with translation.override("zh-hans"):
        found = plan(town, read_back(town, content))

    assert told(found) == []
    assert found.count("keep") == 4  # Labels are other words for the same values.


def test_an_export_is_masked_for_each_reader_as_the_page_is(town, community):
    fill(town, community)

    def phones(who):
        rows = csv.DictReader(io.StringIO(export(town, who).decode("utf-8-sig")))
        return {row["联系电话"] for row in rows} - {""}

    assert phones("eng") == {"138****5678"}
    assert phones("mayor") == {"13812345678"}


def test_a_workbook_to_fill_in_is_taken_in_after_filling(town, community, client_of):
    from openpyxl import load_workbook

    client = client_of(town.desk("eng").actor)
    answer = client.get("/records/demo.shop/import/template/")
    book = load_workbook(io.BytesIO(b"".join(answer)))
    sheet = book["商户"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for heading, text in (("名称*", "面馆"), ("类别*", "餐饮"), ("所属社区", "东风社区")):
        sheet.cell(2, heads[heading]).value = text
    out = io.BytesIO()
    book.save(out)

    rows = read_back(town, out.getvalue(), "filled.xlsx")
    take(town, rows)

    page = services.list_records(town.desk("eng"), SHOP, Wanted())
    assert [one.title for one in page.records] == ["面馆"]
    assert "代码 Codes" in book.sheetnames


def test_an_ods_is_read_as_well(town):
    cells = [["名称", "类别", "面积"], ["面馆", "餐饮", "007.50"]]
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" for one in row)
        + "</table:table-row>"
        for row in cells
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body>'
            f'<office:spreadsheet><table:table table:name="a">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )

    found = plan(town, read_back(town, out.getvalue(), "filled.ods"))

    assert told(found) == []
    assert found.added[0]["area"] == Decimal("7.50")


# The page


def words(answer) -> str:
    main = re.sub(r"(?s).*<main|</main>.*", " ", answer.content.decode())
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", main)))


def as_csv(rows: list[list[str]]) -> SimpleUploadedFile:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return SimpleUploadedFile("sheet.csv", out.getvalue().encode())


def test_the_page_shows_what_would_change_before_it_does(town, client_of):
    client = client_of(town.desk("eng").actor)
    asked: dict[str, Any] = {"how": "update", "reason": "登记"}
    sheet = as_csv([["名称", "类别"], ["面馆", "餐饮"]])

    preview = client.post("/records/demo.shop/import/", asked | {"file": sheet})
    assert "面馆" in words(preview)
    assert services.list_records(town.desk("eng"), SHOP, Wanted()).records == ()
    packed = re.search(r'name="rows" value="([^"]*)"', preview.content.decode())[1]
    done = client.post("/records/demo.shop/import/", asked | {"rows": packed})

    assert done.headers["Location"] == "/records/demo.shop/"
    assert "面馆" in words(client.get("/records/demo.shop/"))


def test_the_page_tells_what_is_wrong_by_row_and_column(town, client_of):
    client = client_of(town.desk("eng").actor)
    sheet = as_csv([["名称", "类别", "面积"], ["面馆", "餐饮", "很大"]])

    answer = client.post(
        "/records/demo.shop/import/", {"how": "add", "reason": "登记", "file": sheet}
    )

    assert answer.status_code == 422
    assert "2 面积 很大 不是数字" in words(answer)
    assert 'name="rows"' not in answer.content.decode()


def test_the_page_refuses_what_is_no_table_and_a_preview_that_is_too_old(town, client_of):
    client = client_of(town.desk("eng").actor)
    asked = {"how": "add", "reason": "登记"}

    picture = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + bytes(40))
    refused = client.post("/records/demo.shop/import/", asked | {"file": picture})
    old = client.post("/records/demo.shop/import/", asked | {"rows": "made up"})

    assert refused.status_code == 422
    assert old.status_code == 422


def test_people_and_organizations_are_found_by_what_sheets_call_them(town):
    from yiwang.kernel.records.services.resolving import Resolver

    resolver = Resolver(town.desk("eng"))
    person, place = Field("p", {"zh": "人"}, "person"), Field("o", {"zh": "机构"}, "organization")
    resolver.prepare(place, {"东街道"})

    east = town.people["east"].id
    for text in ("east", "东小姐 (east)", east):
        assert resolver.resolve(person, text) == east
    for text in ("S01", "东街道", "东街道 (S01)"):
        assert resolver.resolve(place, text) == "S01"
    for field, text in ((person, "nobody"), (place, "北街道")):
        with pytest.raises(Unreadable):
            resolver.resolve(field, text)
