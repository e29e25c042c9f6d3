"""Evidence and witnesses on the command line."""

import json
import os
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from click.testing import CliRunner

from yiwang.kernel.base.act import SYSTEM, Actor, Ref
from yiwang.kernel.evidence import services
from yiwang.kernel.ledger.services import acting
from yiwang.site.cli import evidence as cli

KEY = "example.com/log+5c7ca14b+ASlO9b+g0g=="
ROOT = Actor(id="root", permissions={"evidence.read": "all", "evidence.manage": "all"})


@pytest.fixture
def ask(monkeypatch):
    monkeypatch.setattr("yiwang.site.cli.account.find_actor", lambda home, account: ROOT)

    def invoke(what, *told):
        done = CliRunner().invoke(what, [*told, "--json"], standalone_mode=False)
        return json.loads(done.output)

    return invoke


@pytest.mark.django_db
def test_the_state_of_the_log_and_a_new_epoch(ask):
    assert ask(cli.status) == {"log": None}
    with acting(SYSTEM, "test.done", on=Ref("test", "1")) as act:
        services.record_evidence(act, "test.done", {})
    services.sequence()
    assert ask(cli.status)["evidenced"] == 1

    opened = ask(cli.new_epoch, "--reason", "tried out")

    assert opened["origin"].endswith("/2")
    assert ask(cli.status)["origin"] == opened["origin"]


@pytest.mark.django_db
def test_a_witness_is_made_trusts_a_log_and_answers(ask, tmp_path):
    with acting(SYSTEM, "test.done", on=Ref("test", "1")) as act:
        services.record_evidence(act, "test.done", {})
    services.sequence()
    state = str(tmp_path / "w.sqlite3")
    key = ask(cli.make_witness, "w.example", "--state", state)["key"]
    log = ask(cli.status)
    assert ask(cli.trust_log, log["keys"][0], "--state", state) == {"log": log["origin"]}
    assert ask(cli.trust_log, KEY, "--state", state)["error"]["code"] == "evidence.witness.key"
    assert ask(cli.list_logs, "--state", state)["logs"] == [{"log": log["origin"], "size": 0}]

    process = subprocess.Popen(
        [sys.executable, "-m", "yiwang.site.cli", "witness", "run", "--state", state, "--port", "0"],
        stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env=os.environ | {"LC_ALL": "C.UTF-8", "YIWANG_HOME": str(tmp_path / "none")},
    )  # fmt: skip
    try:
        port = int(re.search(r":([0-9]+)/", process.stderr.readline())[1])
        line = HTTPConnection("127.0.0.1", port)
        line.request("GET", "/")
        assert line.getresponse().read().decode().strip() == key
    finally:
        process.terminate()
        process.wait()
    assert not Path(tmp_path / "none").exists()
