"""Dashboards: what they count, for whom, and what becomes of them on page and paper."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.kernel.base.errors import InvalidInput, NotFound, NotPermitted
from yiwang.kernel.records import services
from yiwang.kernel.records.services.declaring import find_problems
from yiwang.kernel.records.types import By, Measure, Wanted

from .shops import SHOPS, make_town

DASHBOARD = "dashboards/overview.yaml"
OVERVIEW = """
dashboard: overview
title: {zh: 商户统计, en: Overview of shops}
blocks:
  - kind: figures
    entity: shop
    measures:
      - {label: {zh: 商户, en: Shops}}
      - {label: {zh: 面积, en: Area}, of: sum, field: area}
      - {label: {zh: 平均面积, en: Mean area}, of: avg, field: area}
      - {label: {zh: 餐饮占比, en: Share of food}, of: share, when: "kind = 'food'"}
  - kind: table
    title: {zh: 按机构, en: By organization}
    entity: shop
    by: [_organization, kind]
    measures:
      - {label: {zh: 件数, en: Number}}
      - {label: {zh: 租金, en: Rent}, of: sum, field: rent}
  - {kind: table, title: {zh: 按月, en: By month}, entity: shop, by: [{field: opened, each: month}]}
  - {kind: bars, title: {zh: 按类别, en: By kind}, entity: shop, by: [kind]}
  - {kind: records, title: {zh: 清单, en: List}, entity: shop, columns: [name, kind, area], order: -opened, most: 5}
  - {kind: text, title: {zh: 说明, en: Note}, text: {zh: 按登记数据统计。, en: As registered.}}
