"""From a real database to versions of a resource. 数据库读取。"""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect import services as connect
from yiwang.nets.share.sources import services
from yiwang.nets.share.sources.models import Run
from yiwang.nets.share.sources.services import Plan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(postgres):
    postgres.run(
        "CREATE TABLE people (id serial PRIMARY KEY, xm text, sfzh text, changed timestamp)"
    )
    postgres.run("COMMENT ON COLUMN people.sfzh IS '公民身份号码'")
    add_people(postgres, 1, 5)
    return postgres


def add_people(postgres, first, last):
    postgres.run(
        "INSERT INTO people (id, xm, sfzh, changed) SELECT i, '张' || i, "
        "'11010519491231002X', timestamp '2026-01-01' + i * interval '1 minute'"
        f" FROM generate_series({first}, {last}) i"
    )


@pytest.fixture
def source(engineer, people):
    return services.add_source(
        engineer, owner="D01", name="人口库", kind="postgres", settings=people.settings
    )


def take(engineer, source, **plan):
    return services.add_table(
        engineer, source.id, name="public.people", resource="人口", plan=Plan(**plan)
    )


def rows_of(name="人口"):
    resource = catalog.find_of_owner("D01", name)
    version = pool.find_latest(resource.table)
    page = pool.list_rows(version.id, limit=1000)
    return [cells for _, cells in page.rows]


def test_a_table_becomes_a_resource(engineer, source):
    assert services.check_source(engineer, source.id).startswith("PostgreSQL")
    (found,) = services.discover_tables(engineer, source.id)
    table = take(engineer, source)

    run = services.run_here(engineer, table.id)

    assert (run.state, run.rows, run.version) == ("done", 5, 1)
    assert services.propose_elements(found)["sfzh"]
    assert rows_of()[0][:3] == ("1", "张1", "11010519491231002X")
    delivery = connect.get_delivery(engineer, run.delivery)
    assert (delivery.state, delivery.rows) == ("landed", 5)


def test_new_rows_are_appended_above_the_watermark(engineer, source, people):
    table = take(engineer, source, mode="append", watermark="id")
    services.run_here(engineer, table.id)
    assert services.run_here(engineer, table.id).state == "nothing"
    add_people(people, 6, 8)

    run = services.run_here(engineer, table.id)

    assert (run.state, run.rows, run.since, run.upper) == ("done", 3, "5", "8")
    assert [row[0] for row in rows_of()] == [str(i) for i in range(1, 9)]


def test_changed_rows_replace_by_key(engineer, source, people):
    table = take(engineer, source, mode="upsert", key=["id"], watermark="changed", overlap=120)
    services.run_here(engineer, table.id)
    people.run("UPDATE people SET xm = '李二', changed = '2026-02-01' WHERE id = 2")
    people.run("INSERT INTO people VALUES (9, '迟到', 'x', '2026-01-01 00:04:30')")

    services.run_here(engineer, table.id)

    found = {row[0]: row[1] for row in rows_of()}
    assert found == {"1": "张1", "2": "李二", "3": "张3", "4": "张4", "5": "张5", "9": "迟到"}


def test_a_withdrawn_delivery_takes_the_watermark_back(engineer, source, people):
    table = take(engineer, source, mode="append", watermark="id")
    services.run_here(engineer, table.id)
    add_people(people, 6, 8)
    run = services.run_here(engineer, table.id)

    connect.withdraw_delivery(engineer, run.delivery, reason="错")

    assert services.get_table(engineer, table.id).since == "5"
    services.run_here(engineer, table.id)
    assert len(rows_of()) == 8


def test_a_shrunk_table_is_held_and_lands_once_somebody_agrees(engineer, source, people):
    table = take(engineer, source)
    services.run_here(engineer, table.id)
    people.run("DELETE FROM people WHERE id > 1")

    run = services.run_here(engineer, table.id)

    assert run.state == "held"
    with pytest.raises(Conflict, match="held"):
        services.run_here(engineer, table.id)
    connect.land_anyway(engineer, run.delivery, reason="合并")
    connect.land_delivery(engineer, run.delivery)
    assert Run.objects.get(id=run.id).state == "done"
    assert len(rows_of()) == 1


def test_a_changed_table_is_held(engineer, source, people):
    table = take(engineer, source)
    services.run_here(engineer, table.id)
    people.run("ALTER TABLE people RENAME COLUMN xm TO name")

    with pytest.raises(Exception, match="no column xm"):
        services.run_here(engineer, table.id)
    assert Run.objects.filter(table=table).order_by("-created_at")[0].state == "failed"


def test_a_table_without_rows_lands_as_such(engineer, source, people):
    people.run("DELETE FROM people")

    run = services.run_here(engineer, take(engineer, source).id)

    assert (run.state, run.rows) == ("done", 0)
    assert rows_of() == []


def test_the_password_is_nowhere_in_clear(engineer, source):
    row = services.Source.objects.get(id=source.id)

    assert b"unused" not in bytes(row.secret)
    assert "password" not in row.settings


def test_more_rows_than_allowed_are_refused(engineer, source):
    table = take(engineer, source, most_rows=3)

    with pytest.raises(InvalidInput, match="more than the 3 rows"):
        services.run_here(engineer, table.id)
    assert catalog.find_of_owner("D01", "人口") is None


def test_it_runs_as_a_job_too(engineer, source):
    from yiwang.kernel.jobs.services import run_due

    run = services.ask_run(engineer, take(engineer, source).id)

    jobs = run_due()

    assert [job.state for job in jobs if job.kind == "sources.read"] == ["done"]
    assert Run.objects.get(id=run.id).state == "done"
