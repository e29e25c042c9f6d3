"""From an act to a proof that needs no server."""

import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.db import connection

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.evidence import services
from yiwang.kernel.evidence.formats.notes import read_checkpoint, read_key, read_note
from yiwang.kernel.evidence.models import Entry, Log
from yiwang.kernel.evidence.services import sequencing
from yiwang.kernel.evidence.services.logs import folder_of, tiles_of
from yiwang.kernel.evidence.verifier import verify
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.ledger.services import acting

pytestmark = pytest.mark.django_db

SCRIPT = Path(verify.__file__)


def enter(count=1, *, number="1", **facts):
    """The ids of entries, each of an act of its own."""
    found = []
    for at in range(count):
        with acting(SYSTEM, "test.done", on=Ref("test.thing", number)) as act:
            found.append(services.record_evidence(act, "test.done", {"at": at, **facts}))
    return found


def policy_of(log):
    return "".join(f"log {key}\n" for key in log.keys)


def run_script(folder, entry, policy):
    """What the script says of an entry, run as a stranger runs it."""
    (folder / "record.json").write_text(entry.record, "utf-8")
    (folder / "policy").write_text(policy, "utf-8")
    command = [sys.executable, "-S", "-E", str(SCRIPT), "record.json", "proof.tlog-proof",
               "--policy", "policy"]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


def test_an_act_is_proven_by_a_script_that_knows_nothing_of_the_node(tmp_path):
    entry_id = enter(3, columns=["姓名", "街道"])[1]
    services.sequence()
    (tmp_path / "proof.tlog-proof").write_text(services.prove(entry_id), "utf-8")
    entry, log = Entry.objects.get(pk=entry_id), Log.objects.get()

    told = run_script(tmp_path, entry, policy_of(log))
    assert told == (0, told[1])
    assert f"entry 1 of 3 in {log.origin}" in told[1]

    entry.record = entry.record.replace("街道", "住址")
    code, said = run_script(tmp_path, entry, policy_of(log))
    assert (code, "the record is not what was entered" in said) == (1, True)


def test_the_script_is_short_and_asks_for_nothing_of_ours():
    text = SCRIPT.read_text("utf-8")

    assert len(text.splitlines()) < 200
    assert "yiwang" not in text.replace("Yiwang", "").lower()


def test_a_leaf_holds_digests_only_and_the_same_facts_give_another_leaf():
    enter(2, name="张三")
    first, second = Entry.objects.order_by("id")
    leaf = json.loads(first.leaf)

    assert set(leaf) == {"sha256", "sm3", "v"}
    assert leaf["sm3"] == hashlib.new("sm3", first.record.encode()).hexdigest()
    assert first.leaf != second.leaf
    assert json.loads(first.record)["facts"]["name"] == "张三"


def test_an_act_that_fails_leaves_no_entry():
    with pytest.raises(ZeroDivisionError), acting(SYSTEM, "test", on=Ref("t", "1")) as act:
        services.record_evidence(act, "test.done", {})
        raise ZeroDivisionError

    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    "facts", [{"x": 0.5}, {"x": 2**53}, {"x": "\ud800"}, {"x": b""}, {"名": 1}, {"x": "y" * 70_000}]
)
def test_facts_that_have_no_one_spelling_are_refused(facts):
    with (
        pytest.raises(InvalidInput, match="cannot be entered"),
        acting(SYSTEM, "test", on=Ref("t", "1")) as act,
    ):
        services.record_evidence(act, "test.done", facts)


def test_batches_get_consecutive_places_and_a_checkpoint_over_all(monkeypatch):
    monkeypatch.setattr(sequencing, "BATCH", 40)
    ids = enter(100)

    done = services.sequence()

    assert (done.entered, done.size) == (100, 100)
    places = dict(Entry.objects.values_list("id", "place"))
    assert [places[one] for one in ids] == list(range(100))
    log = Log.objects.get()
    note = read_note((folder_of(1) / "checkpoint").read_text("utf-8"))
    found = read_checkpoint(note.body)
    assert (found.origin, found.size) == (log.origin, 100)
    assert all(note.signed_by(read_key(key)) for key in log.keys)
    bundle = tiles_of(log).read_entries(0, 100)
    assert bundle == [
        leaf.encode() for leaf in Entry.objects.order_by("place").values_list("leaf", flat=True)
    ]


def test_running_again_with_nothing_new_signs_nothing_new():
    enter(2)
    services.sequence()
    before = (folder_of(1) / "checkpoint").read_bytes()

    assert services.sequence().entered == 0
    assert (folder_of(1) / "checkpoint").read_bytes() == before


def test_an_entry_that_waits_has_no_proof_yet():
    entry_id = enter()[0]

    with pytest.raises(Conflict, match="not evidenced yet"):
        services.prove(entry_id)


def test_lost_tiles_are_written_anew_and_changed_entries_are_found():
    enter(300)
    services.sequence()
    tile = folder_of(1) / "tile/1/000.p/1"
    content = tile.read_bytes()
    tile.unlink()
    enter(1)
    services.sequence()
    assert tile.read_bytes() == content

    tile.unlink()
    changed = Entry.objects.get(place=7)
    changed.leaf = changed.leaf.replace("1", "2")
    changed.save()
    enter(1)
    with pytest.raises(Conflict, match="not those that were signed"):
        services.sequence()


def test_a_database_older_than_what_was_signed_signs_no_more():
    enter(3)
    services.sequence()
    Entry.objects.filter(place=2).delete()
    Log.objects.update(size=2, signed_size=2, shown_size=2)
    enter(1)

    with pytest.raises(Conflict, match="signed with 3 entries, the database knows 2"):
        services.sequence()
    assert Entry.objects.filter(place=None).count() == 1


def test_two_never_sequence_at_once():
    enter()
    services.sequence()
    with sequencing._holding(1):
        with pytest.raises(Conflict, match="Somebody else"):
            services.sequence()
    services.sequence()


@pytest.mark.on_postgresql
@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_an_act_that_commits_late_is_entered_after_those_that_overtook_it():
    recorded, go_on = threading.Event(), threading.Event()
    found = []

    def dawdle():
        with acting(SYSTEM, "test.done", on=Ref("test", "late")) as act:
            found.append(services.record_evidence(act, "test.done", {}))
            recorded.set()
            assert go_on.wait(30)
        connection.close()

    late = threading.Thread(target=dawdle)
    late.start()
    assert recorded.wait(30)
    early = enter(3)
    assert services.sequence().size == 3
    go_on.set()
    late.join()

    assert services.sequence().size == 4
    places = dict(Entry.objects.values_list("id", "place"))
    assert [places[one] for one in early + found] == [0, 1, 2, 3]
    assert found[0] < early[0]


def test_entering_wakes_the_sequencer_once(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        enter(3)

    assert Job.objects.filter(kind="evidence.sequence").count() == 1


def test_a_look_at_all_finds_what_was_changed():
    enter(300)
    services.sequence()
    assert services.examine_log(deep=True) == []

    changed = Entry.objects.get(place=7)
    changed.record = changed.record.replace("test.done", "test.gone")
    changed.save()
    (folder_of(1) / "tile/0/000").write_bytes(bytes(8192))
    (folder_of(1) / "tile/entries/001.p/44").unlink()

    found = services.examine_log(deep=True)
    assert [one.partition(": ")[2] for one in found] == [
        "the record at 7 was changed",
        "entries from 0 on are not those on the disk",
        "tile/entries/001.p/44 is missing or too short",
    ]
