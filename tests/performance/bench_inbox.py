"""Boxes of the inbox among a million cases of 115,000 people. 收件箱基准。

    python -m tests.performance.bench_inbox [--cases 1000000] [--people 115000]

A node of its own is filled, started as an operator does, and read over loopback: every box and the
filters of the first one, by one user one after another, then by 16 users who each read a page every
two seconds. CPU is that of the whole server process for a page. The same pages of the same node
before the crowd came are the floor: a page costs nearly the same. SQLite, and PostgreSQL where `PG`
answers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from tests.operations.conftest import Node, Running

USERS, EVERY, ROUNDS = 16, 2.0, 12
GOAL_CPU, GOAL_ONE, GOAL_MANY = 25, 140, 240
PASSWORD = "Rain-on-the-roof-7"
DATABASE = "yiwang_bench_inbox"
PAGES = (
    "/cases/", "/cases/?light=red", "/cases/?kind=bench.leave", "/cases/?q=%E9%87%87%E8%B4%AD",
    "/cases/done/", "/cases/started/", "/cases/copied/", "/cases/watched/",
)  # fmt: skip
LEAVE = """
case: bench.leave
title: {zh: 请假}
fields: {n: {label: {zh: 天数}, kind: integer}}
start: {roles: [viewer, steward], edits: [n], to: leader}
oversees: [director]
nodes:
  leader: {title: {zh: 审批}, who: {role: steward, of: starter}, actions: {agree: {label: {zh: 同意}, to: done}}}
  done: {title: {zh: 办结}, ends: done}
"""
PEOPLE = f"""
from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services
identity.create_organization(SYSTEM, code="B90", name="市政府办", kind="department")
made = []
for number in range({USERS}):
    info, _ = identity.create_account(SYSTEM, name=f"bench-{{number}}", password="{PASSWORD}",
        organization_code="B90", must_change_password=False)
    identity.grant_role(SYSTEM, info.id, "steward")
    made.append(info.id)
services.publish_case_type(identity.installer_actor(), '''{LEAVE}''')
print(*made)
"""
CROWD = """
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.identity.models import Account
from yiwang.kernel.workflow.models import CaseTypeVersion
from yiwang.kernel.workflow.tests.crowd import Crowd, Kind, write
from yiwang.kernel.base.clock import now
known, people, cases = {known!r}, {people}, {cases}
others = [new_id() for _ in range(people - len(known))]
names = ["id", "name", "full_name", "kind", "password", "created_at", "must_change_password",
         "password_changed_at"]
write(Account, names, ([one, "c" + one.lower(), "", "person", "!", now(), False, now()]
                       for one in others))
kinds = [Kind(one.pk, one.code) for one in CaseTypeVersion.objects.filter(code="bench.leave")]
Crowd(cases, known[0], [*known, *others], [("B90", "steward")], kinds).make()
print(CaseTypeVersion.objects.count())
"""


def fill(node: Node, cases: int, people: int, known: list[str]) -> float:
    """Write the crowd; the seconds it took. 造数。"""
    begun = time.perf_counter()
    node.python(CROWD.format(known=known, people=people, cases=cases))
    return time.perf_counter() - begun


def read_pages(running: Running, read: Callable[[str], str], rounds: int) -> dict[str, float]:
    """Median milliseconds of one user, and CPU milliseconds of the server for a page. 单用户。"""
    for page in PAGES:
        read(page)
    before, walls = cpu_of(running), []
    for _ in range(rounds):
        for page in PAGES:
            begun = time.perf_counter()
            read(page)
            walls.append(time.perf_counter() - begun)
    spent = cpu_of(running) - before
    return {"p50": median(walls) * 1000, "cpu": spent / len(walls) * 1000}


def cpu_of(running: Running) -> float:
    """CPU seconds of the web server and its workers so far. 服务器处理器时间。"""
    ticks = 0
    for pid in family(running.children()["web"]):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> Iterator[int]:
    """A process and all below it. 进程树。"""
    yield pid
    for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from family(int(one))


def read_paced(running: Running) -> list[float]:
    """Milliseconds of every page that 16 users read, one each two seconds. 多用户。"""
    readers = [
        running.sign_in({"name": f"bench-{number}", "password": PASSWORD})
        for number in range(USERS)
    ]
    walls: list[float] = []

    def work(number: int) -> None:
        for at in range(ROUNDS):
            due = begun + number * EVERY / USERS + at * EVERY
            time.sleep(max(0.0, due - time.perf_counter()))
            started = time.perf_counter()
            readers[number](PAGES[(at + number) % len(PAGES)])
            walls.append((time.perf_counter() - started) * 1000)

    begun = time.perf_counter()
    threads = [threading.Thread(target=work, args=(number,)) for number in range(USERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return walls


def measure(node: Node, cases: int, people: int) -> None:
    """Fill a node, read it, print. 测量。"""
    node.run("init")
    known = node.python(PEOPLE).split()
    with node.running() as running:
        running.first_page()
        read = running.sign_in({"name": "bench-0", "password": PASSWORD})
        floor = read_pages(running, read, 4)
    print(f"  filled in {fill(node, cases, people, known):.0f} s")
    with node.running() as running:
        running.first_page()
        read = running.sign_in({"name": "bench-0", "password": PASSWORD})
        one = read_pages(running, read, 4)
        many = read_paced(running)
    tell("CPU of a page", one["cpu"], GOAL_CPU, floor["cpu"])
    tell("p50, 1 user", one["p50"], GOAL_ONE, floor["p50"])
    tell(f"p50, {USERS} users", median(many), GOAL_MANY, floor["p50"])
    print(f"  p95, {USERS} users: {quantiles(many, n=20)[18]:.0f} ms of {len(many)} pages")


def tell(what: str, found: float, goal: float, floor: float) -> None:
    """One line with its goal. 报告。"""
    word = "met" if found <= goal else "MISSED"
    print(f"  {what}: {found:.1f} ms, {found / floor:.2f} × an empty node's, goal ≤ {goal}  {word}")


@contextmanager
def postgres(server: str) -> Iterator[str]:
    """A database of its own on a server, dropped at the end; empty where none answers. 临时数据库。"""
    import psycopg

    base = server.rsplit("/", 1)[0]
    try:
        connection = psycopg.connect(f"{base}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        yield ""
        return
    with connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {DATABASE}")
        try:
            yield f"{base}/{DATABASE}"
        finally:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def main() -> None:
    """Run the benchmark. 运行基准。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_inbox")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=115_000)
    options = parser.parse_args()
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    with postgres(server) as database:
        for name, url in (("SQLite", ""), ("PostgreSQL", database)):
            if name == "PostgreSQL" and not url:
                print(f"PostgreSQL does not answer at {server}: not measured")
                continue
            print(json.dumps({"database": name, "cases": options.cases, "people": options.people}))
            with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
                measure(Node(Path(folder) / "home", url), options.cases, options.people)


if __name__ == "__main__":
    sys.exit(main())
