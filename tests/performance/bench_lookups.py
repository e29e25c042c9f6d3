"""What a row by its key costs under a grant, decided, masked, logged. 按键取数基准。

    python -m tests.performance.bench_lookups [--rows 1000000] [--calls 300]

One register, one grant that programs use, in one run: one row by its key over OData, whole, beside
the same row from the pool, and beside the floor: a bare Django view with one statement of the
database driver and no right asked. CPU seconds of the process, so that a busy machine counts for
little. PostgreSQL is measured where `PG` answers (there the server's own CPU is not seen).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from .bench_cases import _prepare, on_postgres, run

DATABASE = "yiwang_bench_lookups"
COLUMNS = ("姓名", "身份证号", "街道", "状态")
BLOCK = 50_000
GOAL = 2.0


def measured(rows: int, calls: int) -> None:
    """Set a node up and time each. 单进程测量。"""
    _prepare()
    from django.test import Client, override_settings

    from yiwang.kernel.identity import services as identity
    from yiwang.nets.share.exchange import services as exchange
    from yiwang.nets.share.exchange.types import ROW_SOURCES, Ask
    from yiwang.nets.share.lookup import services

    actor, grant = _make(rows)
    begun = time.perf_counter()
    assert services.project(grant.resource_id) == rows
    made = time.perf_counter() - begun
    keys = [number(at) for at in random.Random(1).choices(range(rows), k=calls)]
    told = {"authorization": f"Bearer {identity.issue_token(actor, name='bench')[1]}"}
    client = Client(SERVER_NAME="127.0.0.1", headers=told)

    def odata(key: str) -> None:
        said = {"$filter": f"resident_id eq '{key}'"}
        answer = client.get(f"/odata/{grant.id}/rows", said)
        assert len(answer.json()["value"]) == 1, answer.content

    def look(key: str) -> None:
        found = exchange.look_granted(actor, grant.id, Ask((), f"身份证号 = '{key}'"))
        assert len(found.page.rows) == 1

    def bare(key: str) -> None:
        assert client.get(f"/{key}").status_code == 200

    found = {"rows": rows, "made": made, "odata": _timed(odata, keys), "look": _timed(look, keys)}
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
        client = Client(SERVER_NAME="127.0.0.1")
        found["bare"] = _timed(bare, keys)
    client = Client(SERVER_NAME="127.0.0.1", headers=told)
    ROW_SOURCES._items.clear()
    found["pool"] = _timed(odata, keys[: max(calls // 10, 1)])
    print(json.dumps(found))


def number(at: int) -> str:
    """A key. 键。"""
    return f"9901{at:014d}"


def _timed(work: Callable[[str], None], keys: list[str]) -> float:
    """CPU seconds of one call, after a few that warm up. 单次 CPU 秒。"""
    for key in keys[:5]:
        work(key)
    begun = time.process_time()
    for key in keys:
        work(key)
    return (time.process_time() - begun) / len(keys)


def _make(rows: int) -> tuple[Any, Any]:
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.kernel.base.clock import today
    from yiwang.kernel.identity import services as identity
    from yiwang.nets.share.exchange.models import Grant, Request, Terms

    identity.create_organization(SYSTEM, code="D001", name="人社局", kind="department")
    info, _ = identity.create_account(
        SYSTEM, name="bench-reader", organization_code="D001", must_change_password=False,
        password="Rain-on-the-roof-7",
    )  # fmt: skip
    identity.grant_role(SYSTEM, info.id, "steward")
    resource, until = _register(rows), today() + timedelta(days=300)
    common = {"resource": resource, "organization": "D001", "until": until}
    asked = Request.objects.create(
        number="GX-1", account="x", purpose_kind="contact", purpose="基准", duty="基准",
        columns=COLUMNS, method="api", volume=10**9, state="granted", **common,
    )  # fmt: skip
    grant = Grant.objects.create(request=asked, purpose="基准", account="x", **common)
    Terms.objects.create(
        grant=grant, number=1, columns=COLUMNS, clear=["身份证号"], begins=today(), until=until,
        quota=10**12, rate=10**6, account="x", act_id="x",
    )  # fmt: skip
    return identity.get_actor(info.id), grant


def _register(rows: int) -> Any:
    from yiwang.kernel.base.act import SYSTEM, Ref
    from yiwang.kernel.base.clock import today
    from yiwang.kernel.ledger.services import acting
    from yiwang.kernel.pool import services as pool
    from yiwang.nets.share.catalog.models import Item, Resource

    blocks = (
        [
            (f"王{at % 997}", number(at), f"街道{at % 40}", "在业")
            for at in range(first, min(first + BLOCK, rows))
        ]
        for first in range(0, rows, BLOCK)
    )
    with acting(SYSTEM, "bench.land", on=Ref("bench", "1")) as act:
        table = pool.create_table(act, name="bench")
        version = pool.commit(act, table, pool.stage_rows(list(COLUMNS), blocks, profile=False))
    resource = Resource.objects.create(
        code="3D000/000001", name="人口", owner="D000", table=version.table_id, key=["身份证号"],
        sharing_type="conditional", publish_date=today(),
    )  # fmt: skip
    elements = ("person_name", "resident_id", "", "")
    for place, (name, element) in enumerate(zip(COLUMNS, elements, strict=True)):
        Item.objects.create(resource=resource, name=name, position=place, element=element)
    return resource


def _bare_view(request: Any, key: str) -> Any:
    from django.db import connection
    from django.http import JsonResponse

    from yiwang.nets.share.lookup.models import Projection
    from yiwang.nets.share.lookup.services.tables import digest_key

    _bare_view.table = getattr(_bare_view, "table", None) or Projection.objects.get().table  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT v FROM {_bare_view.table} WHERE k = %s", [digest_key([key])]  # type: ignore[attr-defined]
        )  # fmt: skip
        return JsonResponse({"row": json.loads(cursor.fetchone()[0])})


def __getattr__(name: str) -> Any:
    """The addresses of the floor, made when Django asks for them. 基准路由。"""
    if name == "urlpatterns":
        from django.urls import path

        return [path("<str:key>", _bare_view)]
    raise AttributeError(name)


def report(found: dict[str, dict[str, Any]]) -> None:
    """Print figures and goals. 报告。"""
    for name, one in found.items():
        bare = one["bare"]
        print(
            f"{name}, {one['rows']:,} rows: by key over OData {one['odata'] * 1000:.1f} ms CPU, "
            f"{one['odata'] / bare:.1f} of a bare view (goal {GOAL:.0f}); the service alone "
            f"{one['look'] * 1000:.1f} ms; from the pool {one['pool'] * 1000:.0f} ms, "
            f"{one['pool'] / one['odata']:.1f} of by key"
        )
        print(
            f"  making the projection: {one['made']:.1f} s, {one['rows'] / one['made']:,.0f} rows/s"
        )


def main() -> None:
    """Measure both databases. 入口。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--work", action="store_true")
    said = parser.parse_args()
    if said.work:
        measured(said.rows, said.calls)
        return
    command = [sys.executable, "-m", "tests.performance.bench_lookups", "--work",
               "--rows", str(said.rows), "--calls", str(said.calls)]  # fmt: skip
    found = {"SQLite": run(command, YIWANG_DATABASE="")}
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    other = on_postgres(command, server, DATABASE)
    if other:
        found["PostgreSQL"] = other
    report(found)


if __name__ == "__main__":
    main()
