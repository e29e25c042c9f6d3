"""Apps on the command line: looked through before they are installed."""

import json

import pytest
from click.testing import CliRunner
from django.utils import translation

from yiwang.kernel.apps import services
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.site.cli import app as cli


@pytest.fixture
def run(db, monkeypatch):
    """Runs a command as the installer and gives exit code and output."""
    identity.create_organization(SYSTEM, code="B01", name="市数据局", kind="bureau")
    actor = identity.installer_actor()
    monkeypatch.setattr("yiwang.site.cli.account.find_actor", lambda home, account: actor)

    def invoke(command, *arguments):
        result = CliRunner().invoke(
            command, [*map(str, arguments), "--json"], standalone_mode=False
        )
        return result.return_value, json.loads(result.output)

    with translation.override("zh-hans"):  # A command speaks the operator's language from then on.
        yield invoke


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "rooms"
    for name, text in services.new_app("rooms", title="场所", owner="B01").items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_a_check_says_what_an_install_would_change(run, folder):
    assert "A table is made" in {one["what"] for one in run(cli.check, folder)[1]["changes"]}
    assert run(cli.install, folder)[1]["waits"] is False
    assert run(cli.check, folder)[1]["changes"] == []

    path = folder / "entities/place.yaml"
    path.write_text(path.read_text() + "  street: {label: {zh: 街道}}\n")
    code, told = run(cli.check, folder)

    assert code == 0
    assert told["changes"] == [{"where": "rooms.place.street", "what": "A field is added"}]
    assert told["before"] == []


def test_everything_wrong_is_told_with_file_and_line(run, folder):
    path = folder / "views/places.yaml"
    path.write_text(path.read_text().replace("entity: place", "entity: plce"))

    code, told = run(cli.check, folder)

    assert code == 2
    assert "views/places.yaml" in {one["file"] for one in told["problems"]}


def test_an_app_is_installed_with_the_rows_that_it_brings_to_try(run, folder):
    (folder / "sample").mkdir(exist_ok=True)
    (folder / "sample/place.csv").write_text("编号,名称\nA-1,一号场地\nA-2,二号场地\n")

    code, told = run(cli.install, folder, "--sample")

    assert code in (0, None)
    assert told["sample"] == {"rooms.place": 2}


def test_the_rows_to_try_come_later_and_go_again(run, folder):
    (folder / "sample").mkdir(exist_ok=True)
    (folder / "sample/place.csv").write_text("编号,名称\nA-1,一号场地\nA-2,二号场地\n")
    run(cli.install, folder)

    assert run(cli.sample, "rooms")[1]["sample"] == {"rooms.place": 2}
    assert run(cli.sample, "rooms", "--remove", "--reason", "试用结束")[1]["removed"] == 2
    assert run(cli.sample, "rooms")[1]["sample"] == {"rooms.place": 2}
