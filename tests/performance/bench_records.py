"""Lists, single records and imports of a declared entity, beside the same through Django classes. 业务对象基准。

    python -m tests.performance.bench_records [--rows 1000000]

One entity of 18 fields with a link, a street's steward (rows of the own street, personal fields
masked), one connection. Data access only: no HTTP. The peer reads the same table through a model
class of Django's, with the same row filter, order, relation and masks. PostgreSQL is measured where
`PG` answers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from .bench_cases import _prepare, on_postgres, run

DATABASE = "yiwang_bench_records"
STREETS, COMMUNITIES = 30, 832
BATCH = 2_000
FILES = {
    "app.yaml": "app: bench\ntitle: {zh: 基准}\nversion: '1'\nowner: B01\n",
    "entities/community.yaml": """
entity: community
title: {zh: 社区}
titled_by: name
fields:
  name: {label: {zh: 名称}, required: true}
""",
    "entities/shop.yaml": """
entity: shop
title: {zh: 商户}
titled_by: name
key: [code]
search: [name]
fields:
  code: {label: {zh: 编号}, required: true}
  name: {label: {zh: 名称}, required: true}
  status: {label: {zh: 状态}, choices: {open: {zh: 在办}, done: {zh: 办结}, rare: {zh: 少见}}}
  opened: {label: {zh: 日期}, kind: date}
  amount: {label: {zh: 金额}, kind: money}
  community: {label: {zh: 社区}, kind: link, to: community}
  phone: {label: {zh: 电话}, element: mobile_phone}
  keeper: {label: {zh: 姓名}, element: person_name}
  n1: {label: {zh: 甲}, kind: integer}
  n2: {label: {zh: 乙}, kind: integer}
  t1: {label: {zh: 丙}}
  t2: {label: {zh: 丁}}
  t3: {label: {zh: 戊}}
  t4: {label: {zh: 己}}
  t5: {label: {zh: 庚}}
  b1: {label: {zh: 辛}, kind: boolean}
  d1: {label: {zh: 壬}, kind: datetime}
  x1: {label: {zh: 癸}, kind: number, decimals: 3}
""",
    "views/shops.yaml": """
view: shops
entity: shop
title: {zh: 商户}
columns: [name, status, opened, community, phone]
filters: [status]
order: [-opened]
""",
    "permissions.yaml": """
permissions:
  - roles: [engineer]
    may: [see, create, edit, remove, export, import, history, reveal]
    rows: all
  - roles: [steward]
    may: [see]
    rows: own
  - roles: [viewer]
    may: [see]
    rows: own
    where: "status = 'open'"
  - roles: [viewer]
    may: [see]
    rows: mine
