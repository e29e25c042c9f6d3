"""How soon the command line and the node answer. 启动基准。

`python -m tests.performance.bench_start`: the help of the command line against an interpreter that
does nothing, the second start of a node to its first page against the goal of 5 seconds, and 100
claims of jobs among 10,000 waiting against 100 claims among 100.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.operations.conftest import Node

TURNS = 5
CLAIMS = """
from datetime import timedelta
from time import perf_counter
from yiwang.kernel.base.clock import now
from yiwang.kernel.jobs.models import Job
from yiwang.kernel.jobs.services.queue import claim
Job.objects.all().delete()
moment = now()
def more(count, **changes):
    given = dict(kind="jobs.clean", actor_id="system", max_attempts=3, lease_seconds=60)
    given |= {"created_at": moment, "run_at": moment} | changes
    Job.objects.bulk_create(Job(**given) for _ in range(count))
def seconds_of(claims):
    begun = perf_counter()
    assert all(claim("bench") for _ in range(claims))
    return perf_counter() - begun
more(100)
few = seconds_of(100)
more(9_000)
more(1_000, run_at=moment + timedelta(days=1))
print(few, seconds_of(100))
"""


def seconds_of(command: list[str]) -> float:
    """The median wall time of a command. 命令用时。"""
    found = []
    for _ in range(TURNS):
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=os.environ | ENVIRONMENT)
        found.append(time.perf_counter() - begun)
    return median(found)


ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).resolve().parents[2] / "src")}


def main() -> None:
    """Run the benchmark. 运行基准。"""
    bare = seconds_of([sys.executable, "-c", "pass"])
    told = seconds_of([sys.executable, "-m", "yiwang.site.cli", "--help"])
    print(f"yiwang --help {told:.2f} s, {told / bare:.1f} times a bare interpreter (goal 0.3 s)")
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
        node = Node(Path(folder) / "home")
        node.run("init")
        with node.running() as first:
            first.first_page()
        with node.running() as second:
            _, seconds = second.first_page()
        print(f"second start to first page {seconds:.2f} s (goal 5 s)")
        few, many = map(float, node.python(CLAIMS).split())
        print(f"100 job claims: {many:.2f} s among 10,000, {many / few:.1f} times among 100")


if __name__ == "__main__":
    main()
