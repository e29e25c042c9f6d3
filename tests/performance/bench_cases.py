"""Durable steps of cases a second, on SQLite and PostgreSQL, beside a BPMN engine. 流程步骤基准。

    python -m tests.performance.bench_cases [--steps 500] [--spiff FOLDER]

A step is a decision on a task as `act_on_task` takes it: permission, case log, case, tasks, event
and ledger row in one transaction, `synchronous=FULL` on SQLite. One connection. What comes before
the decision is not counted: finding the id of the task, which a page has, and starting the cases of
the other engine. A case is measured young and after a thousand steps: a step costs the same. `--spiff`
names a folder into which SpiffWorkflow 3.2 was installed (`pip install --target`), its state
serialised into the same rows in the same acts (`spiff_ring`), five steps an instance: the ring with
its one field, and a form of thirty fields that goes through one office after another, each of which
writes them all. PostgreSQL is measured where `PG` answers.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import Any

RING = """
case: bench.ring
title: {zh: 往复}
fields: {n: {label: {zh: 数}, kind: integer}}
start: {roles: [viewer], edits: [n], to: one}
oversees: [director]
nodes:
  one:
    title: {zh: 甲}
    who: {starter: true}
    edits: [n]
    actions:
      agree: {label: {zh: 同意}, to: two}
      end: {label: {zh: 办结}, to: done}
  two:
    title: {zh: 乙}
    who: {starter: true}
    edits: [n]
    actions: {agree: {label: {zh: 同意}, to: one}}
  done: {title: {zh: 办结}, ends: done}
"""
FIELDS, OFFICES = 30, 6
LONG = f"{FIELDS} fields through {OFFICES} offices"
LINE = f"""
case: bench.line
title: {{zh: 会办}}
fields: {{{", ".join(f"f{n}: {{label: {{zh: 字段{n}}}}}" for n in range(FIELDS))}}}
start: {{roles: [viewer], edits: [{", ".join(f"f{n}" for n in range(FIELDS))}], to: t0}}
oversees: [director]
nodes:
""" + "".join(f"""
  t{at}:
    title: {{zh: 第{at + 1}处}}
    who: {{starter: true}}
    edits: [{", ".join(f"f{n}" for n in range(FIELDS))}]
    actions: {{agree: {{label: {{zh: 同意}}, to: {f"t{at + 1}" if at + 1 < OFFICES else "done"}}}}}
""" for at in range(OFFICES)) + """
  done: {title: {zh: 办结}, ends: done}
"""  # fmt: skip
DATABASE = "yiwang_bench_cases"
GOALS = {"sqlite": 400, "postgresql": 250}
FASTER, FLAT = 3, 1.25


def measured(steps: int) -> None:
    """Set a node up, walk one case round and round, then cases of many offices, print. 单进程测量。"""
    from yiwang.kernel.workflow import services
    from yiwang.kernel.workflow.models import Task

    actor = _people()
    at_hand: dict[str, Any] = {"case": services.start_case(actor, "bench.ring", _one_field(0))}

    def find(_number: int) -> str:
        open_ones = Task.objects.filter(case=at_hand["case"], status="open")
        return open_ones.values_list("pk", flat=True)[0]

    def begin(number: int) -> str:
        if not number % (OFFICES - 1):
            at_hand["case"] = services.start_case(actor, "bench.line", _many_fields(0))
        return find(number)

    def step_with(fill: Callable[[int], Any]) -> Callable[[int, str], None]:
        return lambda number, task: services.act_on_task(
            actor, task, "agree", data=fill(number), opinion="同意"
        )

    found = {}
    for name, before in (("young", 50), ("old", 1000)):
        _timed(find, step_with(_one_field), before)
        found[name] = _timed(find, step_with(_one_field), steps)
    _timed(begin, step_with(_many_fields), 25)
    found["line"] = _timed(begin, step_with(_many_fields), steps)
    print(json.dumps(found))


def measured_other(steps: int, spiff: str) -> None:
    """The same two by the other engine. 对照引擎单进程测量。"""
    from yiwang.kernel.workflow import services

    sys.path.append(spiff)
    from tests.performance.spiff_ring import RING as ring
    from tests.performance.spiff_ring import Nothing, Spiff, draw_line, make_step

    actor, found = _people(), {}
    for name, code, bpmn, fill in (
        ("ring", "bench.ring", ring, _one_field),
        ("line", "bench.line", draw_line(OFFICES), _many_fields),
    ):
        start = partial(services.start_case, actor, code, fill(0))
        for who, engine in ((name, Spiff(bpmn)), (f"{name} bare", Nothing())):
            other = make_step(actor, start, engine, fill)
            _timed(*other, 25)
            found[who] = _timed(*other, steps)
    print(json.dumps(found))


def _one_field(number: int) -> dict[str, Any]:
    return {"n": number}


def _many_fields(number: int) -> dict[str, Any]:
    return {f"f{at}": f"第{number}次填写" for at in range(FIELDS)}


def _timed(ready: Any, step: Any, steps: int) -> dict[str, float]:
    cpu = wall = 0.0
    for number in range(steps):
        given = ready(number)
        start, used = time.perf_counter(), time.process_time()
        step(number, given)
        cpu += time.process_time() - used
        wall += time.perf_counter() - start
    return {"per_second": steps / wall, "cpu_ms": cpu / steps * 1000,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}  # fmt: skip


def _prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _people() -> Any:
    from yiwang.kernel.base.act import SYSTEM
    from yiwang.kernel.identity import services as identity
    from yiwang.kernel.workflow import services

    made = {}
    for role in ("engineer", "viewer"):
        info, _ = identity.create_account(SYSTEM, name=f"bench-{role}")
        identity.grant_role(SYSTEM, info.id, role)
        made[role] = identity.get_actor(info.id)
    for text in (RING, LINE):
        services.publish_case_type(made["engineer"], text)
    return made["viewer"]


def run(command: list[str], **environment: str) -> dict[str, Any]:
    """One measurement in a process and a home of its own. 单项。"""
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as home:
        done = subprocess.run(
            command, env=os.environ | {"YIWANG_TEST_HOME": home} | environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def command_of(steps: int, spiff: str = "") -> list[str]:
    """The command that measures our steps, or the other engine's. 测量命令。"""
    command = [sys.executable, "-m", "tests.performance.bench_cases", "--work", str(steps)]
    return [*command, "--spiff", spiff] if spiff else command


