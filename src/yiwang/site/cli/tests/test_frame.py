import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from yiwang.kernel.base.errors import BelowThreshold, InvalidInput, NotFound, NotPermitted
from yiwang.site.cli import frame, load_commands
from yiwang.site.cli.faults import explain

load_commands()


@pytest.fixture
def failing():
    """Makes a command that raises; it hangs in a group of its own, so nothing global changes."""
    group = click.Group("trial")

    def make(error):
        @frame.command("fail", group=group, django=False)
        def fail(session):
            """Fail."""
            raise error

        return fail

    return make


def run(command, *arguments):
    return CliRunner().invoke(command, arguments, standalone_mode=False)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidInput("a.b", "No"), 2),
        (NotFound("a.b", "No"), 3),
        (NotPermitted("a.b", "No"), 4),
        (BelowThreshold("a.b", "No"), 5),
        (RuntimeError("odd"), 1),
    ],
)
def test_each_meaning_has_its_exit_code(failing, error, code):
    result = run(failing(error))

    assert result.return_value == code


def test_an_error_is_one_line_on_standard_error(failing):
    result = run(failing(InvalidInput("a.b.c", "Row %(row)s\nis bad", row=3)))

    assert result.stderr == "a.b.c: Row 3 is bad\n"
    assert result.stdout == ""


def test_an_error_under_json_is_one_document(failing):
    result = run(failing(InvalidInput("a.b.c", "Row %(row)s is bad", row=3)), "--json")

    document = json.loads(result.stdout)
    assert document == {"error": {"code": "a.b.c", "detail": "Row 3 is bad", "row": 3}}
    assert result.stderr == ""


def test_an_answer_is_lines_or_one_document():
    group = click.Group("trial")

    @frame.command("answer", group=group, django=False)
    def answer(session):
        """Answer."""
        return frame.Answer({"name": "街道"}, ["街道 1"])

    assert run(answer).stdout == "街道 1\n"
    assert json.loads(run(answer, "--json").stdout) == {"name": "街道"}


def test_words_follow_the_language_of_the_terminal(failing, monkeypatch):
    monkeypatch.setattr("yiwang.site.cli.words._catalogue", _Fake)
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    result = run(failing(InvalidInput("a.b.c", "No")))

    assert result.stderr == "a.b.c: zh-hans\n"


class _Fake:
    def __init__(self, language):
        self.language = language

    def gettext(self, text):
        return self.language


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(28, "No space left on device"), "node.disk.full"),
        (PermissionError(13, "Permission denied", "a.csv"), "node.file.not_permitted"),
        (FileNotFoundError(2, "No such file", "a.csv"), "node.file.unusable"),
    ],
)
def test_a_fault_of_the_machine_has_a_plain_word(error, code):
    assert explain(error).code == code


def test_a_locked_database_has_a_plain_word():
    from django.db import OperationalError

    assert explain(OperationalError("database is locked")).code == "node.database.locked"


def test_an_unknown_option_ends_with_2_and_a_code():
    done = subprocess.run(
        [sys.executable, "-m", "yiwang.site.cli", "init", "--nonsense"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stderr.startswith("cli.usage: ")


def test_help_does_not_load_django():
    code = (
        "import sys, yiwang.site.cli as cli; cli.load_commands();"
        "sys.exit('django' in sys.modules or 'duckdb' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
