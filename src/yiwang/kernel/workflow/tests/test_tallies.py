"""Dashboards that count cases: what they tell, to whom, and what they never tell."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.kernel.base.clock import now
from yiwang.kernel.records import services as records
from yiwang.kernel.records.services.declaring import find_problems
from yiwang.kernel.records.tests.files import FILES
from yiwang.kernel.records.types import Block, By, Measure
from yiwang.kernel.workflow.models import Case, CaseCopy
from yiwang.kernel.workflow.services import sight
from yiwang.kernel.workflow.services.tallying import Counter

BOARD = """
dashboard: leaves
title: {zh: 请假统计, en: Leaves}
blocks:
  - kind: figures
    cases: [leave]
    measures:
      - {label: {zh: 件数, en: Number}}
      - {label: {zh: 准假率, en: Granted}, of: share, when: "outcome = 'granted'"}
      - {label: {zh: 天数, en: Days}, of: median}
  - {kind: table, title: {zh: 状态, en: By state}, cases: [leave], by: [state, light]}
  - {kind: bars, title: {zh: 按月, en: By month}, cases: [leave], by: [{field: opened, each: month}]}
"""
NAME = "dashboards/leaves.yaml"
GROUPS = (
    "state",
    "light",
    "kind",
    "step",
    "outcome",
    "in_time",
    "organization",
    "unit",
    "handled_by",
)


def count(town, who, *by, **block):
    asked = Block("table", cases=("demo.leave", "demo.board"), **block)
    groups, _ = Counter().count(town[who], asked, [By(one) for one in by], ())
    return [(*one.words, *one.numbers) for one in groups]


@pytest.fixture
def leaves(town):
    """Two of one department, one of which is granted, one of another."""
    done = town.start("wang", days=1)
    town.act("li", done)
    town.start("wang", days=2)
    town.start("qian", days=2)
    return town


def test_cases_are_counted_by_state_outcome_kind_and_who_is_asked(leaves):
    assert count(leaves, "mayor", "state") == [("办理中", 2), ("已办结", 1)]
    assert count(leaves, "mayor", "outcome") == [("未填", 2), ("已准假", 1)]
    assert count(leaves, "mayor", "kind") == [("请假", 3)]
    assert set(count(leaves, "mayor", "unit", "step")) == {
        ("未填", "已准假", 1),
        ("市民政局", "部门审批", 1),
        ("市统计局", "部门审批", 1),
    }


def test_lights_turn_with_the_clock(leaves):
    Case.objects.filter(status="running", starter=leaves["qian"].id).update(
        next_due_at=now() - timedelta(hours=1)
    )
    measures = (
        Measure({"zh": "红"}, when="light = 'red'"),
        Measure({"zh": "绿"}, when="light = 'green'"),
    )

    assert count(leaves, "mayor", measures=measures) == [(1, 1)]


def test_the_median_of_days_is_of_ended_cases_and_in_time_is_by_their_limit(leaves):
    for days in (2, 4, 9):
        case = leaves.start("wang", days=1)
        leaves.act("li", case)
        Case.objects.filter(pk=case.pk).update(opened_at=case.closed_at - timedelta(days=days))
    measures = (
        Measure({"zh": "天数"}, "median"),
        Measure({"zh": "按期"}, "share", when="in_time = 'yes'"),
    )

    ((median, share),) = count(leaves, "mayor", measures=measures, where="outcome = 'granted'")

    assert (float(median), float(share)) == (3.0, 1.0)


@pytest.mark.parametrize("who", ["wang", "li", "sun", "zhao", "qian", "mayor", "eng"])
def test_whoever_counts_counts_the_cases_that_they_may_see_and_no_other(leaves, who):
    ids = list(Case.objects.values_list("pk", flat=True))

    assert count(leaves, who) == [(len(sight.find_visible(leaves[who], ids)),)]


def test_copies_parts_and_posts_open_the_same_cases_to_the_count(leaves):
    """Whoever was asked at the top sees the parts; whoever was copied, the case."""
    leaves.start("qian", days=2)
    top, beside, part, copied = Case.objects.order_by("id")
    Case.objects.filter(pk=part.pk).update(parent=top, root=top.pk, starter="x", organization="B01")
    Case.objects.filter(pk=copied.pk).update(organization="B01", starter="x")
    CaseCopy.objects.create(case=copied, account=leaves["sun"].id, by="x", at=now())
    ids = [top.pk, beside.pk, part.pk, copied.pk]

    for who in leaves.people:
        seen = sight.find_visible(leaves[who], ids)
        assert count(leaves, who) == [(len(seen),)]

    assert sight.find_visible(leaves["sun"], ids) >= {copied.pk}
    assert sight.find_visible(leaves["li"], ids) >= {top.pk, part.pk}


def test_a_case_that_one_may_not_see_changes_no_number(leaves):
    """The twin: zhao of another department, before and after what happens at the first."""

    def told():
        return [count(leaves, "zhao", one) for one in GROUPS]

    before, of_all = told(), count(leaves, "mayor")
    case = leaves.start("wang", days=3)
    Case.objects.filter(pk=case.pk).update(next_due_at=now() - timedelta(days=1))

    assert told() == before
    assert count(leaves, "mayor") != of_all


@pytest.fixture
def board(leaves):
    records.publish_bundle(leaves["eng"], {**FILES, NAME: BOARD})
    return leaves


def test_the_page_and_the_files_tell_them(board, client_of):
    client = client_of(board["mayor"])

    page = client.get("/records/dashboards/demo.leaves/").content.decode()

    assert "请假统计" in page
    assert "33.3%" in page
    for ending in ("pdf", "docx", "xlsx"):
        assert client.get(f"/records/dashboards/demo.leaves/file/{ending}/").status_code == 200


def test_the_page_of_one_who_may_not_see_a_case_does_not_change(board, client_of):
    client = client_of(board["zhao"])

    def told():
        found = records.make_report(records.at_desk(board["zhao"]), "demo.leaves")
        assert client.get("/records/dashboards/demo.leaves/").status_code == 200
        return found.blocks

    before = told()
    board.start("wang", days=3)

    assert told() == before


def test_cases_do_not_change_the_number_of_queries(board, client_of):
    client = client_of(board["mayor"])

    def visit():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/records/dashboards/demo.leaves/").status_code == 200
        return len(asked)

    visit()
    before = visit()
    for _ in range(4):
        board.start("wang", days=3)

    assert visit() == before < 40


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("by: [state, light]", "by: [state, lihgt]"), "records.field.unknown", 11),
        (("of: median", "of: sum, field: days"), "records.dashboard.case_measure", 10),
        (("{field: opened, each: month}", "opened"), "records.dashboard.case_each", 12),
        (("outcome = 'granted'", "title = 'x'"), "query.field.unknown", 9),
        (("cases: [leave], by: [state", "csaes: [leave], by: [state"), "declared.key.unknown", 11),
    ],
)
def test_a_file_that_asks_what_cases_do_not_have_is_refused_with_its_line(db, change, code, line):
    assert change[0] in BOARD

    problems = find_problems({**FILES, NAME: BOARD.replace(*change)})

    assert [(one.code, one.extra["line"]) for one in problems][:1] == [(code, line)]


def test_ended_cases_are_counted_by_who_handled_them_with_how_many_were_in_time(leaves):
    case = leaves.start("qian", days=1)
    leaves.act("zhao", case)
    Case.objects.filter(starter=leaves["wang"].id, status="closed").update(
        due_at=now() - timedelta(days=1)
    )
    measures = (Measure({"zh": "件数"}), Measure({"zh": "按期率"}, "share", when="in_time = 'yes'"))

    told = count(leaves, "mayor", "handled_by", measures=measures, where="outcome is not null")

    assert {name: (many, float(share)) for name, many, share in told} == {
        "市民政局": (1, 0.0), "市统计局": (1, 1.0),
    }  # fmt: skip


def numbers_with_addresses(blocks):
    """What a page tells, and where each number leads."""
    for one in blocks:
        if one.kind == "figures":
            yield from ((value, lead) for _, value, lead in one.told)
        elif one.kind == "chart":
            yield from ((bar.value, bar.url) for bar in one.bars)
        elif one.kind == "table":
            lines = [*(line.cells for line in one.lines), one.foot]
            yield from ((cell, lead) for line in lines for _, cell, lead in line)


def test_bars_that_count_are_whole_numbers(board):
    report = records.make_report(records.at_desk(board["mayor"]), "demo.leaves")
    (chart,) = (one for one in report.blocks if one.kind == "chart")

    assert repr([bar.value for bar in chart.bars]) == "[3]"


@pytest.mark.parametrize("who", ["mayor", "li", "wang", "zhao"])
def test_each_number_leads_to_just_the_cases_that_it_counts(board, client_of, who):
    report = records.make_report(records.at_desk(board[who]), "demo.leaves")
    client = client_of(board[who])
    told = [(number, lead) for number, lead in numbers_with_addresses(report.blocks) if lead]

    for number, lead in told:
        page = client.get(lead)
        assert page.status_code == 200
        assert len(page.context["list"].rows) == number
    assert len(told) >= 4


def test_an_address_that_was_made_up_leads_nowhere(board, client_of):
    client = client_of(board["mayor"])
    start = "/cases/counted/demo.leaves/"

    for told in ("0/x/", "0/WzBd/", "0/W10/", "9/WzBd/", "1/WzAsW11d/", "0/WzldX/", "0/bnVsbA/"):
        assert client.get(start + told).status_code == (200 if told == "0/WzBd/" else 404)
    assert client.get("/records/dashboards/demo.leaves/0/WzBd/").status_code == 404


def test_the_list_of_a_number_takes_as_many_queries_however_long_it_is(board, client_of):
    client = client_of(board["mayor"])

    def visit():
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/cases/counted/demo.leaves/0/WzBd/").status_code == 200
        return len(asked)

    visit()
    before = visit()
    for _ in range(4):
        board.start("wang", days=3)

    assert visit() == before