def on_postgres(command: list[str], server: str, name: str = DATABASE) -> dict[str, Any] | None:
    """One measurement on PostgreSQL, in a database that is made and dropped; None where none answers."""
    import psycopg

    base = server.rsplit("/", 1)[0]
    try:
        connection = psycopg.connect(f"{base}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return None
    with connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
        try:
            return run(command, YIWANG_DATABASE=f"{base}/{name}")
        finally:
            connection.execute(f"DROP DATABASE {name}")


def report(found: dict[str, dict[str, Any]], spiff: dict[str, Any] | None) -> None:
    """Print figures and goals. 报告。"""
    print(
        f"{'database':<14}{'steps/s':>10}{'CPU ms':>9}{'old steps/s':>13}{'old CPU ms':>12}{'peak MB':>10}"
    )
    for name, one in found.items():
        young, old = one["young"], one["old"]
        print(
            f"{name:<14}{young['per_second']:>10.0f}{young['cpu_ms']:>9.2f}"
            f"{old['per_second']:>13.0f}{old['cpu_ms']:>12.2f}{old['peak_mb']:>10.0f}"
        )
        goal = GOALS[name]
        told = "met" if young["per_second"] >= goal else "MISSED"
        print(f"{name}: {young['per_second']:.0f} steps/s, goal ≥ {goal}  {told}")
        ratio = old["cpu_ms"] / young["cpu_ms"]
        told = "met" if ratio <= FLAT else "MISSED"
        print(
            f"{name}: a step of an old case costs {ratio:.2f} × that of a young one, goal ≤ {FLAT}  {told}"
        )
        line = one["line"]
        print(f"{name}: {LONG}: {line['per_second']:.0f} steps/s, {line['cpu_ms']:.2f} CPU ms")
    if spiff:
        ours = found["sqlite"]
        _beside("one field, round and round", ours["young"], spiff["ring"], spiff["ring bare"])
        _beside(LONG, ours["line"], spiff["line"], spiff["line bare"])


def _beside(
    what: str, ours: dict[str, float], other: dict[str, float], bare: dict[str, float]
) -> None:
    ratio, cpu = ours["per_second"] / other["per_second"], other["cpu_ms"] / ours["cpu_ms"]
    told = "met" if ratio >= FASTER else "MISSED"
    print(f"SpiffWorkflow, {what}: {other['per_second']:.0f} steps/s, {other['cpu_ms']:.2f} CPU ms;"
          f" ours {ours['per_second']:.0f}, {ours['cpu_ms']:.2f}:"
          f" {ratio:.1f} × ({cpu:.1f} × by CPU), goal ≥ {FASTER}  {told}")  # fmt: skip
    floor = other["cpu_ms"] / bare["cpu_ms"]
    print(f"  the same rows without any engine: {floor:.1f} × SpiffWorkflow by CPU")


def main() -> None:
    """Run the benchmark. 运行基准。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_cases")
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--spiff", default="", metavar="FOLDER")
    parser.add_argument("--work", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        _prepare()
        measured_other(options.work, options.spiff) if options.spiff else measured(options.work)
        return
    found = {"sqlite": run(command_of(options.steps), YIWANG_DATABASE="")}
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    postgres = on_postgres(command_of(options.steps), server)
    if postgres is None:
        print(f"PostgreSQL does not answer at {server}: not measured")
    else:
        found["postgresql"] = postgres
    spiff = command_of(options.steps, options.spiff)
    report(found, run(spiff, YIWANG_DATABASE="") if options.spiff else None)


if __name__ == "__main__":
    main()
