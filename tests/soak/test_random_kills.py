"""A node's background work under random kills: nothing acknowledged is lost, nothing half-done stays.

`YIWANG_SOAK_SECONDS` says for how long (20 by default). Each round asks for work, kills one worker
or child at a random moment, and starts another worker. At the end everything must have settled.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.samples import tasks as sample_tasks
from tests.samples import wiring as sample_wiring
from tests.samples.processes import start_process, start_worker, wait_until
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.events.models import EventDelivery, EventRow
from yiwang.kernel.events.services import announce
from yiwang.kernel.files.models import FileRow
from yiwang.kernel.files.services import find_missing, open_file
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.ledger.models import ActRow
from yiwang.kernel.ledger.services import acting, check_guards

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races, pytest.mark.deep]

SECONDS = float(os.environ.get("YIWANG_SOAK_SECONDS", "20"))
WORKERS = 2

assert sample_tasks  # imported for what they register
assert sample_wiring


def test_random_kills_lose_nothing_and_leave_nothing_half_done(tmp_path):
    chance = random.Random(int(os.environ.get("YIWANG_SOAK_SEED", "1")))
    marks = tmp_path / "marks"
    marks.touch()
    workers = [start_worker() for _ in range(WORKERS)]
    kills = 0
    ends_at = time.monotonic() + SECONDS
    try:
        while time.monotonic() < ends_at:
            ask_for_work(marks, chance)
            time.sleep(chance.uniform(0.1, 1.5))
            number = chance.randrange(WORKERS)
            kill_something(workers[number], chance)
            kills += 1
            if workers[number].poll() is not None:
                workers[number] = start_worker()
        for number, worker in enumerate(workers):
            if worker.poll() is not None:
                workers[number] = start_worker()
        wait_until(everything_settled, seconds=120)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()

    print(f"{kills} kills, {Job.objects.count()} jobs, attempts", Counter(attempts()))
    assert kills > 0
    check_invariants(marks)


def ask_for_work(marks: Path, chance: random.Random) -> None:
    with acting(SYSTEM, "soak.asked", on=Ref("soak", "1")) as act:
        for _ in range(chance.randrange(1, 6)):
            enqueue(act, "samples.act", {"path": str(marks)})
        announce(act, "samples.happened", {"path": str(marks) + ".heard", "seconds": 0.05})


def kill_something(worker, chance: random.Random) -> None:
    """Kill the worker, or one of its children."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
    try:
        found = [int(pid) for pid in children.read_text().split()]
        victim = chance.choice([worker.pid, *found])
        os.kill(victim, signal.SIGKILL)
    except (FileNotFoundError, ProcessLookupError):
        return
    if victim == worker.pid:
        worker.wait()


def everything_settled() -> bool:
    """No job waits or runs; pauses between attempts are cut short so that this comes soon."""
    Job.objects.filter(state="queued").update(run_at=now())
    return not Job.objects.filter(state__in=["queued", "running"]).exists()


def attempts() -> list[int]:
    return list(Job.objects.values_list("attempts", flat=True))


def check_invariants(marks: Path) -> None:
    """What must hold after any number of kills."""
    ended = Counter(Job.objects.values_list("kind", "state"))
    assert {state for _, state in ended} == {"done"}, ended

    asked = set(Job.objects.filter(kind="samples.act").values_list("id", flat=True))
    acted = Counter(ActRow.objects.filter(verb="samples.acted").values_list("object_id", flat=True))
    marked = Counter(marks.read_text().split())
    assert set(acted) == asked
    assert all(acted[job] >= marked[job] >= 1 for job in asked)

    assert not EventDelivery.objects.filter(delivered_at=None).exists()
    heard = Counter(ActRow.objects.filter(verb="samples.heard").values_list("object_id", flat=True))
    assert heard == Counter(EventRow.objects.values_list("id", flat=True))
    assert EventRow.objects.count() == ActRow.objects.filter(verb="soak.asked").count()
    assert check_guards() == []


WRITER = """
import io, os
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.files.services import create_key, destroy_key, keep_file, write_file
from yiwang.kernel.ledger.services import acting
while True:
    key = create_key()
    content = os.urandom(3_000_000)
    written = write_file(io.BytesIO(content), name="soak", resource_key=key)
    with acting(SYSTEM, "soak.stored", on=Ref("soak.file", written.id, written.sha256)) as act:
        keep_file(written, owner=Ref("soak", "1"), act=act)
    with acting(SYSTEM, "soak.destroyed", on=Ref("soak.file", written.id)) as act:
        if os.urandom(1)[0] < 128:
            destroy_key(act, key)
"""


def test_killed_writers_leave_every_named_content_whole():
    chance = random.Random(2)
    ends_at = time.monotonic() + SECONDS
    longest = 3.0
    while time.monotonic() < ends_at or not FileRow.objects.exists():
        writer = start_process(WRITER)
        time.sleep(chance.uniform(1.5, longest))
        # On a busy machine a writer needs longer to come to its first file.
        longest += 0 if FileRow.objects.exists() else 2.0
        writer.kill()
        writer.wait()

    assert find_missing() == []
    rows = list(FileRow.objects.all())
    assert rows
    for row in rows:
        with open_file(row.id) as content:
            assert hashlib.sha256(content.read()).hexdigest() == row.sha256
    stored = set(ActRow.objects.filter(verb="soak.stored").values_list("object_id", flat=True))
    assert {row.id for row in rows} <= stored
