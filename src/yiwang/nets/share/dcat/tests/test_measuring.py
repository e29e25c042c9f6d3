"""What checks found is told to those who may see it; all pages together say each thing once."""

from __future__ import annotations

import pytest

from yiwang.kernel.base.act import ANONYMOUS
from yiwang.kernel.base.clock import now
from yiwang.nets.share.dcat import services
from yiwang.nets.share.dcat.services import paging
from yiwang.nets.share.dcat.tests.test_harvesting import client_of, publish, read
from yiwang.nets.share.quality.models import DimensionScore, Run

pytestmark = pytest.mark.django_db


def score(resource, value, dimension=""):
    run = Run.objects.create(
        resource=resource.id, pool_version="v", trigger="person", state="done", act_id="a",
        created_at=now(), finished_at=now(),
    )  # fmt: skip
    DimensionScore.objects.create(
        run=run, resource=resource.id, dimension=dimension, numerator=9, denominator=10,
        value=value, weights=1,
    )  # fmt: skip
    return f"urn:yiwang:{run.id}#{dimension or 'total'}"


def measured(graph, resource):
    found = graph[f"urn:yiwang:{resource.id}"].get("dqv:hasQualityMeasurement", [])
    return {one["@id"]: graph[one["@id"]]["dqv:value"][0]["@value"] for one in found}


def test_the_newest_scores_are_linked_for_those_who_may_see_them(town):
    score(town.resource, 0.5)
    newest = score(town.resource, 0.9)

    for name in ("owner", "bureau"):
        assert measured(read(client_of(town, name)), town.resource) == {newest: "0.9000"}
    assert measured(read(client_of(town, "stranger")), town.resource) == {}


def test_the_public_is_told_no_scores(town, client):
    lamps = publish(town)
    score(lamps, 0.9)

    assert measured(read(client), lamps) == {}


def test_a_score_of_nothing_is_left_out(town):
    score(town.resource, None)

    assert measured(read(client_of(town, "owner")), town.resource) == {}


def test_all_pages_hold_each_thing_once(town, monkeypatch):
    monkeypatch.setattr(paging.open_sheet, "__kwdefaults__", {"after": "", "limit": 2, "form": ""})
    made = {publish(town, f"清单{at}").name for at in range(5)}

    things = list(services.list_things(ANONYMOUS, base="https://node.example"))

    assert len(things) == len(set(things))
    found = [one for one in things if "dcat:Dataset" in one.kinds]
    assert {one.facts[0][1].text for one in found} == made
