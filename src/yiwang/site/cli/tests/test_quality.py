"""Quality on the command line: exit codes and documents."""

# ruff: noqa: F401, F811 - fixtures of the share net, taken by name

import json

import pytest
from click.testing import CliRunner

from yiwang.nets.share.tests.conftest import city, engineer, person, send
from yiwang.nets.share.tests.test_quality_doors import resource
from yiwang.site.cli import quality as cli


@pytest.fixture
def run(engineer, monkeypatch):
    """Runs a command as the engineer and gives exit code and document."""
    monkeypatch.setattr("yiwang.site.cli.account.find_actor", lambda home, account: engineer)

    def invoke(command, *arguments):
        result = CliRunner().invoke(command, [*arguments, "--json"], standalone_mode=False)
        return result.return_value, json.loads(result.output) if result.output else {}

    return invoke


def test_a_check_on_the_command_line_says_when_the_score_is_too_low(run, resource):
    code, document = run(cli.check, resource)
    below, _ = run(cli.check, resource, "--min-score", "99.9")
    _, scores = run(cli.score)

    assert (code, below) == (0, 5)
    assert document["rows"] == 2
    assert scores["organizations"][0]["owner"] == "D01"


def test_rules_go_out_and_come_in_on_the_command_line(run, resource, tmp_path):
    file = tmp_path / "rules.yaml"

    assert run(cli.export, resource, str(file))[0] == 0
    assert run(cli.import_file, resource, str(file))[1]["rules"] == ["r7"]
    file.write_bytes(b"\xff\xff")
    assert run(cli.import_file, resource, str(file))[0] == 2