"""
TOLD = {**SHOPS, DASHBOARD: OVERVIEW}


@pytest.fixture
def town(db):
    made = make_town(TOLD)
    made.shop(
        "east",
        name="甲",
        kind="food",
        area=Decimal("10.50"),
        rent=Decimal("100"),
        opened=date(2026, 3, 1),
    )
    made.shop(
        "east",
        name="乙",
        kind="shop",
        area=Decimal("20"),
        rent=Decimal("50"),
        opened=date(2026, 3, 9),
    )
    made.shop("west", name="丙", kind="food", opened=date(2026, 1, 5))
    return made


def report(town, who):
    return services.make_report(town.desk(who), "demo.overview")


def block(town, who, title):
    return next(one for one in report(town, who).blocks if one.title == title)


def test_figures_count_sum_average_and_share_what_the_reader_may_see(town):
    told = {who: report(town, who).blocks[0].pairs for who in ("eng", "east")}

    assert told["eng"] == (
        ("商户", 3), ("面积", Decimal("30.50")), ("平均面积", Decimal("15.25")), ("餐饮占比", "66.7%"),
    )  # fmt: skip
    assert told["east"] == (
        ("商户", 2), ("面积", Decimal("30.50")), ("平均面积", Decimal("15.25")), ("餐饮占比", "50.0%"),
    )  # fmt: skip


def test_a_table_by_two_fields_names_organizations_and_choices_and_adds_up(town):
    table = block(town, "eng", "按机构")

    assert set(table.rows) == {
        ("东街道", "餐饮", 1, Decimal("100.00")),
        ("东街道", "零售", 1, Decimal("50.00")),
        ("西街道", "餐饮", 1, Decimal("0.00")),
    }
    assert table.total == ("合计", "", 3, Decimal("150.00"))


def test_months_stand_in_time_and_bars_in_the_order_of_the_choices(town):
    assert [row[:2] for row in block(town, "eng", "按月").rows] == [("2026-01", 1), ("2026-03", 2)]
    assert [(one.label, one.value) for one in block(town, "eng", "按类别").bars] == [
        ("餐饮", 2),
        ("零售", 1),
    ]


def test_levels_of_regions_can_be_counted_by(town):
    found, more = services.sum_records(town.desk("eng"), "demo.shop", Wanted(), by=[By("_level2")])

    assert [(one.keys, one.rows) for one in found] == [(("Q01",), 3)]
    assert not more


def test_what_is_hidden_from_the_reader_is_neither_summed_nor_grouped_nor_asked(town):
    """A viewer sees food only, without its rent."""
    desk = town.desk("grid")
    for asked in (
        {"measures": [Measure({"zh": "租金"}, "sum", "rent")]},
        {"by": [By("rent")]},
        {"measures": [Measure({"zh": "件数"}, "count", when="rent > 10")]},
    ):
        with pytest.raises(NotFound):
            services.sum_records(desk, "demo.shop", Wanted(), **asked)

    assert block(town, "grid", "按机构").kind == "prose"
    assert block(town, "grid", "按类别").kind == "chart"


def test_masked_fields_are_refused_at_every_door(town):
    for asked in (
        {"by": [By("phone")]},
        {"measures": [Measure({"zh": "件数"}, when="phone is null")]},
    ):
        with pytest.raises(NotFound):
            services.sum_records(town.desk("east"), "demo.shop", Wanted(), **asked)


def test_a_dashboard_of_what_one_may_not_see_is_not_there(town):
    only = OVERVIEW.replace("overview", "places").split("blocks:")[0]
    files = {
        **TOLD,
        "dashboards/places.yaml": f"{only}blocks: [{{kind: table, entity: community, by: [name]}}]",
    }
    services.publish_bundle(town.people["eng"], files)

    assert [one.code for one in town.desk("mayor").dashboards()] == ["demo.overview"]
    with pytest.raises(NotFound):
        services.make_report(town.desk("mayor"), "demo.places")


def test_large_numbers_add_up_exactly(town):
    """Two to the 53rd, three thousand times, is beyond a column of any database."""
    for at in range(4):
        town.shop("east", name=f"大{at}", kind="food", staff=2**53 - 1)
    measure = Measure({"zh": "人数"}, "sum", "staff")

    (found,), _ = services.sum_records(town.desk("eng"), "demo.shop", Wanted(), measures=[measure])

    assert found.sums == ((7, 4 * (2**53 - 1) + 3),)


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("by: [kind]}", "by: [phone]}"), "records.dashboard.personal", 20),
        (("by: [kind]}", "by: [knd]}"), "records.field.unknown", 20),
        (("by: [kind]}", "columns: [kind], by: [kind]}"), "records.dashboard.key", 20),
        (("field: rent", "feld: rent"), "declared.key.unknown", 18),
        (("of: share, when: \"kind = 'food'\"", "of: share"), "records.dashboard.measure", 11),
        (("field: opened, each", "field: name, each"), "records.dashboard.each", 19),
        (("order: -opened", "order: -area"), "records.dashboard.order", 21),
        (("most: 5", "most: 5000"), "declared.value.wrong", 21),
        (("when: \"kind = 'food'\"", "when: \"keeper = '王'\""), "records.where.personal", 11),
    ],
)
def test_a_file_that_says_what_cannot_be_told_is_refused_with_its_line(db, change, code, line):
    assert change[0] in OVERVIEW

    problems = find_problems({**SHOPS, DASHBOARD: OVERVIEW.replace(*change)})

    assert [(one.code, one.extra["line"]) for one in problems][:1] == [(code, line)]


def test_the_page_the_pdf_the_text_and_the_sheet_tell_the_same(town, client_of):
    client = client_of(town.desk("mayor").actor)

    page = client.get("/records/dashboards/demo.overview/").content.decode()
    got = {
        ending: b"".join(
            client.get(f"/records/dashboards/demo.overview/file/{ending}/").streaming_content
        )
        for ending in ("pdf", "docx", "xlsx")
    }

    assert all(word in page for word in ("商户统计", "东街道", "66.7%", "2026-03", "甲"))
    assert got["pdf"].startswith(b"%PDF-1.")
    with zipfile.ZipFile(io.BytesIO(got["docx"])) as packed:
        text = packed.read("word/document.xml").decode()
    assert all(word in text for word in ("商户统计", "东街道", "100.00", "66.7%"))
    sheet = openpyxl.load_workbook(io.BytesIO(got["xlsx"])).active
    rows = [tuple(cell for cell in row if cell is not None) for row in sheet.values]
    assert ("东街道", "餐饮", 1, 100) in rows
    assert ("商户", 3) in rows


def test_who_may_not_export_gets_the_page_and_no_file(town, client_of):
    client = client_of(town.desk("grid").actor)

    assert "/file/" not in client.get("/records/dashboards/demo.overview/").content.decode()
    with pytest.raises(NotPermitted):
        services.open_report(town.desk("grid"), "demo.overview", "pdf")
    with pytest.raises(InvalidInput):
        services.open_report(town.desk("eng"), "demo.overview", "exe")


def test_records_do_not_change_the_number_of_queries(town, client_of):
    client = client_of(town.desk("eng").actor)

    def visit():
        assert client.get("/records/dashboards/demo.overview/").status_code == 200

    visit()
    with CaptureQueriesContext(connection) as before:
        visit()
    for at in range(9):
        town.shop("east", name=f"加{at}")
    with CaptureQueriesContext(connection) as after:
        visit()

    assert len(before) == len(after) < 40


def test_sheets_hold_no_formulas(town):
    town.shop("east", name="=1+1", kind="food", opened=date(2026, 4, 1))

    opened = services.open_report(town.desk("eng"), "demo.overview", "xlsx")

    with zipfile.ZipFile(opened.stream) as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("who", ["eng", "east"])
def test_each_number_leads_to_just_the_records_that_it_counts(town, client_of, who):
    client, told = client_of(town.people[who]), []
    for one in report(town, who).blocks:
        if one.kind == "figures":
            told += [(value, lead) for _, value, lead in one.told if lead]
        elif one.kind == "chart":
            told += [(int(bar.value), bar.url) for bar in one.bars]
        elif one.kind == "table" and one.leads:
            lines = [*(line.cells for line in one.lines), one.foot]
            told += [(cell, lead) for line in lines for _, cell, lead in line if lead]

    assert len(told) >= 8
    for number, lead in told:
        page = client.get(lead)
        assert page.status_code == 200
        assert len(page.context["list"].rows) == number