""",
}
GOALS = {"sqlite": (1.0, 3.0, 50_000), "postgresql": (2.0, 2.5, 25_000)}
"""Milliseconds of a list, times faster than the classes, rows a second of a bulk import. 目标。"""


def measured(rows: int) -> None:
    """Set a node up, fill a table, time what people do with it. 单进程测量。"""
    _prepare()
    actors = _people()
    found = {"import_per_second": _fill(actors, rows)}
    found |= _time_reads(actors)
    print(json.dumps(found))


def _people() -> dict[str, Any]:
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.kernel.identity import services as identity
    from yiwang.kernel.records import services

    identity.create_organization(SYSTEM, code="B01", name="市", parent_code="", kind="bureau")
    for street in range(STREETS):
        identity.create_organization(
            SYSTEM, code=f"S{street:02d}", name=f"街道{street}", parent_code="B01", kind="street"
        )
    made = {}
    for role, organization in (("engineer", "B01"), ("steward", "S07"), ("viewer", "S07")):
        info, _ = identity.create_account(SYSTEM, name=f"bench-{role}")
        identity.add_post(SYSTEM, info.id, organization_code=organization)
        identity.grant_role(SYSTEM, info.id, role)
        made[role] = identity.get_actor(info.id)
    services.publish_bundle(made["engineer"], FILES)
    return made


def _fill(actors: dict[str, Any], rows: int) -> float:
    """Rows straight into the table with all its indexes, as an import writes them."""
    from django.db import connection, transaction

    from yiwang.kernel.records import services
    from yiwang.kernel.records.services import storing

    desk = services.system_desk()
    communities = [
        services.create_record(
            desk, "bench.community", {"name": f"社区{at}"}, organization="B01"
        ).id
        for at in range(COMMUNITIES)
    ]
    entity = desk.entity("bench.shop")
    dice = random.Random(7)
    made = list(_rows(entity, communities, actors["viewer"].id, rows, dice))
    start = time.perf_counter()
    with transaction.atomic():  # An import is one act: all or nothing.
        for begin in range(0, len(made), BATCH):
            storing.insert_rows(entity, made[begin : begin + BATCH])
    taken = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return rows / taken


def _rows(
    entity: Any, communities: list[str], owner: str, rows: int, dice: random.Random
) -> Iterator[dict[str, Any]]:
    from yiwang.kernel.base.ids import new_id

    column = {key: field.column for key, field in entity.fields.items()}
    for at in range(rows):
        street = f"S{dice.randrange(STREETS):02d}"
        told = {
            "code": f"C{at:08d}", "name": f"{dice.choice('东西南北')}{dice.choice('风山河湖')}商店{at % 9973}",
            "status": "rare" if at % 100 == 0 else dice.choice(("open", "done")),
            "opened": f"20{dice.randrange(10, 27)}-{dice.randrange(1, 13):02d}-{dice.randrange(1, 29):02d}",
            "amount": dice.randrange(10**8), "community": dice.choice(communities),
            "phone": f"138{at % 10**8:08d}", "keeper": "王小明", "n1": at, "n2": at % 97,
            "t1": "甲乙丙", "t2": "丁戊", "t3": "己", "t4": "庚辛", "t5": "壬癸", "b1": at % 2,
            "d1": "2026-01-05T00:00:00.000000Z", "x1": at * 7,
        }  # fmt: skip
        stamp = f"2026-{at % 12 + 1:02d}-01T00:00:00.{at % 10**6:06d}Z"
        yield {
            "id": new_id(), "rev": 1, "org": street, "owner": owner if at % 10**5 == 0 else "system",
            "r1": "B01", "r2": street, "r3": None, "r4": None, "r5": None, "case_id": None,
            "created_at": stamp, "updated_at": stamp,
            **{column[key]: value for key, value in told.items()},
        }  # fmt: skip


def _time_reads(actors: dict[str, Any]) -> dict[str, float]:
    from yiwang.kernel.query import services as query
    from yiwang.kernel.records import services
    from yiwang.kernel.records.services.snapshot import read_epoch
    from yiwang.kernel.records.types import Wanted

    def desk(role: str) -> Any:
        return services.at_desk(actors[role])

    steward = desk("steward")
    schema = steward.snapshot.schema(steward.entity("bench.shop"))
    rare = query.parse_filter("status = 'rare'", schema)
    order = ("-opened",)
    first = services.list_records(steward, "bench.shop", Wanted(order=order))
    deep = first.after
    for _ in range(60):
        deep = (
            services.list_records(steward, "bench.shop", Wanted(order=order, after=deep)).after
            or deep
        )
    one = first.records[0].id
    asks = {
        "list": lambda: _list(services, desk("steward"), Wanted(order=order)),
        "list_same_desk": lambda: _list(services, steward, Wanted(order=order)),
        "page_62": lambda: services.list_records(steward, "bench.shop", Wanted(order=order, after=deep)),
        "list_or": lambda: services.list_records(desk("viewer"), "bench.shop", Wanted(order=order)),
        "filter_1_percent": lambda: services.list_records(
            steward, "bench.shop", Wanted(filter=rare, order=order)
        ),
        "get": lambda: services.get_record(steward, "bench.shop", one),
        "count_capped": lambda: services.count_records(steward, "bench.shop", Wanted()),
        "board": lambda: services.group_records(steward, "bench.shop", "status", Wanted()),
        "search": lambda: services.list_records(steward, "bench.shop", Wanted(search="商店4711")),
        "epoch": read_epoch,
        "classes": _classes(steward),
    }  # fmt: skip
    return {name: _median_ms(ask) for name, ask in asks.items()}


def _list(services: Any, desk: Any, wanted: Any) -> None:
    page = services.list_records(desk, "bench.shop", wanted)
    ids = [one.values["community"] for one in page.records]
    services.name_records(desk, "bench.community", ids)


def _classes(desk: Any) -> Callable[[], Any]:
    """The same list through a class of Django's: row filter, order, relation, masks."""
    from django.apps.registry import Apps
    from django.db import models

    from yiwang.kernel.standards import services as standards

    entity = desk.entity("bench.shop")
    registry = Apps()

    def build(name: str, table: str, fields: dict[str, Any]) -> Any:
        meta = type(
            "Meta",
            (),
            {"apps": registry, "app_label": "bench", "managed": False, "db_table": table},
        )
        own = {"id": models.TextField(primary_key=True), "Meta": meta, "__module__": __name__}
        return type(name, (models.Model,), own | fields)

    other = desk.snapshot.entities["bench.community"]
    Community = build("Community", other.table, {
        "name": models.TextField(db_column=other.fields["name"].column)})  # fmt: skip
    fields: dict[str, Any] = {
        key: (models.BigIntegerField if one.stored == "integer" else models.TextField)(
            db_column=one.column, null=True
        )
        for key, one in entity.fields.items()
        if key != "community"
    }
    fields |= {"org": models.TextField(), "r2": models.TextField(), "updated_at": models.TextField(),
               "community": models.ForeignKey(Community, models.DO_NOTHING, related_name="+", null=True,
                                              db_column=entity.fields["community"].column)}  # fmt: skip
    Shop = build("Shop", entity.table, fields)

    def ask() -> None:
        rows = Shop.objects.filter(r2="S07").select_related("community")
        for one in rows.order_by(models.F("opened").desc(nulls_last=True), "-id")[:51]:
            one.phone = standards.mask_value("mobile_phone", one.phone)
            one.keeper = standards.mask_value("person_name", one.keeper)

    return ask


