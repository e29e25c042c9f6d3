"""Witnesses over HTTP, and what follows from what they say."""

import http.client
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now, use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, NotPermitted, Unavailable
from yiwang.kernel.evidence import services
from yiwang.kernel.evidence.formats import notes, tree
from yiwang.kernel.evidence.formats.notes import encode, read_checkpoint, read_key, read_note
from yiwang.kernel.evidence.models import Entry, Log, WitnessState
from yiwang.kernel.evidence.services import witnessing
from yiwang.kernel.evidence.services.logs import folder_of, restored_mark, tiles_of
from yiwang.kernel.evidence.witness import WitnessFile, serve

from .test_log import enter, policy_of, run_script
from .test_notes import PRIVATE
from .test_tree import entries, mth, subproof

LOG = notes.public_of(PRIVATE, "example.com/log")
SYSADMIN = Actor(id="root", permissions={"evidence.manage": "all", "evidence.read": "all"})


def checkpoint(leaves, origin=LOG.name):
    body = notes.Checkpoint(origin, len(leaves), mth(leaves)).body
    return notes.Note(body, (notes.sign(PRIVATE, origin, body),)).text


def request(old, leaves, proof=None, note=None):
    path = (subproof(old, leaves, True) if old else []) if proof is None else proof
    lines = [f"old {old}", *(encode(one) for one in path), ""]
    return ("\n".join(lines) + "\n" + (note or checkpoint(leaves))).encode()


@pytest.fixture
def watching(tmp_path):
    file = WitnessFile(tmp_path / "witness.sqlite3")
    file.create("witness.example/w1")
    file.trust(LOG.text)
    return file


def test_a_log_that_grows_is_cosigned_each_time(watching):
    size = 0
    for new in (0, 1, 1, 7, 300):
        reply = watching.add_checkpoint(request(size, entries(new)))
        assert reply.status == 200
        body = read_note(checkpoint(entries(new))).body
        assert watching.key.verifies(body, notes.read_signature(reply.text))
        size = new
    assert [(one.key, one.size) for one in watching.list_logs()] == [(LOG, 300)]
    assert (watching.file.stat().st_mode & 0o777) == 0o600


FORK = [b"other", *entries(20)[1:]]


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (request(5, entries(20)), 409, "10\n"),
        (request(0, entries(20)), 409, "10\n"),
        (request(10, FORK), 422, None),
        (request(10, FORK, proof=subproof(10, entries(20), True)), 422, None),
        (request(10, entries(20), proof=[]), 422, None),
        (request(10, FORK[:10], proof=[]), 409, "10\n"),
        (request(10, entries(5), proof=[]), 400, None),
        (request(10, entries(20), note=checkpoint(entries(20), "example.com/other")), 404, None),
        (request(10, entries(20), note=re.sub("\n\u2014.*", "\n\u2014 a AAAAAAAA", checkpoint(entries(20)))), 403, None),
        (b"", 400, None),
        (b"\xff", 400, None),
        (b"old 010\n\n" + checkpoint(entries(20)).encode(), 400, None),
        (request(10, entries(20), proof=[b"x" * 32] * 64), 400, None),
        (request(10, entries(20), proof=[b"short"]), 400, None),
    ],
)  # fmt: skip
def test_all_else_is_refused_as_the_standard_says_and_changes_nothing(watching, sent, status, told):
    assert watching.add_checkpoint(request(0, entries(10))).status == 200

    reply = watching.add_checkpoint(sent)

    assert reply.status == status
    assert told is None or (reply.text, reply.kind) == (told, "text/x.tlog.size")
    assert watching.list_logs()[0].size == 10
    assert watching.add_checkpoint(request(10, entries(20))).status == 200


def test_what_a_log_signed_and_should_not_have_is_kept_against_it(watching):
    watching.add_checkpoint(request(0, entries(10)))
    for sent in (request(10, FORK), request(10, FORK[:10], proof=[]), request(5, entries(20))):
        watching.add_checkpoint(sent)

    assert watching.count_forks() == 2


@given(st.binary(max_size=400))
def test_no_request_breaks_a_witness(body):
    from yiwang.kernel.evidence.witness.state import read_request

    with pytest.raises(notes.BadNote):
        read_request(body)


def test_a_witness_is_made_once_and_trusts_keys_of_logs_only(watching, tmp_path):
    with pytest.raises(Conflict):
        watching.create("again")
    with pytest.raises(Conflict):
        watching.trust(LOG.text)
    with pytest.raises(InvalidInput):
        watching.trust(watching.key.text)
    with pytest.raises(InvalidInput):
        WitnessFile(tmp_path / "other").create("with space")
    with pytest.raises(NotFound):
        WitnessFile(tmp_path / "missing").list_logs()


# A node and its witnesses


