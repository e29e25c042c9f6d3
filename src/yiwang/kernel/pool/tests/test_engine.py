"""The engine is fenced in: it reaches nothing else, and ends when it must."""

from __future__ import annotations

import time

import duckdb
import pytest

from yiwang.kernel.base.errors import TooMany, Unavailable
from yiwang.kernel.pool import services as pool

ENDLESS = "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7"


def test_files_outside_are_out_of_reach(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")

    with pool.engine() as engine, pytest.raises(duckdb.PermissionException):
        engine.execute(f"SELECT * FROM read_csv('{secret}')").fetchall()
    with pool.engine(reach=[tmp_path]) as engine:
        assert engine.execute(f"SELECT * FROM read_csv('{secret}')").fetchall() == [(1,)]


@pytest.mark.parametrize(
    "statement",
    ["SET memory_limit = '100GB'", "SET enable_external_access = true", "INSTALL httpfs"],
)
def test_the_fence_cannot_be_moved(statement):
    with pool.engine() as engine, pytest.raises(duckdb.Error):
        engine.execute(statement)


def test_a_query_ends_when_its_time_is_up():
    started = time.monotonic()

    with pytest.raises(TooMany), pool.engine(seconds=0.5) as engine:
        engine.execute(ENDLESS).fetchall()

    assert time.monotonic() - started < 20


def test_a_query_ends_when_its_job_is_asked_to_stop():
    with pytest.raises(Unavailable) as stopped, pool.engine(stopping=lambda: True) as engine:
        engine.execute(ENDLESS).fetchall()

    assert stopped.value.code == "pool.engine.stopped"
