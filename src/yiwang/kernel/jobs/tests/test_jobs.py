from datetime import date, timedelta
from pathlib import PurePosixPath

import pytest

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import InvalidInput, Unavailable
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import enqueue, run_due, task
from yiwang.kernel.jobs.services.cleaning import clean_jobs
from yiwang.kernel.jobs.services.queue import (
    FAULT,
    backoff,
    claim,
    expire_leases,
    fail,
    finish,
    keep,
)
from yiwang.kernel.jobs.services.running import make_context
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


def test_a_worker_that_lost_its_lease_changes_nothing_any_more(tasks):
    tasks("test.add")(lambda context: None)
    put("test.add")
    late = claim("late")
    Job.objects.update(lease_until=now() - timedelta(seconds=1))

    expire_leases()
    with use_time(now() + timedelta(minutes=1)):
        taken = claim("new")

    context = make_context(late)
    assert not keep(late, context)
    assert not finish(late, context, "late")
    assert not fail(late, FAULT, final=True)
    assert finish(taken, context, "new")
    assert Job.objects.get().result == "new"


def test_a_lease_that_ran_out_at_the_cap_is_a_dead_letter(tasks):
    tasks("test.add", max_attempts=1)(lambda context: None)
    put("test.add")
    claim("silent")
    Job.objects.update(lease_until=now() - timedelta(seconds=1))

    expire_leases()

    job = Job.objects.get()
    assert (job.state, job.error_code) == ("dead", "jobs.task.crashed")


def test_a_worker_seen_at_work_keeps_its_job_even_when_its_lease_ran_out(tasks):
    tasks("test.add")(lambda context: None)
    put("test.add")
    claim("seen")
    Job.objects.update(lease_until=now() - timedelta(seconds=1))

    expire_leases(spared=["seen"])

    assert Job.objects.get().state == "running"


def test_a_task_can_give_up_when_it_is_cancelled(tasks):
    @tasks("test.long")
    def long(context):
        Job.objects.update(cancel_requested=True)
        context.stop()
        context.check()

    put("test.long")

    (job,) = run_due()
    assert job.state == "cancelled"


def test_work_of_a_month_ago_is_removed_but_failures_stay(tasks):
    tasks("test.add")(lambda context: None)
    for state in ("done", "cancelled", "failed", "dead"):
        put("test.add")
        Job.objects.filter(state="queued").update(state=state, finished_at=now())

    with use_time(now() + timedelta(days=31)):
        assert clean_jobs() == 2

    assert set(Job.objects.values_list("state", flat=True)) == {"failed", "dead"}


@pytest.mark.parametrize("attempts", [1, 2, 8, 1000])
def test_the_pause_before_another_attempt_grows_up_to_ten_minutes(attempts):
    assert timedelta(seconds=5) <= backoff(attempts) <= timedelta(minutes=10)
    assert backoff(attempts) <= backoff(attempts + 1)


def test_results_and_errors_that_json_does_not_know_become_text(tasks):
    tasks("test.path")(lambda context: {"path": PurePosixPath("/a"), "at": date(2026, 11, 22)})

    @tasks("test.bad")
    def bad(context):
        raise InvalidInput("test.bad", "%(path)s is bad", path=PurePosixPath("/b"))

    put("test.path")
    put("test.bad")

    done, failed = run_due()
    assert done.result == {"path": "/a", "at": "2026-11-22"}
    assert failed.error_extra == {"path": "/b"}
