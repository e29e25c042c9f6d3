"""What everybody may fetch, and what the auditor sees."""

import io
import subprocess
import sys
import zipfile
from datetime import timedelta

import pytest
from django.test import Client

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.evidence import services
from yiwang.kernel.evidence.formats.notes import read_checkpoint, read_key, read_note
from yiwang.kernel.evidence.formats.tiles import unpack_entries
from yiwang.kernel.evidence.formats.tree import find_root, hash_children, hash_leaf
from yiwang.kernel.evidence.models import Entry
from yiwang.kernel.evidence.services import freshness
from yiwang.kernel.ledger.models import ActRow

from .test_log import SCRIPT, enter

pytestmark = pytest.mark.django_db
AUDITOR = Actor(id="auditor", permissions={"evidence.read": "all"})


def get(path, client=None, **headers):
    answer = (client or Client()).get(f"/evidence/{path}", **headers)
    content = b"".join(answer) if answer.streaming else answer.content
    return answer.status_code, answer.headers, content


def test_a_stranger_reads_the_log_and_finds_that_it_hangs_together():
    enter(300)
    services.sequence()

    _, headers, content = get("checkpoint")
    assert headers["Cache-Control"] == "public, max-age=2"
    note = read_note(content.decode())
    key = read_key(get("policy")[2].decode().splitlines()[0].split()[1])
    assert note.signed_by(key)
    seen = read_checkpoint(note.body)
    leaves = []
    for name in ("000", "001.p/44"):
        _, headers, content = get(f"tile/entries/{name}")
        assert "immutable" in headers["Cache-Control"]
        assert headers["Content-Type"] == "application/octet-stream"
        leaves += [hash_leaf(one) for one in unpack_entries(content)]
    assert get("tile/0/000")[2] + get("tile/0/001.p/44")[2] == b"".join(leaves)

    def read(level, index):
        below = (read(level - 1, 2 * index + side) for side in (0, 1)) if level else ()
        return hash_children(*below) if level else leaves[index]

    assert find_root(read, seen.size) == seen.root


@pytest.mark.parametrize(
    "name",
    ["tile/0/999", "tile/0/000.p/3", "tile/../signed", "tile/0/000.new", "signed", "tile/9/x",
     "epochs/7/checkpoint",
     "epochs/99999999999999999999999/checkpoint", "tile/0/%2e%2e/%2e%2e/checkpoint"],
)  # fmt: skip
def test_nothing_else_of_the_folder_can_be_had(name):
    enter(5)
    services.sequence()

    assert get(name)[0] == 404


def test_only_auditors_see_the_page(client_of):
    enter(2)
    services.sequence()
    enter(1)

    assert client_of(Actor(id="viewer")).get("/evidence/").status_code == 403
    page = client_of(AUDITOR).get("/evidence/").content.decode()
    assert "test.thing/1" in page
    assert "yiwang/" in page


def test_a_bundle_is_checked_by_the_script_inside_it(client_of, tmp_path):
    enter(3, number="7")
    enter(2, number="8")
    services.sequence()
    enter(1, number="7")

    _, _, content = get("bundle/?about=test.thing/7", client_of(AUDITOR))
    (tmp_path / "bundle.zip").write_bytes(content)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        names = bundle.namelist()
        bundle.extract("verify.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-S", "-E", "verify.py", "bundle.zip"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout.count("\nok entries/1-")) == (0, 3), done
    assert len([one for one in names if one.startswith("waiting/")]) == 1
    assert (tmp_path / "verify.py").read_bytes() == SCRIPT.read_bytes()
    assert ActRow.objects.filter(verb="evidence.bundle.taken", object_id="7").count() == 1


def test_there_is_no_bundle_about_what_was_never_entered(client_of):
    assert client_of(AUDITOR).get("/evidence/bundle/?about=test.thing/9").status_code == 404


def test_what_was_emptied_leaves_no_bundle_but_the_log_still_holds(client_of):
    enter(2)
    services.sequence()
    Entry.objects.filter(place=0).update(record="")

    _, _, content = get("bundle/?about=test.thing/1", client_of(AUDITOR))
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert [one for one in bundle.namelist() if one.endswith(".json")] == [
            "entries/1-000000001.json"
        ]
    enter(1)
    assert services.sequence().size == 3


def test_serving_stops_while_an_act_waits_for_too_long_and_goes_on_afterwards():
    services.require_fresh()
    with use_time(now() + timedelta(hours=9)):
        services.require_fresh()
    freshness.forget()  # The clock went back.
    enter(1)
    with use_time(now() + timedelta(hours=3, minutes=59)):
        services.require_fresh()
    with use_time(now() + timedelta(hours=4, minutes=1)):
        with pytest.raises(Unavailable, match="could not be entered"):
            services.require_fresh()
        services.sequence()
        services.require_fresh()


def test_a_yes_is_remembered_for_exactly_as_long_as_it_holds(django_assert_num_queries):
    enter(1)
    services.require_fresh()

    with django_assert_num_queries(0):
        services.require_fresh()
    with use_time(now() + timedelta(hours=4, minutes=1)), pytest.raises(Unavailable):
        services.require_fresh()
    freshness.forget()
