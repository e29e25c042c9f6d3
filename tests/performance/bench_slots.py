"""Bookings a second, beside the same records without slots and beside one lock per thing. 时段预约基准。

    python -m tests.performance.bench_slots [--attempts 400]

Three entities alike in one run, in turns: `booking` takes places, `note` takes none, and `locked`
keeps within them the usual way: the thing is locked, what is booked is counted, then the record is
written. Whole acts through the service, ledger, history and event included. On one connection the
floor is how much of the speed without slots is left; with eight of them on PostgreSQL, all at one
hall but at different hours, the floor is the speed of the lock. PostgreSQL is measured where `PG`
answers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from .bench_cases import _prepare, on_postgres, run

DATABASE = "yiwang_bench_slots"
TURNS, THREADS = 5, 8
FLOOR, FLOOR_OF_LOCK = 0.5, 1.0
BOOKING = """
entity: {code}
title: {{zh: 预约 {code}}}
titled_by: what
{slots}
fields:
  what: {{label: {{zh: 事由}}, required: true}}
  hall: {{label: {{zh: 场所}}, kind: link, to: hall, required: true}}
  day: {{label: {{zh: 日期}}, kind: date, required: true}}
  begins: {{label: {{zh: 开始}}, required: true}}
  ends: {{label: {{zh: 结束}}, required: true}}
"""
SLOTS = "slots: {of: hall, day: day, from: begins, until: ends, every: 60, open: '08:00-18:00', places: places}"
FILES = {
    "app.yaml": "app: bench\ntitle: {zh: 基准}\nversion: '1'\nowner: B01\n",
    "entities/hall.yaml": """
entity: hall
title: {zh: 场所}
titled_by: name
fields:
  name: {label: {zh: 名称}, required: true}
  places: {label: {zh: 名额}, kind: integer, required: true}
""",
    "entities/booking.yaml": BOOKING.format(code="booking", slots=SLOTS),
    "entities/note.yaml": BOOKING.format(code="note", slots=""),
    "entities/locked.yaml": BOOKING.format(code="locked", slots=""),
    "permissions.yaml": "permissions:\n  - {roles: [engineer], may: [see, create, edit, remove], rows: all}\n",
}
Attempt = Callable[[int], None]


def measured(attempts: int) -> None:
    """Set a node up and time each way to book. 单进程测量。"""
    _prepare()
    actor, hall = _people()
    ways = {code: _way(actor, hall, code) for code in ("booking", "note", "locked")}
    ways["refused"] = _refused(actor, hall)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(TURNS):
        for name, way in ways.items():
            taken[name].append(_timed(way, range(turn * attempts, (turn + 1) * attempts), 1))
    found: dict[str, Any] = {name: attempts / median(told) for name, told in taken.items()}
    from django.db import connection

    if connection.vendor == "postgresql":
        for name in ("booking", "locked"):
            numbers = range(10**6, 10**6 + attempts)
            found[f"{name}_by_{THREADS}"] = attempts / median(
                _timed(ways[name], numbers, THREADS) for _ in range(TURNS)
            )
    print(json.dumps(found))


def _people() -> tuple[Any, str]:
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.kernel.identity import services as identity
    from yiwang.kernel.records import services

    identity.create_organization(SYSTEM, code="B01", name="市", parent_code="", kind="bureau")
    info, _ = identity.create_account(SYSTEM, name="bench-engineer")
    identity.add_post(SYSTEM, info.id, organization_code="B01")
    identity.grant_role(SYSTEM, info.id, "engineer")
    actor = identity.get_actor(info.id)
    services.publish_bundle(actor, FILES)
    values = {"name": "一号厅", "places": 10**6}
    return actor, services.create_record(services.at_desk(actor), "bench.hall", values).id


def _values(hall: str, number: int) -> dict[str, Any]:
    hour = 8 + number % 10
    day = f"2027-{number // 10 % 12 + 1:02d}-{number // 120 % 28 + 1:02d}"
    return {
        "what": f"{number}", "hall": hall, "day": day,
        "begins": f"{hour:02d}:00", "ends": f"{hour + 1:02d}:00",
    }  # fmt: skip


def _way(actor: Any, hall: str, code: str) -> Attempt:
    from django.db import transaction

    from yiwang.kernel.records import services

    def book(number: int) -> None:
        services.create_record(services.at_desk(actor), f"bench.{code}", _values(hall, number))

    def book_locked(number: int) -> None:
        with transaction.atomic():
            _lock_and_count(hall, number)
            book(number)

    return book_locked if code == "locked" else book


def _lock_and_count(hall: str, number: int) -> None:
    """The usual way: lock the thing, count what stands in the slot."""
    from django.db import connection

    from yiwang.kernel.records import services

    known = services.snapshot().entities
    entity, things = known["bench.locked"], known["bench.hall"]
    column = {key: field.column for key, field in entity.fields.items()}
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    values = _values(hall, number)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {things.table} WHERE id = %s{lock}", [hall])
        cursor.execute(
            f"SELECT count(*) FROM {entity.table} WHERE {column['hall']} = %s"
            f" AND {column['day']} = %s AND {column['begins']} = %s",
            [hall, values["day"], values["begins"]],
        )
        cursor.fetchall()


def _refused(actor: Any, hall: str) -> Attempt:
    from yiwang.kernel.records import services

    full = services.create_record(
        services.at_desk(actor), "bench.hall", {"name": "满", "places": 1}
    ).id
    book = _way(actor, full, "booking")
    book(1)

    def attempt(_number: int) -> None:
        try:
            book(1)
        except services.InvalidValues:
            return
        raise SystemExit("a full slot was granted")

    return attempt


def _timed(way: Attempt, numbers: range, threads: int) -> float:
    from django.db import connection

    def client(at: int) -> None:
        barrier.wait()
        for number in numbers[at::threads]:
            way(number)
        if threads > 1:
            connection.close()

    barrier = threading.Barrier(threads)
    began = time.perf_counter()
    if threads == 1:
        client(0)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(client, range(threads)))
    return time.perf_counter() - began


def report(vendor: str, found: dict[str, float]) -> None:
    """The figures, each ratio beside its floor. 报告。"""
    speeds = ", ".join(f"{name} {per_second:.0f}/s" for name, per_second in found.items())
    print(f"{vendor}: {speeds}")
    ratio = found["booking"] / found["note"]
    print(f"  booking / note {ratio:.2f}, floor {FLOOR}  {'met' if ratio >= FLOOR else 'MISSED'}")
    if f"locked_by_{THREADS}" in found:
        ratio = found[f"booking_by_{THREADS}"] / found[f"locked_by_{THREADS}"]
        told = "met" if ratio >= FLOOR_OF_LOCK else "MISSED"
        print(
            f"  booking / locked, {THREADS} connections {ratio:.2f}, floor {FLOOR_OF_LOCK}  {told}"
        )


def main() -> None:
    """Run the benchmark. 运行基准。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_slots")
    parser.add_argument("--attempts", type=int, default=400)
    parser.add_argument("--work", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        measured(options.work)
        return
    command = [
        sys.executable,
        "-m",
        "tests.performance.bench_slots",
        "--work",
        str(options.attempts),
    ]
    report("sqlite", run(command, YIWANG_DATABASE=""))
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    postgres = on_postgres(command, server, DATABASE)
    if postgres is None:
        print(f"PostgreSQL does not answer at {server}: not measured")
    else:
        report("postgresql", postgres)


if __name__ == "__main__":
    main()
