"""How long others wait while tables of declared entities change. 在线变更基准。

    python -m tests.performance.bench_records_changes [--rows 1000000]

A reader (a desk, a list of 50, one record) and a writer (a record changed through the service, with
history and ledger) work without pause in processes of their own, and a bystander reads records of
an entity that nobody changes: what it waits is the floor, for a busy machine makes everybody wait. Then a field is added, renamed, hidden and
brought back, a list gets an order, a field changes its kind and goes back; on PostgreSQL a report
of three seconds runs while a field is added. SQLite builds an index in one piece and keeps writers
waiting, which publishing says before: those steps stand apart. PostgreSQL is measured where `PG` answers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.performance.bench_cases import on_postgres, run

DATABASE = "yiwang_bench_changes"
FLOOR_SECONDS = 10.0
READER_GOAL, WRITER_GOAL, FIELD_GOAL = 200, 500, 50
"""Milliseconds: the longest wait of a reader and of a writer, and a field added or renamed."""
REPORT_SECONDS = 3
STALL = "entity: stall\ntitle: {zh: 摊位}\ntitled_by: name\nfields:\n  name: {label: {zh: 名称}}\n"
KINDS = ["food", "retail", "service", "other"]
OTHERS = {f"c{number}": f"{{label: {{zh: 字段{number}}}}}" for number in range(12)}
SIZE = {"size": "{label: {zh: 规模}}"}
ANNOUNCED = ("order a list", "change a kind in an index")
PARTS = ("reader", "writer", "bystander")


def measured(rows: int) -> None:
    """Set a node up, fill it, change it, print. 单进程测量。"""
    actor = _prepare()
    from yiwang.kernel.records import services
    from yiwang.kernel.records.tests.changed import get_shop

    _fill(get_shop(), rows)
    _fill_stalls(actor)
    folder = Path(os.environ["YIWANG_TEST_HOME"])
    others = [_start(part, folder / part, actor.id) for part in PARTS]
    try:
        found = {"floor": _watch(folder, lambda: time.sleep(FLOOR_SECONDS))}
        for name, fields, more in _steps():
            found[name] = _watch(folder, lambda f=fields, m=more: _publish(actor, f, m))
        if os.environ["YIWANG_DATABASE"]:
            found["add behind a report"] = _watch(folder, lambda: _behind_report(actor))
    finally:
        for one in others:
            one.terminate()
            one.wait()
    found["desk"] = {"took": _time(lambda: services.at_desk(actor))}
    print(json.dumps(found))


def _steps() -> list[tuple[str, dict[str, str], str]]:
    number = {"size": "{label: {zh: 规模}, kind: number, decimals: 2}"}
    note = {"note": "{label: {zh: 备注}}"}
    remark = {"remark": "{label: {zh: 说明}}"}
    renamed = {"remark": "{label: {zh: 说明}, was: note}"}
    return [
        ("add a field", {**SIZE, **note}, ""),
        ("rename it", {**SIZE, **renamed}, ""),
        ("hide it", SIZE, ""),
        ("bring it back", {**SIZE, **remark}, ""),
        ("change a kind", {**number, **remark}, ""),
        ("go back", {**SIZE, **remark}, ""),
        ("order a list", {**SIZE, **remark}, "order: [-size]\n"),
        ("change a kind in an index", {**number, **remark}, "order: [-size]\n"),
    ]


def _publish(actor: Any, fields: dict[str, str], view: str) -> None:
    from yiwang.kernel.jobs.services import run_due
    from yiwang.kernel.records import services
    from yiwang.kernel.records.tests.changed import live_version

    made = services.publish_bundle(actor, _files(fields, view))
    ran = run_due() if live_version() < made.version else []
    if live_version() < made.version:
        raise SystemExit(f"not published: {[(one.state, one.error_message) for one in ran]}")


def _files(fields: dict[str, str], view: str = "") -> dict[str, str]:
    from yiwang.kernel.records.tests.changed import shop_files

    kinds = ", ".join(f"{kind}: {{zh: {kind}}}" for kind in KINDS)
    standing = {"kind": f"{{label: {{zh: 类别}}, choices: {{{kinds}}}}}", **OTHERS}
    files = shop_files({**standing, **fields}, view="filters: [kind, c1]\n" + view)
    return {**files, "entities/stall.yaml": STALL}


def _behind_report(actor: Any) -> None:
    """A field is added while somebody reads the whole table for a while. 长查询后的加列。"""
    report = subprocess.Popen(_command("--report", str(REPORT_SECONDS)))
    time.sleep(1.5)
    number = {"size": "{label: {zh: 规模}, kind: number, decimals: 2}"}
    more = {**number, "remark": "{label: {zh: 说明}}", "late": "{label: {zh: 后来}}"}
    _publish(actor, more, "order: [-size]\n")
    report.wait()


def report_long(seconds: float) -> None:
    """Hold the table as a long report does. 长查询。"""
    _setup()
    from django.db import connection, transaction

    from yiwang.kernel.records.tests.changed import get_shop

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {get_shop().table}")
        cursor.execute("SELECT pg_sleep(%s)", [seconds])


def _watch(folder: Path, work: Callable[[], None]) -> dict[str, float]:
    """What the others waited while a piece of work went on. 观察。"""
    began, cpu = time.monotonic(), time.process_time()
    work()
    ended, cpu = time.monotonic(), time.process_time() - cpu
    time.sleep(0.5)
    return {"took": ended - began, "cpu": cpu} | {
        part: _longest(folder / part, began, ended) for part in PARTS
    }


def _longest(file: Path, began: float, ended: float) -> float:
    waits = [
        (float(at), float(took))
        for at, took in (line.split() for line in file.read_text().splitlines())
    ]
    return max((took for at, took in waits if at + took >= began and at <= ended), default=0.0)


def read_on(file: Path, actor_id: str, entity: str = "demo.shop") -> None:
    """Read lists and records without end. 持续读取。"""
    desk_of, services = _worker(actor_id)
    from yiwang.kernel.records.types import Wanted

    def once() -> None:
        page = services.list_records(desk_of(), entity, Wanted(limit=50))
        services.get_record(desk_of(), entity, page.records[0].id)

    _log(file, once, pause=0.005)


def write_on(file: Path, actor_id: str) -> None:
    """Change one record after the other without end. 持续写入。"""
    desk_of, services = _worker(actor_id)
    from yiwang.kernel.records.types import Wanted

    found = services.list_records(desk_of(), "demo.shop", Wanted(limit=200)).records
    ids = [one.id for one in found]
    count = 0

    def once() -> None:
        nonlocal count
        count += 1
        desk = desk_of()
        seen = services.get_record(desk, "demo.shop", ids[count % len(ids)])
        told = {"name": f"改{count}"} | ({"size": str(count)} if _is_text(desk) else {})
        services.update_record(desk, "demo.shop", seen.id, told, rev=seen.rev)

    _log(file, once, pause=0.02)


def _is_text(desk: Any) -> bool:
    field = desk.entity("demo.shop").fields.get("size")
    return field is not None and field.kind == "text"


def _worker(actor_id: str) -> tuple[Callable[[], Any], Any]:
    _setup()
    from yiwang.kernel.identity import services as identity
    from yiwang.kernel.records import services

    actor = identity.get_actor(actor_id)
    return (lambda: services.at_desk(actor)), services


def _log(file: Path, work: Callable[[], None], pause: float) -> None:
    with file.open("a") as log:
        while True:
            began = time.monotonic()
            work()
            print(began, time.monotonic() - began, file=log, flush=True)
            time.sleep(pause)


def _prepare() -> Any:
    _setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from yiwang.kernel.records.tests.shops import make_town

    return make_town(_files(SIZE)).people["eng"]


def _setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()


def _fill(entity: Any, rows: int) -> None:
    """Eighteen columns and more, as the city has them. 填充。"""
    from django.db import connection

    from yiwang.kernel.records.tests.changed import fill_many

    kinds = " ".join(f"WHEN {at} THEN '{kind}'" for at, kind in enumerate(KINDS))
    fields = {
        "name": "'商户' || n",
        "size": "CAST(n AS text)",
        "kind": f"CASE n - n / 4 * 4 {kinds} END",
    }
    for at, key in enumerate(OTHERS, 7):
        fields[key] = f"'值' || (n * {at} - n * {at} / 9973 * 9973)"
    fill_many(entity, rows, **fields)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _fill_stalls(actor: Any) -> None:
    from yiwang.kernel.records import services

    rows = ({"name": f"摊{number}"} for number in range(200))
    services.add_records(services.at_desk(actor), "demo.stall", rows)


def _start(part: str, file: Path, actor_id: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(_command(f"--{part}", str(file), actor_id))
    while not file.exists() or not file.stat().st_size:
        time.sleep(0.1)
    return process


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.performance.bench_records_changes", *arguments]


def _time(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(100):
        work()
    return (time.perf_counter() - began) / 100


def report(found: dict[str, dict[str, Any]]) -> None:
    """Print what each change took and what others waited, beside the floor. 报告。"""
    for database, steps in found.items():
        heads = "".join(f"{f'{part} ms':>14}" for part in PARTS)
        print(f"\n{database:<28}{'took s':>10}{'CPU s':>9}{heads}")
        print(f"{'a desk':<28}{steps.pop('desk')['took']:>10.4f}")
        for name, one in steps.items():
            waits = "".join(f"{one[part] * 1000:>14.0f}" for part in PARTS)
            print(f"{name:<28}{one['took']:>10.3f}{one['cpu']:>9.3f}{waits}")
        apart = {"floor", *(ANNOUNCED if database == "sqlite" else ())}
        changes = [one for name, one in steps.items() if name not in apart]
        for part, goal in (("reader", READER_GOAL), ("writer", WRITER_GOAL)):
            worst = max(one[part] for one in changes) * 1000
            aside = max(one["bystander"] for one in changes) * 1000
            told = "met" if worst <= goal else "MISSED"
            print(
                f"{database}: no {part} waits over {worst:.0f} ms (a bystander {aside:.0f}),"
                f" goal ≤ {goal}  {told}"
            )


def main() -> None:
    """Run the benchmark. 运行基准。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_records_changes")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--work", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--report", type=float, default=0, help=argparse.SUPPRESS)
    for part in PARTS:
        parser.add_argument(f"--{part}", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        measured(options.work)
    elif options.report:
        report_long(options.report)
    elif options.reader:
        read_on(Path(options.reader[0]), options.reader[1])
    elif options.writer:
        write_on(Path(options.writer[0]), options.writer[1])
    elif options.bystander:
        read_on(Path(options.bystander[0]), options.bystander[1], "demo.stall")
    else:
        _measure_all(options.rows, options.only)


def _measure_all(rows: int, only: str | None) -> None:
    command = _command("--work", str(rows))
    found = {}
    if only != "postgresql":
        found["sqlite"] = run(command, YIWANG_DATABASE="")
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    measured = on_postgres(command, server, DATABASE) if only != "sqlite" else None
    if measured is not None:
        found["postgresql"] = measured
    report(found)


if __name__ == "__main__":
    main()
