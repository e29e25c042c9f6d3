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
from yiwang.kernel.workflow.models import Case, CaseEntry

from .conftest import make_town
from .files import LEAVE

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
