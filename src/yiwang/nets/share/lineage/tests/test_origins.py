"""Where the rows of a resource come from: a database, an app."""

from __future__ import annotations

import pytest

from yiwang.kernel.jobs.services import run_due
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.entities import services as entities
from yiwang.nets.share.entities.models import EntityResource
from yiwang.nets.share.entities.tests.conftest import kept, make_bundle, make_entity, publish
from yiwang.nets.share.lineage import services
from yiwang.nets.share.sources import services as sources
from yiwang.nets.share.sources.services import Plan
from yiwang.nets.share.sources.tests.conftest import postgres, postgres_server, reach
from yiwang.nets.share.tests.conftest import city, engineer, person, steward

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = [
    "city", "engineer", "kept", "person", "postgres", "postgres_server", "publish", "reach",
    "steward",
]  # fmt: skip


def test_a_table_of_a_database_is_named_as_pipelines_name_it(engineer, steward, postgres):
    postgres.run("CREATE TABLE people (id serial PRIMARY KEY, xm text)")
    postgres.run("INSERT INTO people (xm) VALUES ('张三')")
    source = sources.add_source(
        engineer, owner="D01", name="人口库", kind="postgres", settings=postgres.settings
    )
    table = sources.add_table(
        engineer, source.id, name="public.people", resource="人口", plan=Plan()
    )
    sources.run_here(engineer, table.id)
    run_due()

    found = services.look_lineage(steward, catalog.find_of_owner("D01", "人口").id)

    told = postgres.settings
    assert {
        (row["column"], row["kind"], row["namespace"], row["name"], row["field"])
        for row in services.list_rows(found)
    } == {
        (name, "source", f"postgres://{told['host']}:{told['port']}",
         f"{told['database']}.public.people", name)
        for name in ("id", "xm")
    }  # fmt: skip


def test_fields_of_an_entity_are_columns_of_its_resource(engineer, steward, publish, kept):
    publish(make_bundle(make_entity(key=("code",))))
    kept.put("demo.shop", {"id": "n1:01A", "name": "东门杂货", "code": "007"})
    entities.snapshot_here(engineer, "demo.shop")
    run_due()

    resource = EntityResource.objects.get(code="demo.shop").resource_id
    found = services.look_lineage(steward, resource)

    rows = [row for row in services.list_rows(found) if row["direction"] == "origin"]
    assert {row["name"] for row in rows} == {"entities/demo.shop"}
    pairs = {row["column"]: row["field"] for row in rows}
    assert pairs["登记号"] == "code"
    assert pairs["记录标识"] == "id"
