"""The sequencer killed at any step: no act that was told is lost, no second history is signed.

`YIWANG_EVIDENCE_KILLS` says how often it is killed (20 by default).
"""

import json
import os
from collections import Counter

import pytest
from tests.samples.processes import start_process, wait_until

from yiwang.kernel.evidence import services
from yiwang.kernel.evidence.formats.notes import read_checkpoint, read_note
from yiwang.kernel.evidence.formats.tree import find_root, hash_children, hash_leaf, is_consistent
from yiwang.kernel.evidence.models import Entry, Log
from yiwang.kernel.evidence.services import proving
from yiwang.kernel.evidence.services.logs import folder_of, tiles_of

from .test_log import enter

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]

KILLS = int(os.environ.get("YIWANG_EVIDENCE_KILLS", "20"))

# Each turn is a fork that enters acts, says which, and sequences; at the step that the seed draws
# (a write, a sync, a rename, a removal, a commit) it kills itself, before it or after it.
DRIVER = """
import json, os, random, signal
from pathlib import Path
from django.db import connection, connections, transaction
from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.evidence import services
from yiwang.kernel.evidence.models import Log
from yiwang.kernel.evidence.services import sequencing
from yiwang.kernel.ledger.services import acting

told = open(os.environ["TOLD"], "a", buffering=1)

def counted(function, state):
    def run(*args, **kwargs):
        state["step"] += 1
        if state["step"] == state["dies"] and state["before"]:
            os.kill(os.getpid(), signal.SIGKILL)
        found = function(*args, **kwargs)
        if state["step"] >= state["dies"]:
            os.kill(os.getpid(), signal.SIGKILL)
        return found
    return run

def turn(seed):
    chance = random.Random(seed)
    sequencing.BATCH = chance.choice([7, 100, 300])
    ids = []
    for _ in range(chance.choice([1, 5, 90, 300])):
        with acting(SYSTEM, "test.done", on=Ref("test", "1")) as act:
            ids.append(services.record_evidence(act, "test.done", {"seed": seed}))
    told.write(json.dumps(ids) + "\\n")
    Log.objects.update(holder="")  # Its lease would have run out by the time of the next turn.
    state = {"step": 0, "dies": chance.randrange(1, 40), "before": chance.random() < 0.5}
    os.fsync = counted(os.fsync, state)
    Path.replace = counted(Path.replace, state)
    Path.unlink = counted(Path.unlink, state)
    Path.mkdir = counted(Path.mkdir, state)
    connection.commit = counted(connection.commit, state)
    services.sequence()
    os._exit(0)

for seed in range(int(os.environ["FIRST"]), int(os.environ["LAST"])):
    connections.close_all()
    pid = os.fork()
    if not pid:
        try:
            turn(seed)
        finally:
            os._exit(3)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        os._exit(4)
    with open(os.environ["TOLD"] + ".ends", "a") as ends:
        ends.write("killed\\n" if os.WIFSIGNALED(status) else "ended\\n")
    shown = Path(os.environ["YIWANG_HOME"]) / "evidence/1/checkpoint"
    with open(os.environ["TOLD"] + ".shown", "a") as seen:
        seen.write(json.dumps(shown.read_text() if shown.exists() else "") + "\\n")
"""


@pytest.mark.timeout(300 + KILLS * 10)
def test_a_sequencer_killed_at_any_step_loses_nothing_and_signs_one_history(tmp_path):
    told = tmp_path / "told"
    driver = start_process(DRIVER, TOLD=str(told), FIRST="0", LAST=str(KILLS))
    wait_until(lambda: driver.poll() is not None, seconds=60 + KILLS * 5)
    assert driver.returncode == 0

    ends = Counter((tmp_path / "told.ends").read_text().split())
    print(ends)
    assert ends["killed"] >= KILLS / 2
    Log.objects.update(holder="")
    services.sequence()

    acts = [one for line in told.read_text().splitlines() for one in json.loads(line)]
    assert set(acts) <= set(Entry.objects.exclude(place=None).values_list("id", flat=True))
    log = Log.objects.get()
    placed = Entry.objects.order_by("place")
    assert list(placed.values_list("place", flat=True)) == list(range(log.shown_size))
    leaves = [hash_leaf(leaf.encode()) for leaf in placed.values_list("leaf", flat=True)]
    assert tiles_of(log).find_root(log.size) == naive_root(leaves)
    assert not list(folder_of(1).rglob("*.p/*.p"))
    notes = [json.loads(line) for line in (tmp_path / "told.shown").read_text().splitlines()]
    assert len(set(notes)) > 3
    require_one_history([one for one in notes if one], log)


def test_a_worker_enters_what_was_committed_a_second_later(workers):
    workers()
    enter(3)

    wait_until(lambda: Log.objects.filter(shown_size=3).exists())


def naive_root(leaves):
    row = dict(enumerate(leaves))

    def read(level, index):
        if level == 0:
            return row[index]
        return hash_children(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return find_root(read, len(leaves))


def require_one_history(notes, log):
    """Each checkpoint that was shown is the beginning of the next one, and of the last."""
    last = read_checkpoint(read_note(log.shown_note).body)
    sizes = []
    for note in notes:
        one = read_checkpoint(read_note(note).body)
        path = proving.prove_growth(log, one.size, last.size)
        assert is_consistent(one.size, one.root, last.size, last.root, path)
        sizes.append(one.size)
    assert sizes == sorted(sizes)
