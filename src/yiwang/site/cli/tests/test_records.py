"""Records on the command line: an app as a folder, records as sheets."""

import json

import pytest
from click.testing import CliRunner
from django.utils import translation

from yiwang.kernel.records.tests.shops import make_town
from yiwang.kernel.records.tests.towns import VIEWED
from yiwang.site.cli import records as cli


@pytest.fixture
def town(db):
    with translation.override("zh-hans"):  # A command speaks the operator's language from then on.
        yield make_town(VIEWED)


@pytest.fixture
def run(town, monkeypatch):
    """Runs a command as the engineer and gives exit code and output."""
    monkeypatch.setattr(
        "yiwang.site.cli.account.find_actor", lambda home, account: town.people["eng"]
    )

    def invoke(command, *arguments):
        result = CliRunner().invoke(
            command, [*map(str, arguments), "--json"], standalone_mode=False
        )
        return result.return_value, json.loads(result.output)

    return invoke


def test_records_go_out_and_come_in(run, town, tmp_path):
    town.shop("eng", name="面馆")
    town.shop("eng", name="书店", kind="shop")
    file = tmp_path / "shops.csv"

    assert run(cli.export, "demo.shop", file, "--where", "kind = 'food'")[1]["rows"] == 1
    text = file.read_text("utf-8-sig")
    file.write_text(
        text.replace("面馆", "大面馆")
        + ",茶馆"
        + "," * (text.splitlines()[0].count(",") - 1)
        + "\n"
    )
    code, wrong = run(cli.take_in, "demo.shop", file)
    assert (code, wrong["done"], wrong["problems"][0]["row"]) == (2, False, 3)

    file.write_text(text.replace("面馆", "大面馆"))
    assert run(cli.take_in, "demo.shop", file, "--dry-run")[1]["done"] is False
    code, done = run(cli.take_in, "demo.shop", file, "--reason", "更名")
    assert (code, done["changed"], done["done"]) == (0, 1, True)