@pytest.fixture
def witnesses(tmp_path, settings):
    """Three departments, each with a witness that answers; two of them are enough."""
    servers = []
    for name in ("civil", "health", "traffic"):
        file = WitnessFile(tmp_path / name)
        file.create(f"{name}.example/w")
        server = serve(file.file, "127.0.0.1", 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    settings.YIWANG_EVIDENCE = {
        "quorum": 2,
        "witnesses": [
            {"key": one.state.key.text, "url": f"http://127.0.0.1:{one.server_address[1]}"}
            for one in servers
        ],
    }
    yield servers
    for one in servers:
        one.shutdown()
        one.server_close()


def stop(server):
    server.shutdown()
    server.server_close()


def introduce(servers):
    log = Log.objects.get(closed_at=None)
    for one in servers:
        one.state.trust(log.keys[0])


@pytest.mark.django_db
def test_a_checkpoint_is_evidenced_once_enough_have_signed(witnesses, tmp_path):
    entry_id = enter(3)[1]
    services.sequence()
    assert not (folder_of(1) / "checkpoint").exists()
    with pytest.raises(Conflict, match="not evidenced yet"):
        services.prove(entry_id)
    introduce(witnesses[:1])
    assert services.ask_witnesses() == 1
    assert not (folder_of(1) / "checkpoint").exists()

    introduce(witnesses[1:])
    assert services.ask_witnesses() == 3

    note = read_note((folder_of(1) / "checkpoint").read_text("utf-8"))
    assert all(note.signed_by(one.state.key) for one in witnesses)
    (tmp_path / "proof.tlog-proof").write_text(services.prove(entry_id), "utf-8")
    entry, log = Entry.objects.get(pk=entry_id), Log.objects.get()
    policy = services.write_policy()
    assert "group quorum 2" in policy
    assert run_script(tmp_path, entry, policy)[0] == 0
    stranger = notes.public_of(PRIVATE, "s.example", notes.COSIGNATURE).text
    others = policy_of(log) + f"witness a {stranger}\ngroup g 1 a\nquorum g\n"
    code, said = run_script(tmp_path, entry, others)
    assert (code, "too few witnesses signed" in said) == (1, True)


@pytest.mark.django_db
def test_the_log_goes_on_with_two_of_three_and_tells_the_third_where_it_was(witnesses):
    enter(3)
    services.sequence()
    introduce(witnesses)
    services.ask_witnesses()
    first = WitnessState.objects.get(name="traffic.example/w")
    first.size = 0  # The node forgot; the witness says what it knows.
    first.save()
    stop(witnesses[0])
    enter(400)
    services.sequence()

    assert services.ask_witnesses() == 2

    assert Log.objects.get().shown_size == 403
    states = {one.name: one for one in services.list_witnesses(SYSADMIN)}
    assert "Refused" in states["civil.example/w"].failure
    assert states["traffic.example/w"].signed
    assert witnesses[2].state.list_logs()[0].size == 403


@pytest.mark.django_db
def test_serving_stops_where_the_witnesses_stay_away(witnesses):
    enter(1)
    services.sequence()

    with use_time(now() + timedelta(hours=5)), pytest.raises(Unavailable):
        services.require_fresh()


@pytest.mark.django_db
def test_a_witness_that_saw_more_stops_a_restored_node_until_a_new_epoch(witnesses, client):
    enter(2)
    services.sequence()
    introduce(witnesses)
    services.ask_witnesses()
    kept = Log.objects.values().get()
    lost = enter(3)
    services.sequence()
    services.ask_witnesses()
    restore(kept, lost)
    stays = enter(1)[0]

    services.sequence()  # Nothing here knows better yet: the files are those of the backup, too.
    services.ask_witnesses()
    assert Log.objects.get().shown_size == 2
    enter(1)
    with pytest.raises(Conflict, match="signed with 5 entries, the database knows 3"):
        services.sequence()
    assert "new-epoch" in services.describe_log(SYSADMIN).trouble

    log = services.open_epoch(SYSADMIN, reason="backup of yesterday")
    services.sequence()
    introduce(witnesses)
    assert services.ask_witnesses() == 3

    assert (log.epoch, services.describe_log(SYSADMIN).trouble) == (2, "")
    assert Entry.objects.get(pk=stays).log_id == 2
    assert list(Entry.objects.filter(log=1).values_list("place", flat=True)) == [0, 1]
    notice = read_note(client.get("/evidence/epochs/2/notice").content.decode())
    assert all(notice.signed_by(read_key(one.keys[0])) for one in Log.objects.all())
    assert "known 2\nseen 5\n" in notice.body
    first = Entry.objects.filter(log=2).exclude(kind="test.done").get()
    assert first.kind == "evidence.epoch.opened"
    old = Entry.objects.get(log=1, place=0)
    assert read_checkpoint(read_note(services.prove(old.id).partition("\n\n")[2]).body).size == 2


def restore(kept, lost):
    """The database and the files as a backup held them."""
    Entry.objects.filter(pk__in=lost).delete()
    WitnessState.objects.update(size=kept["size"], body="", line="")
    Log.objects.update(**kept)
    for name in ("signed", "checkpoint"):
        (folder_of(1) / name).write_text(kept["shown_note"], "utf-8")


@pytest.mark.django_db
def test_files_of_a_log_that_the_database_does_not_know_are_never_signed_over():
    enter(2)
    services.sequence()
    Entry.objects.all().delete()
    Log.objects.all().delete()
    enter(1)
    with pytest.raises(Conflict, match="knows nothing of it"):
        services.sequence()

    services.open_epoch(SYSADMIN, reason="no backup at all")
    assert services.sequence().size == 2
    assert Log.objects.get().epoch == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["open_epoch", "resume_log"])
