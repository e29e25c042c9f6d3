"""The page of the official notices."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.todo import list_todos
from yiwang.kernel.calendar.models import CalendarYear

pytestmark = pytest.mark.django_db
ADMIN = Actor("a", roles=frozenset({"sysadmin"}), permissions={"calendar.year.edit": "all"})
OFFICIAL = Actor("b", roles=frozenset({"viewer"}))
NOVEMBER = datetime(2026, 11, 22, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS = "date,kind,name\n2027-01-01,休,元旦\n2027-01-02,班,元旦调休\n"
GIVEN = {"year": 2027, "notice": "国办发明电 2026 年 9 号", "text": DAYS, "reason": "新通知"}


@pytest.fixture(autouse=True)
def november():
    with use_time(NOVEMBER):
        yield


def test_everybody_sees_the_years_and_only_the_administrator_the_form(client_of):
    page = client_of(OFFICIAL).get("/workbench/working-days/")
    assert page.status_code == 200
    assert "2027" in page.content.decode()
    assert b"<textarea" not in page.content
    assert b"<textarea" in client_of(ADMIN).get("/workbench/working-days/").content
    refused = client_of(OFFICIAL).post("/workbench/working-days/", GIVEN)
    assert refused.status_code == 200
    assert not CalendarYear.objects.exists()


def test_a_notice_is_entered_seen_and_exported(client_of):
    client = client_of(ADMIN)
    assert [todo.count for todo in list_todos(ADMIN)] == [1]

    answer = client.post("/workbench/working-days/", GIVEN)

    assert answer.headers["Location"] == "/workbench/working-days/2027/"
    assert "元旦调休" in client.get("/workbench/working-days/2027/").content.decode()
    assert client.get("/workbench/working-days/2027/?format=csv").content.decode() == DAYS
    assert list_todos(ADMIN) == []


def test_a_line_that_cannot_be_taken_is_named_and_nothing_is_lost(client_of):
    wrong = {**GIVEN, "text": DAYS + "2027-13-01,休,x\n"}
    answer = client_of(ADMIN).post("/workbench/working-days/", wrong)
    assert answer.status_code == 422
    assert "4" in answer.content.decode()
    assert "2027-13-01" in answer.content.decode()


def test_an_unknown_year_is_not_found(client_of):
    assert client_of(OFFICIAL).get("/workbench/working-days/2055/").status_code == 404
