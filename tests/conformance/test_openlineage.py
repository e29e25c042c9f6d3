"""The stock OpenLineage client tells us of its runs, and reads what we tell of ours."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from tests.conformance.environments import run_client
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs.services import run_due
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.tests.town import make_town
from yiwang.nets.share.lineage import services
from yiwang.nets.share.lineage.models import Edge

pytestmark = [pytest.mark.deep, pytest.mark.django_db(transaction=True)]
WAREHOUSE = "postgres://数仓.example:5432"


@pytest.fixture
def town():
    return make_town()


def emit(town, live_server, columns):
    _, token = identity.issue_token(town.people["owner"], name="client")
    told = {
        "run": str(uuid4()),
        "job": ["数仓", "每日.统计"],
        "input": [catalog.get_dataset_namespace(), town.resource.code],
        "output": [WAREHOUSE, "主题库.public.街道统计"],
        "columns": columns,
    }
    return run_client("openlineage", "emit.py", live_server.url, token, stdin=json.dumps(told))


def test_columns_told_by_the_client_are_columns_of_our_lineage(town, live_server):
    emit(town, live_server, [["街道名", "街道", False], ["姓名", "姓名", True]])

    found = services.look_lineage(town.people["owner"], town.resource.id)

    assert {
        (row["column"], row["namespace"], row["name"], row["field"], row["masked"])
        for row in services.list_rows(found)
    } == {
        ("街道", WAREHOUSE, "主题库.public.街道统计", "街道名", False),
        ("姓名", WAREHOUSE, "主题库.public.街道统计", "姓名", True),
    }


def test_without_columns_the_whole_follows_from_the_whole(town, live_server):
    emit(town, live_server, [])

    edge = Edge.objects.get()

    assert (edge.source.column, edge.target.column) == ("", "")
    assert edge.target.dataset.name == "主题库.public.街道统计"


def test_the_client_reads_our_events_and_writes_them_back_the_same(town):
    town.grant(columns=("姓名", "街道"), row_filter="状态 = '在业'")
    run_due()
    events, _ = services.list_events(town.people["owner"], limit=10)

    back = json.loads(run_client("openlineage", "read.py", stdin=json.dumps(events)))

    assert len(back) == 1
    for ours, theirs in zip(events, back, strict=True):
        assert theirs["outputs"][0]["facets"]["columnLineage"]["fields"].keys() == (
            ours["outputs"][0]["facets"]["columnLineage"]["fields"].keys()
        )
        masked = theirs["outputs"][0]["facets"]["columnLineage"]["fields"]["姓名"]
        assert masked["inputFields"][0]["transformations"][0]["masking"] is True
        assert theirs["run"]["runId"] == ours["run"]["runId"]
        assert theirs["schemaURL"] == ours["schemaURL"]
