"""Workers as real processes, killed at the worst moment."""

import os
import signal
import time

import pytest
from tests.samples import tasks as samples
from tests.samples.processes import start_process, start_worker, wait_until

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.ledger.services import acting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

assert samples  # imported for what it registers


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "marks"
    file.touch()
    return file


@pytest.fixture
def workers():
    started = []

    def start():
        started.append(start_worker())
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


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

    Job.objects.filter(pk=job.pk).update(cancel_requested=True)

    wait_until(lambda: state(job) == "cancelled", seconds=15)


def test_a_worker_that_is_stopped_gives_its_task_back_without_counting_it(workers, path):
    job = put("samples.slow", path=str(path), seconds=60)
    worker = workers()
    wait_until(lambda: "start 1" in path.read_text())

    worker.terminate()

    assert worker.wait(30) == 0
    assert (state(job), job.attempts) == ("queued", 0)


def test_heavy_work_does_not_hold_up_quick_work(workers, path):
    put("samples.slow", path=str(path), seconds=30)
    workers()
    wait_until(lambda: "start 1" in path.read_text())

    quick = put("samples.quick", path=str(path))

    wait_until(lambda: state(quick) == "done", seconds=20)


CLAIMER = """
import os, sys
from yiwang.kernel.jobs.services.queue import claim
while not os.path.exists(os.environ["GO"]): pass
while job := claim(f"w{os.getpid()}"):
    os.write(1, f"{job.id}\\n".encode())
"""


def test_claimers_in_many_processes_never_get_the_same_job(tmp_path, capfd):
    with acting(SYSTEM, "test.asked", on=Ref("test", "1")) as act:
        wanted = {enqueue(act, "samples.mark", {"path": "/dev/null"}).id for _ in range(200)}
    go = tmp_path / "go"
    racers = [start_process(CLAIMER, GO=str(go)) for _ in range(4)]

    time.sleep(1)
    go.touch()

    assert [racer.wait(120) for racer in racers] == [0] * 4
    claimed = capfd.readouterr().out.split()
    assert len(claimed) == len(wanted)
    assert set(claimed) == wanted
    assert set(Job.objects.values_list("attempts", flat=True)) == {1}