def _median_ms(ask: Callable[[], Any], times: int = 100) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


def report(found: dict[str, dict[str, Any]]) -> None:
    """Print figures and goals. 报告。"""
    names = [name for name in next(iter(found.values())) if name != "import_per_second"]
    print(f"{'p50 ms':<20}" + "".join(f"{name:>14}" for name in found))
    for name in names:
        print(f"{name:<20}" + "".join(f"{one[name]:>14.2f}" for one in found.values()))
    for name, one in found.items():
        most, faster, bulk = GOALS[name]
        _judge(f"{name}: list {one['list']:.2f} ms, goal ≤ {most}", one["list"] <= most)
        ratio = one["classes"] / one["list_same_desk"]
        _judge(f"{name}: {ratio:.1f} × the classes, goal ≥ {faster}", ratio >= faster)
        per = one["import_per_second"]
        _judge(f"{name}: {per:,.0f} rows/s imported, goal ≥ {bulk:,}", per >= bulk)


def _judge(told: str, met: bool) -> None:
    print(f"{told}  {'met' if met else 'MISSED'}")


def main() -> None:
    """Run the benchmark. 运行基准。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_records")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--work", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        measured(options.work)
        return
    command = [sys.executable, "-m", "tests.performance.bench_records", "--work", str(options.rows)]
    found = {"sqlite": run(command, YIWANG_DATABASE="")}
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    postgres = on_postgres(command, server, DATABASE)
    if postgres is None:
        print(f"PostgreSQL does not answer at {server}: not measured")
    else:
        found["postgresql"] = postgres
    report(found)


if __name__ == "__main__":
    main()
