from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.clock import CITY_ZONE, use_time
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import schedule, task
from yiwang.kernel.jobs.services.schedules import next_run, run_schedules
from yiwang.kernel.jobs.types import SCHEDULES, TASKS, Schedule

NOON = datetime(2026, 11, 22, 12, tzinfo=CITY_ZONE)


@pytest.fixture
def hourly(monkeypatch):
    monkeypatch.setattr(TASKS, "_items", {})
    monkeypatch.setattr(SCHEDULES, "_items", {})
    task("test.hourly")(lambda context: None)
    schedule("test.hourly", every=timedelta(hours=1))


def run_at(moment):
    with use_time(moment):
        return run_schedules()


@pytest.mark.django_db
def test_recurring_work_is_queued_when_due_and_only_once(hourly):
    assert run_at(NOON) == []
    assert run_at(NOON + timedelta(minutes=59)) == []
    assert run_at(NOON + timedelta(minutes=60)) == ["test.hourly"]
    assert run_at(NOON + timedelta(minutes=61)) == []
    assert Job.objects.get().actor_id == "system"


@pytest.mark.django_db
def test_a_node_that_slept_makes_up_for_one_run(hourly):
    run_at(NOON)

    assert run_at(NOON + timedelta(days=3)) == ["test.hourly"]
    assert run_at(NOON + timedelta(days=3, minutes=1)) == []


@given(moment=st.datetimes(timezones=st.just(CITY_ZONE)), at=st.times())
def test_daily_work_is_due_within_a_day_at_its_time_of_the_city(moment, at):
    plan = Schedule("x", daily_at=at)
    try:
        due = next_run(plan, moment)
    except OverflowError:
        return

    assert timedelta(0) < due - moment <= timedelta(days=1)
    assert due.astimezone(CITY_ZONE).time() == at


def test_a_schedule_says_either_how_often_or_when():
    with pytest.raises(ValueError, match="either"):
        schedule("x")
    with pytest.raises(ValueError, match="either"):
        schedule("x", every=timedelta(hours=1), daily_at=time(3))
