"""A check whose worker is killed in its middle: done once after all, with the result of a clean run."""

from __future__ import annotations

import os
import signal

import pytest
from tests.samples.processes import wait_until

from yiwang.kernel.base.clock import now
from yiwang.kernel.events.models import EventRow
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import DimensionScore, Result, Run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races, pytest.mark.deep]
ROWS = 60_000


def number(at: int) -> str:
    first = f"1101011990{at % 12 + 1:02}{at % 28 + 1:02}{at // 336 % 1000:03}"
    return first + ("0" if at % 50 == 0 else standards.id_check_digit(first))


@pytest.fixture
def people(steward, engineer, send):
    lines = [f"{number(at)},{'男' if at % 3 else 'x'}" for at in range(ROWS)]
    text = "证件号,性别\n" + "\n".join(lines) + "\n"
    [delivery] = send(
        steward, text, name="人口.csv", key=("证件号",),
        columns={"证件号": "resident_id", "性别": "sex"},
    )  # fmt: skip
    catalog.bind_elements(engineer, delivery.resource, {"证件号": "resident_id", "性别": "sex"})
    return delivery


def told(run):
    """What a run came to, without its ids."""
    results = Result.objects.filter(run=run).order_by("rule")
    scores = DimensionScore.objects.filter(run=run).order_by("dimension")
    rows = []
    after, more = 0, True
    while more:
        page = pool.list_rows(run.rows_version, after=after, limit=1000)
        rows += [cells for _, cells in page.rows]
        after, more = page.next_after, page.more
    return (
        list(results.values_list("rule", "checked", "failed", "patterns")),
        list(scores.values_list("dimension", "numerator", "denominator", "value")),
        rows,
    )


def test_a_check_killed_in_its_middle_is_done_once_and_says_the_same(steward, people, workers):
    run = services.start_run(steward, people.resource)
    victim = workers()
    wait_until(lambda: Run.objects.get(id=run.id).state == "running")

    os.kill(victim.pid, signal.SIGKILL)
    victim.wait()
    job = Job.objects.get(id=run.job_id)
    assert (Run.objects.get(id=run.id).state, job.state) == ("running", "running")
    Job.objects.filter(id=job.id).update(lease_until=now())
    workers()

    wait_until(lambda: Run.objects.get(id=run.id).state == "done", seconds=60)
    run.refresh_from_db()
    job.refresh_from_db()
    clean = Run.objects.create(resource=run.resource, pool_version=run.pool_version,
                               trigger=run.trigger, rows=run.rows, account=run.account,
                               act_id=run.act_id, created_at=now())  # fmt: skip
    Run.objects.filter(id=run.id).update(state="failed")  # so that the clean one stands on nothing
    clean = services.perform_run(steward, clean.id)
    assert job.attempts == 2
    assert EventRow.objects.filter(type="share.quality.checked", payload__run=run.id).count() == 1
    assert told(run) == told(clean)
    assert sum(failed for _, _, failed, _ in told(run)[0]) > ROWS // 50
