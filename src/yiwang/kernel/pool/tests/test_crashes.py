"""Two commits at once, and a process killed at any point: the previous version stays whole."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.pool import services as pool

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.races]


def an_act() -> Act:
    return Act(SYSTEM, "pool.test", Ref("pool.table", "t"))


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    """A sweep without patience takes what others stage, so these tests have a home to themselves."""
    settings.YIWANG_HOME = tmp_path


@pytest.fixture
def table():
    staged = pool.stage_rows(["k", "v"], [[("1", "a"), ("2", "b")]])
    with transaction.atomic():
        table_id = pool.create_table(an_act(), name="t")
        pool.commit(an_act(), table_id, staged)
    return table_id


def test_of_commits_planned_on_one_parent_exactly_one_wins(table):
    contenders = 4
    start = threading.Barrier(contenders)
    results: list[str] = []

    def contend(number: int) -> None:
        staged = pool.stage_rows(["k", "v"], [[(f"n{number}", "x")]], profile=False)
        plan = pool.plan_commit(table, staged, kind="append")
        start.wait()  # every plan was made on the same parent: the race is on
        try:
            with transaction.atomic():
                pool.commit(an_act(), table, staged, plan=plan)
            results.append("won")
        except Conflict as refused:
            results.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=contend, args=[number]) for number in range(contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["pool.commit.overtaken"] * (contenders - 1) + ["won"]
    latest = pool.find_latest(table)
    assert (latest.number, latest.rows, len(pool.list_rows(latest.id).rows)) == (2, 3, 3)


COMMITTER = """
import django; django.setup()
from django.conf import settings
from django.db import transaction
settings.DATABASES["default"]["NAME"] = {name!r}
from django.db import connections
connections["default"].settings_dict["NAME"] = {name!r}
from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.pool import services as pool
print("ready", flush=True)
number = 0
while True:
    number += 1
    rows = [(f"{{number}}-{{i}}", "x" * 50) for i in range(2000)]
    staged = pool.stage_rows(["k", "v"], [rows], profile=False)
    with transaction.atomic():
        pool.commit(Act(SYSTEM, "t", Ref("t", "t")), {table!r}, staged, kind="append")
"""


@pytest.mark.deep
def test_a_process_killed_at_any_point_leaves_the_last_version_whole(table):
    name = str(connection.settings_dict["NAME"])
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "YIWANG_TEST_HOME": str(settings.YIWANG_HOME),
    }
    for _ in range(4):
        before = pool.find_latest(table)
        process = subprocess.Popen(
            [sys.executable, "-c", COMMITTER.format(name=name, table=table)],
            env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout.readline().strip() == "ready"
        time.sleep(random.uniform(0.05, 0.8))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

        latest = pool.find_latest(table)

        assert latest.number >= before.number
        with pool.engine() as engine:
            counted = engine.execute(f"SELECT count(*) FROM {pool.relation(latest.id)}").fetchone()
        assert counted[0] == latest.rows
        assert all(pool.verify_parts(version.id) == [] for version in pool.list_versions(table))

    assert Path(pool.pool_folder()).is_dir()
    pool.sweep_orphans(older_than=-1)
    assert pool.verify_parts(pool.find_latest(table).id) == []
