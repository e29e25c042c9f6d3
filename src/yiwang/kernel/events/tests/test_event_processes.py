"""Crashes between an act's commit and the delivery of its event."""

import os
import signal

import pytest
from tests.samples import wiring as samples
from tests.samples.processes import start_process, wait_until

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.events.models import EventDelivery, EventRow
from yiwang.kernel.events.services import announce
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import acting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

assert samples  # imported for what it registers

CRASH = """
import os, signal
from django.db import transaction
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.events.services import announce
from yiwang.kernel.ledger.services import acting
payload = {"path": os.environ["MARKS"], "seconds": 0}
with acting(SYSTEM, "test.done", on=Ref("test", "1")) as act:
    announce(act, "samples.happened", payload)
    if os.environ["WHEN"] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def marks(tmp_path):
    file = tmp_path / "marks"
    file.touch()
    return file


@pytest.mark.parametrize(("when", "events"), [("before", 0), ("after", 1)])
def test_an_event_exists_exactly_when_its_act_does(when, events, marks, workers):
    start_process(CRASH, WHEN=when, MARKS=str(marks)).wait(60)

    assert ActRow.objects.filter(verb="test.done").count() == events
    assert EventRow.objects.count() == EventDelivery.objects.count() == events
    if events:
        workers()
        wait_until(lambda: EventDelivery.objects.filter(delivered_at__isnull=False).exists())


def test_a_worker_killed_while_it_delivers_leaves_one_effect(marks, workers):
    with acting(SYSTEM, "test.done", on=Ref("test", "1")) as act:
        announce(act, "samples.happened", {"path": str(marks), "seconds": 1})
    job = Job.objects.filter(pk=Job.objects.get().pk)  # A worker queues what the hour brings, too.
    victim = workers()
    wait_until(marks.read_text)

    os.kill(victim.pid, signal.SIGKILL)
    wait_until(lambda: victim.poll() is not None)
    Job.objects.filter(state="running").update(lease_until=act.at)
    workers()

    wait_until(lambda: job.get().state == "done")
    assert len(marks.read_text().splitlines()) == 2
    assert ActRow.objects.filter(verb="samples.heard").count() == 1
