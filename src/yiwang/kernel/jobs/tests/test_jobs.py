from datetime import timedelta

import pytest

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import InvalidInput, Unavailable
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import enqueue, run_due, task
from yiwang.kernel.jobs.types import TASKS
from yiwang.kernel.ledger.services import acting

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(monkeypatch):
    monkeypatch.setattr(TASKS, "_items", dict(TASKS._items))
    return task


def put(kind, unique_key="", **args):
    with acting(SYSTEM, "test.asked", on=Ref("test", "1")) as act:
        return enqueue(act, kind, args, on=Ref("test", "1"), unique_key=unique_key)


def test_a_job_runs_with_its_arguments_and_keeps_its_result(tasks):
    @tasks("test.add")
    def add(context, *, left, right):
        context.progress(1, 1, "Adding")
        return {"sum": left + right, "actor": context.actor.id}

    put("test.add", left=2, right=3)

    (job,) = run_due()
    assert (job.state, job.result) == ("done", {"sum": 5, "actor": "system"})
    assert (job.progress_done, job.progress_total, job.progress_message) == (1, 1, "Adding")


def test_an_expected_failure_is_final_and_says_why(tasks):
    @tasks("test.bad")
    def bad(context):
        raise InvalidInput("test.bad", "Row %(row)s is bad", row=3)

    put("test.bad")

    (job,) = run_due()
    assert (job.state, job.attempts, job.error_code) == ("failed", 1, "test.bad")
    assert (job.error_message, job.error_extra) == ("Row %(row)s is bad", {"row": 3})


@pytest.mark.parametrize("error", [Unavailable("x.away", "Away"), ZeroDivisionError()])
def test_a_fault_is_tried_again_later_and_stops_at_the_cap(tasks, error):
    @tasks("test.away", max_attempts=2)
    def away(context):
        raise error

    put("test.away")

    (job,) = run_due()
    assert (job.state, job.attempts) == ("queued", 1)
    assert run_due() == []
    with use_time(now() + timedelta(minutes=1)):
        (job,) = run_due()
    assert (job.state, job.attempts) == ("dead", 2)


def test_a_unique_job_is_queued_once_and_runs_again_if_asked_while_running(tasks):
    ran = []

    @tasks("test.index")
    def index(context):
        ran.append(1)
        if len(ran) == 1:
            put("test.index", unique_key="index")

    first = put("test.index", unique_key="index")
    second = put("test.index", unique_key="index")

    assert first.id == second.id
    assert len(run_due()) == 2
    assert Job.objects.get().state == "done"
