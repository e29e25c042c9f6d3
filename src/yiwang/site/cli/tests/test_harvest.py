"""The catalogue as a file, from the command line."""

# ruff: noqa: F401, F811 - fixtures of the share net, taken by name

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.dcat.tests.test_harvesting import names, publish
from yiwang.nets.share.exchange.tests.conftest import town
from yiwang.site.cli.harvest import write_catalogue

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("public", "count"), [(("--public",), 1), ((), 2)])
def test_the_command_writes_what_its_caller_may_see(town, tmp_path, monkeypatch, public, count):
    publish(town)
    reader = town.people["reader"]
    monkeypatch.setattr("yiwang.site.cli.account.find_actor", lambda home, account: reader)
    file = tmp_path / "catalogue.jsonld"

    asked = [str(file), "--base", "https://node.example/", "--format", "jsonld", *public, "--json"]
    result = CliRunner().invoke(write_catalogue, asked, standalone_mode=False)

    assert result.return_value == 0, result.output
    assert json.loads(result.output)["resources"] == count
    graph = {one["@id"]: one for one in json.loads(file.read_text("utf-8"))["@graph"]}
    assert len(names(graph)) == count
    assert "https://node.example/catalog/" in graph
    assert Resource.objects.filter(publish_date__isnull=False).count() == 2
