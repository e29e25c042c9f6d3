"""Deadlines of cases: lights, pauses, notices that come late. 流程时限。"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from yiwang.kernel.base.act import SYSTEM, Actor
from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.calendar import services as calendar
from yiwang.kernel.jobs.services import run_due
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.notify.models import Notice
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry
from yiwang.kernel.workflow.services.declaring import read_case_type
from yiwang.kernel.workflow.services.ticking import tick_due

from .files import LEAVE

pytestmark = pytest.mark.usefixtures("rows_equal_their_log")

CITY = ZoneInfo("Asia/Shanghai")


def at(day: str, hour: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=CITY)


def told(town, name: str) -> list[str]:
    rows = Notice.objects.filter(account_id=town[name].id, title__contains="due").order_by("id")
    return [row.title.split(": ")[1].split(" (")[0] for row in rows]


@pytest.fixture
def case(town):
    """Started on the Monday before the National Day holidays of 2026, due over them."""
    with use_time(at("2026-09-28")):
        return town.start("wang", days=2)


def due(case: Case) -> tuple[datetime | None, datetime | None]:
    case.refresh_from_db()
    return case.due_at, case.node_due_at


def test_promised_and_step_limits_are_counted_in_working_days(case):
    assert due(case) == (at("2026-10-10", "17:30"), at("2026-09-30", "17:30"))
    assert set(case.memo["clocks"]) == {"legal", "promised", "node"}


def test_lights_are_told_once_each_at_their_moment(town, case):
    with use_time(at("2026-09-30", "11:59")):
        assert tick_due() == 0
    with use_time(at("2026-09-30", "12:01")):
        assert tick_due() == 1
        assert tick_due() == 0
    assert told(town, "li") == told(town, "sun") == ["this step is due soon"]
    assert told(town, "mayor") == []

    with use_time(at("2026-09-30", "17:30")):
        assert tick_due() == 1
    assert told(town, "li")[-1].startswith("this step is overdue")
    assert told(town, "mayor")[-1].startswith("this step is overdue")


def test_what_was_missed_while_no_worker_ran_is_told_when_one_runs_again(town, case):
    with use_time(at("2026-10-20")):
        assert tick_due() == 1
        assert tick_due() == 0
    lit = [
        (entry.body["clock"], entry.body["light"])
        for entry in CaseEntry.objects.filter(case=case, kind="lit")
    ]
    assert sorted(lit) == [("node", "red"), ("promised", "red")]


def test_a_decided_step_stops_its_clock_and_an_ended_case_all(town, case):
    with use_time(at("2026-09-29")):
        town.act("li", case)
    with use_time(at("2027-09-29")):
        assert tick_due() == 0
    assert all(clock["stopped_at"] for clock in case.memo["clocks"].values())
    assert "node" not in case.memo["clocks"]


def test_a_supplement_stops_the_clock_and_what_was_left_runs_on(town, case):
    with use_time(at("2026-09-29")):
        services.ask_supplement(town["li"], town.task(case), ["why"], note="请补")
    with use_time(at("2026-10-19")):
        assert tick_due() == 0
        services.supply(town["wang"], town.task(case, "wang"), {"why": "探亲"})
    # One of five days was used, one of two: four and one are left from the 19th on.
    assert due(case) == (at("2026-10-23", "17:30"), at("2026-10-20", "17:30"))


def test_a_suspension_within_a_supplement_runs_on_only_after_both(town, case):
    with use_time(at("2026-09-29")):
        services.ask_supplement(town["li"], town.task(case), ["why"], note="请补")
        services.suspend(town["mayor"], case.pk, reason="核查")
    with use_time(at("2026-10-12")):
        services.resume(town["mayor"], case.pk)
    case.refresh_from_db()
    assert case.tick_at is None
    with use_time(at("2026-10-19")):
        services.supply(town["wang"], town.task(case, "wang"), {"why": "探亲"})
    assert due(case)[0] == at("2026-10-23", "17:30")


def test_every_return_gives_the_step_its_whole_time_again(town):
    with use_time(at("2026-03-02")):
        case = town.start("wang", days=9)
    with use_time(at("2026-03-04")):
        town.act("li", case)
        services.send_back(town["mayor"], town.task(case), "leader", reason="再议")
    assert due(case)[1] == at("2026-03-06", "17:30")


class TestYearsWithoutNotice:
    def test_the_deadline_is_provisional_and_moves_when_the_notice_comes(self, town):
        with use_time(at("2026-12-30")):
            case = town.start("wang", days=2)
        case.refresh_from_db()
        before = case.due_at
        assert before == at("2027-01-06", "17:30")
        assert case.memo["clocks"]["promised"]["provisional"]

        admin = Actor(id="a", permissions={"calendar.year.edit": "all"})
        with use_time(at("2026-12-31")):
            calendar.import_year(
                admin, year=2027, notice="国办发明电 2026 年 9 号",
                text="date,kind,name\n2027-01-01,休,元旦\n2027-01-04,休,元旦\n2027-01-05,休,元旦\n",
            )  # fmt: skip
            run_due()
            run_due()

        case.refresh_from_db()
        assert case.due_at == at("2027-01-11", "17:30")
        assert not case.memo["clocks"]["promised"]["provisional"]
        moved = CaseEntry.objects.filter(case=case, body__why="calendar", body__clock="promised")
        assert datetime.fromisoformat(moved.get().body["was"]) == before

    def test_closed_cases_keep_the_deadline_they_had(self, town):
        with use_time(at("2026-12-30")):
            case = town.start("wang", days=2)
            town.act("li", case)
            before = due(case)
        calendar.import_year(
            Actor(id="a", permissions={"calendar.year.edit": "all"}), year=2027, notice="通知",
            text="date,kind,name\n2027-01-04,休,元旦\n",
        )  # fmt: skip
        run_due()
        run_due()
        assert due(case) == before


def test_one_broken_case_keeps_no_other_waiting(town, case, monkeypatch):
    with use_time(at("2026-09-28", "11:00")):
        other = town.start("wang", days=3)
    Case.objects.filter(pk=case.pk).update(memo={})

    with use_time(at("2026-10-20")):
        tick_due()

    assert CaseEntry.objects.filter(case=other, kind="lit").exists()
    Case.objects.filter(pk=case.pk).update(memo=case.memo)


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("20工作日", "十天", 12, "calendar.limit.unreadable"),
        ("yellow: 1 working day", "yellow: 2", 13, "calendar.limit.yellow"),
        ("5 working days", "50 working days", 13, "calendar.limit.promise"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_with_its_line(old, new, line, code):
    with pytest.raises(InvalidInput) as error:
        read_case_type(LEAVE.replace(old, new), name="leave.yaml")
    assert error.value.extra["line"] == line
    assert error.value.code.startswith("calendar.limit")


def test_a_notice_that_moves_nothing_leaves_no_act(town, case):
    admin = Actor(id="a", permissions={"calendar.year.edit": "all"})
    calendar.import_year(
        admin, year=2030, notice="通知", text="date,kind,name\n2030-01-01,休,元旦\n"
    )
    run_due()
    run_due()
    assert not ActRow.objects.filter(verb="workflow.case.recalculate").exists()


def test_another_version_brings_its_own_limits(town, case):
    text = LEAVE.replace("  legal: {within: 20工作日}\n", "").replace(
        "within: 5 working", "within: 9 working"
    )
    services.publish_case_type(town["eng"], text)
    with use_time(at("2026-09-29")):
        services.migrate_case(town["mayor"], case.pk, 2, "leader", reason="新规")
    case.refresh_from_db()
    assert set(case.memo["clocks"]) == {"promised", "node"}


def test_nobody_is_told_by_the_system_twice(town, case):
    with use_time(at("2026-10-20")):
        tick_due()
        with use_time(at("2026-10-21")):
            assert tick_due() == 0
    assert SYSTEM.id in CaseEntry.objects.filter(kind="lit").values_list("actor", flat=True)
