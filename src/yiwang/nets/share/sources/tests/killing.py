"""Readings whose process is killed at random, on a node of its own. 随机终止读取。

`python -m yiwang.nets.share.sources.tests.killing HOME SEED KILLS SETTINGS` prints one JSON document.
The parent opens no thread and no connection while children live, so that forking is safe.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

TABLES = {
    "追加": ("public.appended", {"mode": "append", "watermark": "id"}),
    "更新": ("public.changed", {"mode": "upsert", "watermark": "at", "key": ["id"], "overlap": 5}),
    "全量": ("public.whole", {}),
}


def main() -> None:
    home, seed, kills, reach = Path(sys.argv[1]), *map(int, sys.argv[2:4]), json.loads(sys.argv[4])
    prepare(home)
    chance = random.Random(seed)
    ids = enter(home, reach)
    change(reach, home, 0, chance)
    killed, whole = fork_at_random(
        lambda: run_all(ids, random.Random(chance.random()), once=True),
        chance,
        lambda at: change(reach, home, at, chance),
        kills,
    )
    run_all(ids, chance)
    print(json.dumps({"killed": killed, "whole": whole, **outcome(home, reach)}))


def prepare(home):
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    settings.YIWANG_SOURCE_HOSTS, settings.YIWANG_SOURCE_FOLDERS = ["127.0.0.1"], [str(home)]
    from yiwang.kernel.pool.services import pool_folder

    pool_folder()
    call_command("migrate", verbosity=0)


def enter(home, reach):
    """Sources and what is read of them; gives the ids."""
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.kernel.identity import services as identity
    from yiwang.nets.share.sources import services

    identity.create_organization(SYSTEM, code="D01", name="市民政局", kind="department")
    account, _ = identity.create_account(
        SYSTEM, name="li", organization_code="D01", password="Rain-on-the-roof-7"
    )
    identity.grant_role(SYSTEM, account.id, "engineer")
    actor = identity.get_actor(account.id)
    run_sql(reach, "CREATE TABLE appended (id int PRIMARY KEY, v text)")
    run_sql(reach, "CREATE TABLE changed (id int PRIMARY KEY, v text, at timestamp)")
    run_sql(reach, "CREATE TABLE whole (id int PRIMARY KEY, v text)")
    base = services.add_source(actor, owner="D01", name="库", kind="postgres", settings=reach)
    found = [
        services.add_table(
            actor, base.id, name=name, resource=resource, plan=services.Plan(**plan)
        ).id
        for resource, (name, plan) in TABLES.items()
    ]
    folder = home / "交换"
    folder.mkdir()
    watched = services.add_source(
        actor, owner="D01", name="目录", kind="folder", settings={"path": str(folder)}
    )
    plan = services.Plan(mode="append")
    files = services.add_table(actor, watched.id, name="*.csv", resource="文件", plan=plan)
    close()
    return [account.id, *found, files.id]


def change(reach, home, at, chance):
    """What departments do meanwhile: new rows, changed rows, a new file."""
    first = at * 50
    span = f"generate_series({first}, {first + 49}) i"
    moment = f"timestamp '2026-01-01' + ({at} * 60 + i % 60) * interval '1 second'"
    run_sql(reach, f"INSERT INTO appended SELECT i, '行' || i FROM {span}")
    run_sql(reach, f"INSERT INTO changed SELECT i, '行' || i, {moment} FROM {span}")
    run_sql(reach, f"INSERT INTO whole SELECT i, '行' || i FROM {span}")
    old = chance.randrange(first + 1)
    when = f"timestamp '2026-01-01' + ({at} * 60 + 59) * interval '1 second'"
    run_sql(
        reach, f"UPDATE changed SET v = '改{at}', at = {when} WHERE id BETWEEN {old} AND {old + 9}"
    )
    path = home / "交换" / f"{at:04d}.csv"
    path.write_text(f"编号,值\n{at},文{at}\n", "utf-8")
    os.utime(path, (time.time() - 100 + at / 100,) * 2)


def fork(work, seconds=None):
    """Do the work in a child, killed after so many seconds if it lives: (killed, seconds)."""
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            os.setpgid(0, 0)
            work()
        finally:
            os._exit(0)
    status = wait_for(child, seconds)
    if status is None:
        os.kill(child, signal.SIGKILL)
        status = wait_for(child, None)
    return int(os.WIFSIGNALED(status)), time.monotonic() - begun


def wait_for(child, seconds):
    """How the child ended; None if it still lives then."""
    if seconds is None:
        return os.waitpid(child, 0)[1]
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return status
        time.sleep(0.002)
    return None


def fork_at_random(work, chance, change, kills):
    """Kill the work so often, somewhere within the time it takes; gives (killed, seconds)."""
    _, whole = fork(work)
    killed = 0
    for at in range(1, kills + 1):
        change(at)
        died, took = fork(work, whole * chance.random())
        killed += died
        # The first one reads every module; a moment within it is long after the end of a later.
        whole = whole if died else min(whole, took)
    return killed, whole


def run_all(ids, chance, *, once=False):
    """Read every table; what is left open goes first of itself."""
    from yiwang.kernel.base.errors import YiwangError
    from yiwang.kernel.identity import services as identity
    from yiwang.nets.share.sources import services

    account, *tables = ids
    actor = identity.get_actor(account)
    chance.shuffle(tables)
    for _ in range(1 if once else 2):  # the first may only take up what was cut short
        for table in tables:
            try:
                services.run_here(actor, table)
            except YiwangError as error:
                print(error.code, error.detail, file=sys.stderr)


def outcome(home, reach):
    """The rows of each resource, how they came, and what the source holds."""
    from yiwang.kernel.pool import services as pool
    from yiwang.nets.share.catalog import services as catalog
    from yiwang.nets.share.connect.models import Delivery
    from yiwang.nets.share.sources.models import Run

    found = {}
    for name in (*TABLES, "文件"):
        resource = catalog.find_of_owner("D01", name)
        versions = pool.list_versions(resource.table)
        landed = Delivery.objects.filter(resource=resource.id, state="landed")
        runs = Run.objects.filter(table__resource_name=name)
        found[name] = {
            "rows": list(read_all(versions[0].id)),
            "versions": len(versions),
            "landed": landed.count(),
            "delivered": sum(version.delivered for version in versions),
            "deliveries": Delivery.objects.filter(resource_name=name).count(),
            "runs": dict(Counter(runs.values_list("state", flat=True))),
        }
    truth = {
        name: [list(row) for row in run_sql(reach, f"SELECT {columns} FROM {table} ORDER BY id")]
        for name, table, columns in (
            ("追加", "appended", "id::text, v"),
            ("更新", "changed", "id::text, v, at::text"),
            ("全量", "whole", "id::text, v"),
        )
    }
    truth["文件"] = [
        path.read_text("utf-8").splitlines()[1].split(",") for path in (home / "交换").iterdir()
    ]
    return {"found": found, "truth": truth}


def read_all(version):
    from yiwang.kernel.pool import services as pool

    after, more = 0, True
    while more:
        page = pool.list_rows(version, after=after, limit=1000)
        yield from (list(cells) for _, cells in page.rows)
        after, more = page.next_after, page.more


def run_sql(reach, sql):
    import psycopg

    told = {"host": reach["host"], "port": reach["port"], "dbname": reach["database"]}
    with psycopg.connect(**told, user=reach["user"], password=reach["password"]) as base:
        cursor = base.execute(sql)
        return cursor.fetchall() if cursor.description else []


def close():
    from django.db import connections

    connections.close_all()


if __name__ == "__main__":
    main()
