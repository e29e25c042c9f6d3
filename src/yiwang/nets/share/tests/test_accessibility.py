"""Whether a source answered makes the accessibility of what is read from it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import YiwangError
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.quality import services as quality
from yiwang.nets.share.quality.models import Run
from yiwang.nets.share.sources import services as sources
from yiwang.nets.share.sources.models import Run as Reading
from yiwang.nets.share.sources.tests.conftest import reach, sqlite

__all__ = ["reach", "sqlite"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table(engineer, sqlite):
    sqlite.run("CREATE TABLE people (id TEXT PRIMARY KEY, 姓名 TEXT)")
    sqlite.run("INSERT INTO people VALUES ('1', '张三'), ('2', '李四')")
    source = sources.add_source(
        engineer, owner="D01", name="人口库", kind="sqlite", settings=sqlite.settings
    )
    return sources.add_table(
        engineer, source.id, name="people", resource="人口", plan=sources.Plan(key=("id",))
    )


def read(engineer, table):
    try:
        sources.run_here(engineer, table.id)
    except YiwangError as error:
        return error.code
    return ""


def score_of(engineer):
    run = quality.check_resource(engineer, catalog.find_of_owner("D01", "人口").id)
    found = {one.dimension: one for one in quality.scores_of(run)}["accessibility"]
    assert quality.recompute_scores(Run.objects.get(id=run.id)) == quality.scores_of(run)
    return found.numerator, found.denominator, found.value


def test_a_source_that_always_answered_is_wholly_accessible(engineer, table):
    read(engineer, table)
    read(engineer, table)

    assert score_of(engineer) == (2, 2, 100.0)


def test_a_reading_that_the_source_did_not_answer_counts_against_it(engineer, table, sqlite):
    read(engineer, table)
    sqlite.run("ALTER TABLE people RENAME TO persons")
    assert read(engineer, table) == "live.table.missing"
    sqlite.run("ALTER TABLE persons RENAME TO people")
    read(engineer, table)

    numerator, denominator, value = score_of(engineer)

    assert (numerator, denominator) == (2, 3)
    assert value == pytest.approx(66.666667)


def test_a_reading_that_this_node_ended_is_no_question(engineer, table):
    read(engineer, table)
    plan = sources.Plan(key=("id",), most_rows=1)
    sources.change_table(engineer, table.id, plan=plan)
    assert read(engineer, table) == "sources.limit.rows"

    assert score_of(engineer) == (1, 1, 100.0)


def test_readings_of_long_ago_are_not_looked_at(engineer, table):
    read(engineer, table)
    Reading.objects.update(finished_at=now() - timedelta(days=91))

    assert score_of(engineer) == (0, 0, None)