def test_a_restored_node_signs_nothing_until_somebody_says_how_it_goes_on(way):
    enter(2)
    services.sequence()
    restored_mark().write_text("2026-11-01\n")
    enter(1)

    with pytest.raises(Conflict, match="put back from a backup"):
        services.sequence()
    assert services.is_restored()
    assert services.examine_log(deep=True) == []
    getattr(services, way)(SYSADMIN, reason="moved to another machine")

    assert services.sequence().size == {"open_epoch": 2, "resume_log": 3}[way]


@pytest.mark.django_db
def test_only_who_may_opens_an_epoch_and_says_why():
    with pytest.raises(NotPermitted):
        services.open_epoch(Actor(id="x"), reason="because")
    with pytest.raises(NotPermitted):
        services.resume_log(Actor(id="x"), reason="because")
    with pytest.raises(InvalidInput):
        services.open_epoch(SYSADMIN, reason=" x ")


class Liar(BaseHTTPRequestHandler):
    """Answers what a test wants, for ever and byte by byte if it wants that."""

    says = b""
    status = 200

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.says)
        while not self.says:
            self.wfile.write(b"x")
            self.wfile.flush()
            if self.server.over.wait(0.05):
                return

    def log_message(self, *_):
        pass


@pytest.fixture
def liar(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    server.over = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    key = notes.public_of(PRIVATE, "liar.example", notes.COSIGNATURE)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    settings.YIWANG_EVIDENCE = {"witnesses": [{"key": key.text, "url": url}]}
    yield server
    server.over.set()
    stop(server)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("says", "status", "failure"),
    [
        (b"", 200, "Bad|Remote|Incomplete|signature"),
        (b"nonsense\n", 200, "no signature line"),
        ("\u2014 liar.example AAAAAAAAAAAA\n".encode(), 200, "does not hold"),
        (b"x" * 200_000, 200, "BadNote"),
        (b"no\n", 500, "answered 500"),
        (b"many\n", 409, "another tree"),
        (b"0\n", 409, "another tree"),
    ],
)  # fmt: skip
def test_a_witness_that_answers_badly_costs_nothing_but_its_signature(
    liar, monkeypatch, says, status, failure
):
    monkeypatch.setattr(Liar, "says", says)
    monkeypatch.setattr(Liar, "status", status)
    monkeypatch.setattr(witnessing, "SECONDS", 0.5)
    enter(1)
    services.sequence()

    assert services.ask_witnesses() == 0

    assert re.search(failure, services.list_witnesses(SYSADMIN)[0].failure)
    assert Log.objects.get().shown_size == 0


@pytest.mark.django_db
def test_the_whole_way_over_http_answers_as_the_standard_says(witnesses):
    enter(1)
    services.sequence()
    introduce(witnesses[:1])
    line = http.client.HTTPConnection(*witnesses[0].server_address)
    note = Log.objects.get().signed_note

    def post(body, path="/add-checkpoint"):
        line.request("POST", path, body=body)
        answer = line.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()

    assert post(f"old 0\n\n{note}".encode())[0] == 200
    assert post(f"old 0\n\n{note}".encode()) == (409, "text/x.tlog.size", b"1\n")
    assert post(b"", "/elsewhere")[0] == 404
    assert post(b"x" * 100_000)[0] == 413
    line.request("GET", "/")
    assert line.getresponse().read().decode().strip() == witnesses[0].state.key.text


@pytest.mark.django_db
def test_consistency_proofs_come_from_tiles_alone():
    enter(600)
    services.sequence()
    log = Log.objects.get()
    leaves = [
        one.encode() for one in Entry.objects.order_by("place").values_list("leaf", flat=True)
    ]

    found = tree.prove_consistency(tiles_of(log).reader(600), 257, 600)

    assert found == subproof(257, leaves, True)
