"""Workers as real processes, killed at the worst moment."""

import os
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from tests.samples import tasks as samples
from tests.samples.processes import start_process, wait_until

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.jobs.models import Job, ScheduleRow
from yiwang.kernel.jobs.services import cancel_job, enqueue
from yiwang.kernel.ledger.services import acting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

assert samples  # imported for what it registers


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "marks"
    file.touch()
    return file


def put(kind, **args):
    with acting(SYSTEM, "test.asked", on=Ref("test", "1")) as act:
        return enqueue(act, kind, args)


def state(job):
    job.refresh_from_db()
    return job.state


def test_a_killed_worker_has_its_task_run_again(workers, path):
    job = put("samples.slow", path=str(path), seconds=1.5)
    victim = workers()
    wait_until(lambda: "start 1" in path.read_text())

    os.kill(victim.pid, signal.SIGKILL)
    workers()

    wait_until(lambda: state(job) == "done")
    assert path.read_text().split("\n")[:-1] == ["start 1", "start 2", "end 2"]


def test_a_poison_task_stops_at_the_cap_and_the_worker_goes_on(workers, path):
    poison, broken = put("samples.poison", path=str(path)), put("samples.segfault")
    workers()

    wait_until(lambda: state(poison) == "queued" and poison.attempts == 1)
    Job.objects.filter(pk=poison.pk).update(run_at=poison.created_at)
    wait_until(lambda: state(poison) == "dead" and state(broken) == "dead")
    assert (poison.attempts, poison.error_code) == (2, "jobs.task.crashed")
    after = put("samples.mark", path=str(path), text="alive")
    wait_until(lambda: state(after) == "done")
    assert path.read_text() == "start 1\nstart 2\nalive\n"


def test_a_task_past_its_time_is_ended(workers):
    job = put("samples.long")
    workers()

    wait_until(lambda: state(job) == "dead")
    assert job.error_code == "jobs.task.too_long"


def test_a_cancelled_task_ends_soon_and_is_not_run_again(workers, path):
    job = put("samples.slow", path=str(path), seconds=60)
    workers()
    wait_until(lambda: "start 1" in path.read_text())

    cancel_job(SYSTEM, job.id)

    wait_until(lambda: state(job) == "cancelled", seconds=15)


def test_a_worker_that_is_stopped_gives_its_task_back_without_counting_it(workers, path):
    job = put("samples.slow", path=str(path), seconds=60)
    worker = workers()
    wait_until(lambda: "start 1" in path.read_text())

    worker.terminate()

    assert worker.wait(30) == 0
    assert (state(job), job.attempts) == ("queued", 0)


def test_a_task_that_eats_memory_is_ended_before_the_machine_is(workers, path):
    (Path(settings.YIWANG_HOME) / "yiwang.toml").write_text("job_memory_mb = 400\n", "utf-8")
    job = put("samples.glutton")
    workers()

    try:
        wait_until(lambda: state(job) == "dead")
    finally:
        (Path(settings.YIWANG_HOME) / "yiwang.toml").unlink()
    assert job.error_code == "jobs.task.too_large"


def test_a_cancelled_task_that_does_not_listen_is_ended_after_a_grace(workers, path):
    job = put("samples.stubborn", path=str(path))
    workers()
    wait_until(lambda: "start 1" in path.read_text())

    cancel_job(SYSTEM, job.id)

    wait_until(lambda: state(job) == "cancelled", seconds=30)


def test_heavy_work_does_not_hold_up_quick_work(workers, path):
    put("samples.slow", path=str(path), seconds=30)
    workers()
    wait_until(lambda: "start 1" in path.read_text())

    quick = put("samples.quick", path=str(path))

    wait_until(lambda: state(quick) == "done", seconds=20)


def test_servers_that_do_not_answer_hold_up_neither_quick_nor_heavy_work(workers, path):
    waiting = [put("samples.outside", path=str(path), seconds=40) for _ in range(4)]
    workers()
    wait_until(lambda: path.read_text().count("outside") == 2)

    ours = [put("samples.quick", path=str(path)), put("samples.mark", path=str(path))]

    wait_until(lambda: [state(one) for one in ours] == ["done", "done"], seconds=20)
    assert [state(one) for one in waiting].count("running") == 2


def test_outside_work_goes_on_while_heavy_work_runs(workers, path):
    put("samples.slow", path=str(path), seconds=30)
    workers()
    wait_until(lambda: "start 1" in path.read_text())

    outside = put("samples.outside", path=str(path), seconds=0)

    wait_until(lambda: state(outside) == "done", seconds=20)


RACE = """
import os, sys, time
from django.db import transaction
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services.queue import claim

def careless(worker):
    job = Job.objects.filter(state="queued").order_by("id").first()
    if job:
        time.sleep(0.001)
        Job.objects.filter(pk=job.pk).update(state="running")
    return job

take = {"claim": claim, "careless": careless}[os.environ["TAKE"]]
while not os.path.exists(os.environ["GO"]): pass
while job := take(f"w{os.getpid()}"):
    os.write(1, f"{job.id}\\n".encode())
"""


def race(code, tmp_path, capfd, **environment):
    """Four processes run code at the same moment; gives the words they print."""
    go = tmp_path / "go"
    racers = [start_process(code, GO=str(go), **environment) for _ in range(4)]
    time.sleep(1.5)
    go.touch()
    assert [racer.wait(120) for racer in racers] == [0] * 4
    return sorted(capfd.readouterr().out.split())


def put_many():
    with acting(SYSTEM, "test.asked", on=Ref("test", "1")) as act:
        return sorted(enqueue(act, "samples.mark", {"path": "/dev/null"}).id for _ in range(200))


def test_the_race_is_real_careless_claimers_take_a_job_twice(tmp_path, capfd):
    wanted = put_many()

    taken = race(RACE, tmp_path, capfd, TAKE="careless")

    assert len(taken) > len(wanted)


def test_claimers_in_many_processes_never_get_the_same_job(tmp_path, capfd):
    wanted = put_many()

    taken = race(RACE, tmp_path, capfd, TAKE="claim")

    assert taken == wanted
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}


SCHEDULE = """
import os
from yiwang.kernel.jobs.services.schedules import run_schedules
while not os.path.exists(os.environ["GO"]): pass
for kind in run_schedules():
    os.write(1, f"{kind}\\n".encode())
"""


def test_a_due_schedule_has_one_owner_among_many_workers(tmp_path, capfd):
    ScheduleRow(kind="jobs.clean", next_run_at=now() - timedelta(minutes=1)).save()

    owners = race(SCHEDULE, tmp_path, capfd)

    assert owners == ["jobs.clean"]
    assert Job.objects.count() == 1


UNIQUE = """
import os
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.ledger.services import acting
while not os.path.exists(os.environ["GO"]): pass
for number in range(20):
    with acting(SYSTEM, "test.asked", on=Ref("test", "1")) as act:
        job = enqueue(act, "samples.mark", {}, unique_key=f"key {number}")
    os.write(1, f"{job.id}\\n".encode())
"""


def test_work_with_one_key_is_queued_once_however_many_ask_at_once(tmp_path, capfd):
    given = race(UNIQUE, tmp_path, capfd)

    assert len(given) == 80
    assert set(given) == set(Job.objects.values_list("id", flat=True))
    assert Job.objects.count() == 20
