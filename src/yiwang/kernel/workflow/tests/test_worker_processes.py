"""Deadlines are told by real workers, killed at the worst moment. 时限与进程被杀。"""

from __future__ import annotations

import os
import signal
import time
from datetime import timedelta

import pytest
from tests.samples.processes import wait_until

from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import Case, CaseEntry, Push, PushTarget

from .conftest import make_town
from .files import LEAVE
from .surveys import make_city, publish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]
AHEAD = timedelta(seconds=12)


@pytest.mark.deep
@pytest.mark.parametrize("kill_after", [2, 13])
def test_what_is_overdue_is_told_within_a_minute_although_the_worker_was_killed(
    transactional_db, workers, kill_after
):
    """Killed before the moment, and at it, while the sweep may be running."""
    town = make_town()
    hours = LEAVE.replace("{within: 2 working days, yellow: 0.5 working days}", "{within: 1 hour}")
    services.publish_case_type(town["eng"], hours)
    with use_time(now() - timedelta(hours=1) + AHEAD):
        case = town.start("wang", days=2)
    case.refresh_from_db()
    due = case.node_due_at
    victim = workers()

    time.sleep(kill_after)
    os.kill(victim.pid, signal.SIGKILL)
    workers()

    lit = CaseEntry.objects.filter(case=case, kind="lit", body__clock="node")
    wait_until(lit.exists, seconds=90)
    assert timedelta(0) <= lit.get().at - due < timedelta(seconds=60)
    time.sleep(20)
    assert lit.count() == 1
    assert Case.objects.get(pk=case.pk).memo["told"] == {"node": "red"}


@pytest.mark.deep
@pytest.mark.parametrize("opened", [1, 60])
def test_a_survey_reaches_everybody_once_although_its_worker_was_killed(
    transactional_db, workers, opened
):
    """Killed with -9 after so many were asked; another worker takes the job when its lease is over."""
    town = make_town()
    make_city(streets=6, communities=15)
    publish(town["eng"])
    services.start_case(town["eng"], "demo.ask", {"areas": ["Q1", "Q2"], "topic": "自建房"})
    victim = workers()
    wait_until(lambda: PushTarget.objects.filter(state="sent").count() >= opened, seconds=60)

    os.kill(victim.pid, signal.SIGKILL)
    left = PushTarget.objects.filter(state="waiting").count()
    workers()

    wait_until(lambda: Push.objects.get().spread_at is not None, seconds=150)
    assert left > 0
    asked = list(Case.objects.filter(code="demo.reply").values_list("organization", flat=True))
    assert len(asked) == 180
    assert len(set(asked)) == 180
    assert set(PushTarget.objects.values_list("state", flat=True)) == {"sent"}
