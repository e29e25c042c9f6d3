"""The full trace: who had it, in whose name, how long, and what they wrote."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import today, use_time
from yiwang.kernel.calendar.services import load_calendar, office_time_between
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.models import ReadRow
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry
from yiwang.kernel.workflow.services.tracing import list_stints

from .conftest import PASSWORD, Town
from .files import BOARD, COPIED, LEAVE, TASKS
from .play import play_at_random

FRIDAY = datetime(2026, 9, 4, 8, tzinfo=UTC)  # four in the afternoon in the city


def stints(case: Case) -> list[tuple[str, str, str]]:
    entries = CaseEntry.objects.filter(case=case).order_by("seq")
    return [(one.node, one.outcome, one.opinion) for one in list_stints(entries)]


def browse(name: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"name": name, "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("hours", "worked"),
    [(1, timedelta(hours=1)), (1.5, timedelta(hours=1.5)), (60, timedelta(hours=1.5)),
     (65, timedelta(hours=1.5)), (66, timedelta(hours=2.5)), (72, timedelta(hours=7))],
)  # fmt: skip
def test_office_time_leaves_out_nights_noons_and_weekends(db, hours, worked):
    """From four on Friday: offices close at half past five and open at nine on Monday."""
    calendar = load_calendar()

    assert office_time_between(FRIDAY, FRIDAY + timedelta(hours=hours), calendar) == worked
    assert office_time_between(FRIDAY, FRIDAY, calendar) == timedelta(0)


def test_every_hand_it_went_through_is_told_with_how_long(town: Town):
    with use_time(FRIDAY):
        case = town.start("wang", days=5)
    with use_time(FRIDAY + timedelta(hours=66)):
        services.transfer_task(town["li"], town.task(case), town["zhao"].id, reason="归他管")
    with use_time(FRIDAY + timedelta(hours=67)):
        town.act("zhao", case, opinion="同意。")
    with use_time(FRIDAY + timedelta(hours=69)):
        found = list_stints(CaseEntry.objects.filter(case=case).order_by("seq"))

    told = [(one.node, one.outcome, one.by, one.opinion) for one in found]
    assert told == [
        ("leader", "moved", town["li"].id, "归他管"), ("leader", "done", town["zhao"].id, "同意。"),
        ("director", "held", "", ""),
    ]  # fmt: skip
    assert [(one.lasted, one.worked) for one in found] == [
        (timedelta(hours=66), timedelta(hours=2.5)), (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(hours=2), timedelta(hours=1)),
    ]  # fmt: skip


def test_in_whose_name_it_was_done_is_told(town: Town):
    services.set_absence(
        town["mayor"], account=town["mayor"].id, agent=town["sun"].id, from_date=today(),
        until_date=today() + timedelta(days=9),
    )  # fmt: skip
    case = town.start("wang", days=1)
    services.transfer_task(town["li"], town.task(case), town["mayor"].id, reason="请示")
    town.act("sun", case, opinion="可以")
    page = browse("wang").get(f"/cases/{case.pk}/").content.decode()

    assert "代 mayor 办理" in page
    assert stints(case)[-1] == ("leader", "done", "可以")


@pytest.mark.django_db
def test_whatever_happens_each_task_is_traced_to_its_end():
    at = datetime(2026, 9, 1, tzinfo=UTC)
    for seed in range(80):
        play = play_at_random([LEAVE, BOARD, TASKS, COPIED][seed % 4], seed, 25)
        entries = [
            CaseEntry(kind=event.kind, body=event.body, actor="p0", at=at + timedelta(hours=place))
            for place, event in enumerate(play.log)
        ]
        with use_time(at + timedelta(hours=len(entries))):
            found = list_stints(entries)
        kinds = [event.kind for event in play.log]
        ends = {
            name: sum(one.outcome == name for one in found) for name in ("done", "moved", "held")
        }
        assert ends["done"] == kinds.count("task_done")
        assert ends["moved"] == kinds.count("task_moved")
        assert ends["held"] == sum(
            task.status in ("open", "waiting") for task in play.state.tasks.values()
        )
        assert all(timedelta(0) <= one.worked <= one.lasted for one in found)


def test_the_trace_is_taken_away_as_a_file_formulas_defused(town: Town):
    case = town.start("wang", days=2)
    town.act("li", case, opinion="=1+1，同意")
    answer = browse("wang").get(f"/cases/{case.pk}/trace.csv")
    assert answer.status_code == 200
    assert f"{case.number}.csv" in answer["Content-Disposition"]
    heading, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))

    assert heading[0] == "环节"
    assert len({len(row) for row in [heading, *rows]}) == 1
    assert rows[0][0] == "部门审批"
    assert rows[0][2] == "li"
    assert rows[0][-2:] == ["同意", "'=1+1，同意"]
    assert browse("qian").get(f"/cases/{case.pk}/trace.csv").status_code == 404


def test_taking_the_trace_of_personal_data_away_is_on_record(town: Town):
    text = LEAVE.replace("demo.leave", "demo.card").replace(
        "why: {label: {zh: 事由, en: Why}}", "why: {label: {zh: 证号}, element: resident_id}"
    )
    services.publish_case_type(town["eng"], text)
    case = town.start("wang", "demo.card", days=2, why="11010519491231002X")
    browse("li").get(f"/cases/{case.pk}/trace.csv")

    assert ReadRow.objects.filter(actor_id=town["li"].id).count() == 1


def test_a_very_long_trace_shows_its_end_and_says_where_the_rest_is(town: Town, monkeypatch):
    monkeypatch.setattr("yiwang.kernel.workflow.pages.case.SHOWN_AT_MOST", 1)
    case = town.start("wang", days=5)
    town.act("li", case)
    page = browse("wang").get(f"/cases/{case.pk}/").content.decode()

    assert "更早的 1 条" in page


# Choosing somebody who is away.


@pytest.fixture
def away(town: Town) -> date:
    identity.update_account(SYSTEM, town["zhao"].id, full_name="赵一")
    back = today() + timedelta(days=5)
    services.set_absence(
        town["zhao"], account=town["zhao"].id, agent=town["qian"].id, from_date=today(),
        until_date=back,
    )  # fmt: skip
    return back


def test_who_is_away_is_said_while_one_chooses(town: Town, away: date):
    told = browse("sun").get("/cases/people/to/", {"to": "赵"}).content.decode()
    assert f"不在岗，{away} 返岗，qian 代理" in told
    assert "不在岗" not in browse("sun").get("/cases/people/to/", {"to": "wang"}).content.decode()


def test_who_stands_in_is_named_after_somebody_away_was_asked(town: Town, away: date):
    first, second = town.start("wang", days=1), town.start("wang", days=1)
    told = {"task": town.task(first), "to": "zhao", "reason": "归他管"}
    page = browse("li").post(f"/cases/{first.pk}/do/transfer/", told, follow=True)
    assert f"赵一 不在岗，{away} 返岗；已交由代理人 qian。" in page.content.decode()
    told = {"key": "k", "chosen": [town.task(second)], "to": "zhao", "reason": "归他管"}
    page = browse("li").post("/cases/chosen/transfer/", told, follow=True)
    assert "已交由代理人 qian" in page.content.decode()
