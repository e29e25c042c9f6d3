"""Decisions a second under many grants, and what a granted page and file cost. 授权判定基准。

    python -m tests.performance.bench_grants [--grants 50000] [--decisions 3000]

One register of 100,000 people, so many grants of it to 500 organizations, in one run: a decision
under a grant drawn at random, beside one row read by its key through the same models (the floor of
anything that asks the database); a granted, masked, logged page of 50 rows beside the same page
read without a grant; a granted file beside the bare export of the same columns. PostgreSQL is
measured where `PG` answers.
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
from pathlib import Path
from statistics import median
from typing import Any

from .bench_cases import _prepare, on_postgres, run

DATABASE = "yiwang_bench_grants"
ORGANIZATIONS, ROWS, BLOCK = 500, 100_000, 5_000
COLUMNS = ("姓名", "身份证号", "街道", "状态")
GOAL, FILE_GOAL = 10_000, 2.0


def measured(grants: int, decisions: int) -> None:
    """Set a node up and time each. 单进程测量。"""
    _prepare()
    from yiwang.nets.share.exchange import services
    from yiwang.nets.share.exchange.models import Grant

    actor, resource, version = _make(grants)
    mine = list(Grant.objects.filter(organization="D001").values_list("id", flat=True))
    chosen = random.Random(1).choices(mine, k=decisions)
    folder = Path(os.environ["YIWANG_TEST_HOME"])
    from yiwang.kernel.pool import services as pool

    shown = {
        name: hide(mask, name)
        for name, mask in services.mask_columns(resource.id, services.get_terms(_load(mine[0])))[
            0
        ].items()
    }
    files = iter(range(1000))
    found = {
        "decisions": decisions / _timed(lambda: [services.decide(actor, one) for one in chosen]),
        "lookups": decisions / _timed(lambda: [Grant.objects.get(pk=one) for one in chosen]),
        "page": _timed(lambda: services.look_granted(actor, mine[0])),
        "bare_page": _timed(lambda: pool.list_rows(version, columns=COLUMNS, shown=shown)),
        "file": _timed(lambda: _take(actor, mine[0])),
        "bare_file": _timed(
            lambda: pool.export_rows(
                version, folder / f"bare{next(files)}.parquet", columns=COLUMNS, shown=shown
            )
        ),
    }
    print(json.dumps(found))


def _take(actor: Any, grant_id: str) -> None:
    from yiwang.nets.share.exchange import services

    with services.open_granted(actor, grant_id, ending="parquet").stream:
        pass


def hide(mask: str, name: str) -> str:
    """The expression that masks a column. 脱敏表达式。"""
    from yiwang.kernel.pool import services as pool
    from yiwang.nets.share.catalog import services as catalog

    return catalog.hide_sql(mask, pool.quote_name(name))


def _load(grant_id: str) -> Any:
    from yiwang.nets.share.exchange.models import Grant

    return Grant.objects.get(pk=grant_id)


def _timed(work: Callable[[], Any], turns: int = 5) -> float:
    """Seconds, the median of several turns after one that warms up. 计时。"""
    taken = []
    for _ in range(turns + 1):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return median(taken[1:])


def _make(grants: int) -> tuple[Any, Any, str]:
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.kernel.identity import services as identity

    for at in range(ORGANIZATIONS):
        code = f"D{at:03d}"
        identity.create_organization(
            SYSTEM, code=code, name=code, parent_code="", kind="department"
        )
    info, _ = identity.create_account(SYSTEM, name="bench-reader", organization_code="D001")
    identity.grant_role(SYSTEM, info.id, "steward")
    resource, version = _register()
    for first in range(0, grants, BLOCK):
        _add_grants(resource, range(first, min(first + BLOCK, grants)))
    return identity.get_actor(info.id), resource, version


def _register() -> tuple[Any, str]:
    from yiwang.kernel.base.act import SYSTEM, Ref
    from yiwang.kernel.base.clock import today
    from yiwang.kernel.ledger.services import acting
    from yiwang.kernel.pool import services as pool
    from yiwang.nets.share.catalog.models import Item, Resource

    rows = [(f"王{at % 997}", f"9901{at:014d}", f"街道{at % 40}", "在业") for at in range(ROWS)]
    with acting(SYSTEM, "bench.land", on=Ref("bench", "1")) as act:
        table = pool.create_table(act, name="bench")
        version = pool.commit(act, table, pool.stage_rows(list(COLUMNS), [rows], profile=False))
    resource = Resource.objects.create(
        code="3D000/000001", name="人口", owner="D000", table=version.table_id,
        sharing_type="conditional", publish_date=today(),
    )  # fmt: skip
    elements = ("person_name", "resident_id", "", "")
    for place, (name, element) in enumerate(zip(COLUMNS, elements, strict=True)):
        Item.objects.create(resource=resource, name=name, position=place, element=element)
    return resource, version.id


def _add_grants(resource: Any, numbers: range) -> None:
    from yiwang.kernel.base.clock import today
    from yiwang.nets.share.exchange.models import Grant, Request, Terms

    until = today() + timedelta(days=300)
    asked, given, terms = [], [], []
    for at in numbers:
        common = {
            "resource": resource,
            "organization": f"D{at % ORGANIZATIONS:03d}",
            "until": until,
        }
        asked.append(Request(
            number=f"GX-{at}", account="x", purpose_kind="contact", purpose="基准", duty="基准",
            columns=COLUMNS, method="api", volume=10**9, state="granted", **common,
        ))  # fmt: skip
        given.append(Grant(request=asked[-1], purpose="基准", account="x", **common))
        terms.append(Terms(
            grant=given[-1], number=1, columns=COLUMNS, begins=today(), until=until,
            quota=10**12, rate=10**6, account="x", act_id="x",
        ))  # fmt: skip
    for model, rows in ((Request, asked), (Grant, given), (Terms, terms)):
        model.objects.bulk_create(rows, batch_size=1000)


def report(found: dict[str, dict[str, Any]]) -> None:
    """Print figures and goals. 报告。"""
    for name, one in found.items():
        print(
            f"{name}: {one['decisions']:,.0f} decisions/s (goal {GOAL:,}); one row by its key "
            f"{one['lookups']:,.0f}/s; ratio {one['lookups'] / one['decisions']:.1f}"
        )
        print(
            f"  page of 50, masked and logged: {one['page'] * 1000:.1f} ms, "
            f"{one['page'] / one['bare_page']:.2f} of the bare page"
        )
        print(
            f"  file of {ROWS:,} rows: {one['file'] * 1000:.0f} ms, "
            f"{one['file'] / one['bare_file']:.2f} of the bare copy (goal {FILE_GOAL:.0f})"
        )


def main() -> None:
    """Measure both databases. 入口。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--grants", type=int, default=50_000)
    parser.add_argument("--decisions", type=int, default=3_000)
    parser.add_argument("--work", action="store_true")
    said = parser.parse_args()
    if said.work:
        measured(said.grants, said.decisions)
        return
    command = [sys.executable, "-m", "tests.performance.bench_grants", "--work",
               "--grants", str(said.grants), "--decisions", str(said.decisions)]  # fmt: skip
    found = {"SQLite": run(command, YIWANG_DATABASE="")}
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    other = on_postgres(command, server, DATABASE)
    if other:
        found["PostgreSQL"] = other
    report(found)


if __name__ == "__main__":
    main()
