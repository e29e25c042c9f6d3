"""`make bench`: speed as ratios inside one run, and peak memory. 性能基准。

Each piece of work runs in a process of its own, in turns, so that a busy machine slows both sides
of a ratio alike; the median of the turns counts. The goals are held in processor seconds, which a
busy machine disturbs least; wall seconds stand beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from .persons import persons_sql, write_persons
from .work import THREADS, WORK, plain

# What is asked: our work, the bare work it is measured against, the ratio in words, the goal.
GOALS = (
    ("land_utf8", ("floor_landing",), "rate", 0.5),
    ("land_gb18030", ("floor_landing",), "rate", 0.25),
    ("keep_bytes", ("floor_bytes",), "times", 3.0),
    ("compare_counts", ("floor_join",), "times", 3.0),
    ("compare_rows", ("floor_join",), "times", 5.0),
    ("compare_alternate_counts", ("floor_join", "floor_alternate_join"), "times", 3.0),
    ("compare_alternate_rows", ("floor_join", "floor_alternate_join"), "times", 5.0),
)


def make_inputs(folder: Path, rows: int) -> None:
    """The two registers as CSV and Parquet, one also in GB18030. 生成输入。"""
    write_persons(folder / "left.csv", rows)
    with (folder / "left.csv").open(encoding="utf-8", newline="") as source:
        with (folder / "gb18030.csv").open("w", encoding="gb18030", newline="") as target:
            while block := source.read(1 << 22):
                target.write(block)
    connection = plain()
    options = "FORMAT parquet, COMPRESSION zstd"
    connection.execute(f"COPY ({persons_sql(rows)}) TO '{folder}/left.parquet' ({options})")
    other = f"SELECT * FROM ({persons_sql(rows + rows // 33, changed=40)})"
    other += " WHERE hash(household_no) % 50 <> 3"
    connection.execute(f"COPY ({other}) TO '{folder}/right.parquet' ({options})")


def measure(folder: Path, turns: int) -> dict[str, dict[str, float]]:
    """Every piece of work, in turns; the median of each figure. 测量。"""
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in WORK}
    for _ in range(turns):
        for name in WORK:
            taken[name].append(run_one(folder, name))
    return {
        name: {figure: median(one[figure] for one in found) for figure in found[0]}
        for name, found in taken.items()
    }


def run_one(folder: Path, name: str) -> dict[str, float]:
    """One piece of work in its own process. 单项。"""
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as home:
        environment = os.environ | {"YIWANG_BENCH": str(folder), "YIWANG_TEST_HOME": home}
        done = subprocess.run(
            [sys.executable, "-m", "tests.performance.work", name],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(found: dict[str, dict[str, float]]) -> bool:
    """Print figures and ratios; whether every goal is met. 报告。"""
    print(f"{'work':<28}{'wall s':>9}{'CPU s':>9}{'peak MB':>10}")
    for name, figures in found.items():
        print(f"{name:<28}{figures['wall']:>9.2f}{figures['cpu']:>9.2f}{figures['peak_mb']:>10.0f}")
    print(f"\n{'ratio within this run':<28}{'wall':>9}{'CPU':>9}{'goal':>10}")
    met = True
    for name, floors, kind, goal in GOALS:
        ratios = {}
        for figure in ("wall", "cpu"):
            floor = sum(found[one][figure] for one in floors)
            ours = found[name][figure]
            ratios[figure] = floor / ours if kind == "rate" else ours / floor
        good = ratios["cpu"] >= goal if kind == "rate" else ratios["cpu"] <= goal
        met = met and good
        sign = "≥" if kind == "rate" else "≤"
        print(
            f"{name:<28}{ratios['wall']:>9.2f}{ratios['cpu']:>9.2f}{sign:>5}{goal:>5.2f}"
            f"  {'met' if good else 'MISSED'}  against {' + '.join(floors)}"
        )
    return met


def main() -> None:
    """Run the benchmark. 运行基准。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    print(f"{options.rows:,} rows, {THREADS} threads, median of {options.turns} turns")
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as folder:
        make_inputs(Path(folder), options.rows)
        report(measure(Path(folder), options.turns))


if __name__ == "__main__":
    main()
