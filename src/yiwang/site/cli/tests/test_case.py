"""Case types on the command line: exit codes and documents."""

import json

import pytest
from click.testing import CliRunner

from yiwang.kernel.base.act import Actor
from yiwang.kernel.workflow.tests.files import LEAVE
from yiwang.site.cli import case as cli

pytestmark = pytest.mark.django_db
ENGINEER = Actor(
    "local2:01M81M9TW1X34FEMN0J17YXJYJ",
    roles=frozenset({"engineer"}),
    permissions={"workflow.types.publish": "all", "workflow.cases.use": "all"},
)


@pytest.fixture
def run(monkeypatch):
    """Runs a command as the engineer and gives exit code and output."""
    monkeypatch.setattr("yiwang.site.cli.account.find_actor", lambda home, account: ENGINEER)

    def invoke(command, *arguments):
        result = CliRunner().invoke(command, [*arguments, "--json"], standalone_mode=False)
        return result.return_value, json.loads(result.output)

    return invoke


@pytest.fixture
def file(tmp_path):
    def write(text, name="leave.yaml"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


def test_a_file_is_checked_published_and_listed(run, file):
    path = file(LEAVE)
    assert run(cli.check, path) == (0, {"files": [{"file": "leave.yaml", "problems": []}]})
    assert run(cli.publish, path)[1]["types"] == [{"type": "demo.leave", "version": 1}]
    assert [one["type"] for one in run(cli.types)[1]["types"]] == ["demo.leave"]


def test_everything_wrong_with_a_file_is_told_at_once(run, file):
    text = LEAVE.replace("edits: [note]", "edits: [nota]").replace("to: director}", "to: nobody}")
    code, told = run(cli.check, file(text), file(LEAVE, "well.yaml"))
    assert code == 2
    wrong, well = told["files"]
    assert {one["code"] for one in wrong["problems"]} >= {
        "workflow.type.node",
        "workflow.type.field",
    }
    assert all(one["line"] for one in wrong["problems"])
    assert well["problems"] == []


def test_problems_are_told_in_chinese_where_the_operator_is(file, monkeypatch):
    monkeypatch.setattr("yiwang.site.cli.words.get_language", lambda: "zh-hans")
    path = file(LEAVE.replace("edits: [note]", "edits: [nota]"))
    result = CliRunner().invoke(cli.check, [path], standalone_mode=False)
    assert "第" in result.output
    assert "nota" in result.output


def test_what_is_no_text_is_refused(run, file):
    code, told = run(cli.check, file(b"\xff\xfe\x00"))
    assert (code, told["error"]["code"]) == (2, "workflow.type.encoding")
