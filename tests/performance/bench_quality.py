"""Twenty rules and exact uniqueness over a register of persons, against a bare hash scan. 质量检查基准。

    python -m tests.performance.bench_quality [--rows 10000000] [--turns 3] [--gx PYTHON] [--keep FILE]

Each piece of work runs in a process of its own, in turns. `--gx` names the interpreter of an
environment with great_expectations 1.24 and pandas (their pins clash with ours): the same rules
over the same file, back to back. `--keep` writes the figures for `draw_quality`.
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
from pathlib import Path
from statistics import median
from typing import Any

from .persons import COLUMNS, persons_sql

FOLDER = Path(os.environ.get("YIWANG_BENCH", "."))
MEMORY = os.environ.get("YIWANG_BENCH_MEMORY", "1GB")
THREADS = min(os.cpu_count() or 1, 8)
ELEMENTS = {
    "id_no": "resident_id", "name": "person_name", "sex": "sex", "birth_date": "birth_date",
    "nation": "nation", "phone": "mobile_phone",
}  # fmt: skip


def make_inputs(folder: Path, rows: int) -> None:
    """The register, one percent more of it, and one percent of it changed; all text. 生成输入。"""
    connection = _plain()
    texts = ", ".join(f"{name}::VARCHAR AS {name}" for name in COLUMNS)
    more = max(rows // 100, 1)
    changed = (
        "SELECT * REPLACE ('x' AS phone) FROM"
        f" (FROM ({persons_sql(rows)}) WHERE hash(id_no) % 100 = 7)"
        " QUALIFY row_number() OVER (PARTITION BY id_no) = 1"
    )
    for name, query in (
        ("persons", persons_sql(rows)),
        ("more", f"FROM ({persons_sql(rows + more)}) LIMIT {more} OFFSET {rows}"),
        ("changed", changed),
    ):  # fmt: skip
        connection.execute(
            f"COPY (SELECT {texts} FROM ({query})) TO '{folder}/{name}.parquet'"
            " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )


def _plain() -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    return connection


def floor_hash() -> Callable[[], Any]:
    """Read and hash every value, nothing else."""
    connection = _plain()
    query = f"SELECT bit_xor(hash({', '.join(COLUMNS)})) FROM '{FOLDER}/persons.parquet'"
    return lambda: connection.execute(query).fetchall()


def rules() -> list[Any]:
    """Twenty rules, derived and declared, and one for uniqueness."""
    from yiwang.nets.share.catalog.types import ItemInfo
    from yiwang.nets.share.quality import services

    items = [ItemInfo(name, at, element=ELEMENTS.get(name, "")) for at, name in enumerate(COLUMNS)]
    declared = {
        "name_there": {"kind": "required", "fields": "name"},
        "address_there": {"kind": "required", "fields": "address"},
        "region": {"kind": "pattern", "fields": "region_code", "params": {"pattern": "[1-9][0-9]{5}"}},
        "household": {"kind": "pattern", "fields": "household_no", "params": {"pattern": "H[0-9]{9}"}},
        "relation": {"kind": "pattern", "fields": "relation", "params": {"pattern": "户主|配偶|子女|父母"}},
        "employer": {"kind": "pattern", "fields": "employer_code", "params": {"pattern": "91[0-9]{6}MA[0-9]{8}"}},
        "education": {"kind": "length", "fields": "education", "params": {"min": 2, "max": 4}},
        "amount": {"kind": "range", "fields": "base_amount", "params": {"min": 0, "max": 22000}},
        "head_of_house": {"kind": "condition",
                          "params": {"given": "relation = '户主'", "then": "household_no != ''"}},
    }  # fmt: skip
    found = services.derive_from(items, ("id_no",))
    return found + [services.build_rule(code, content) for code, content in declared.items()]


def full(*, with_rows: bool) -> Callable[[], Any]:
    """Our check of the whole register."""
    version = _land("persons")
    services, told = _services(), rules()
    return lambda: services.check_version(version, told, with_rows=with_rows)


def refresh(file: str, kind: str) -> Callable[[], Any]:
    """Our check after one percent came, standing on the check before."""
    _django()
    from yiwang.kernel.base.act import SYSTEM, Act, Ref
    from yiwang.kernel.pool import services as pool

    before = _land("persons", key=("id_no",))
    services, told = _services(), rules()
    checked = services.check_version(before, told)
    act = Act(SYSTEM, "bench", Ref("pool.table", "bench"))
    listing = pool.commit(act, pool.create_table(act, name="rows"), checked.listing)
    base = services.Base(before.id, listing.id, {r.spec.digest(): r for r in checked.results})
    after = _land(file, table=before.table_id, kind=kind, key=("id_no",))
    return lambda: services.check_version(after, told, base=base)


def _services() -> Any:
    from yiwang.nets.share.quality import services

    return services


def _land(name: str, *, table: str = "", kind: Any = "full", key: tuple[str, ...] = ()) -> Any:
    _django()
    from yiwang.kernel.base.act import SYSTEM, Act, Ref
    from yiwang.kernel.pool import services as pool
    from yiwang.kernel.pool.types import Staged, StagedPart

    act = Act(SYSTEM, "bench", Ref("pool.table", "bench"))
    target = pool.pool_folder() / "staging" / f"{name}-{os.getpid()}.parquet"
    os.link(FOLDER / f"{name}.parquet", target)
    found = _plain().execute(f"SELECT count(*) FROM '{target}'").fetchone()
    staged = Staged(COLUMNS, found[0], (StagedPart(target, "0" * 64, 1, found[0]),))
    table = table or pool.create_table(act, name=name)
    return pool.commit(act, table, staged, kind=kind, key=key)


def _django() -> None:
    import django
    from django.apps import apps
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    if apps.ready:
        return
    django.setup()
    from django.core.management import call_command

    settings.YIWANG_MEMORY_LIMIT = MEMORY
    call_command("migrate", verbosity=0)


WORK: dict[str, Callable[[], Callable[[], Any]]] = {
    "floor_hash": floor_hash,
    "check": lambda: full(with_rows=False),
    "check_and_list": lambda: full(with_rows=True),
    "refresh_append": lambda: refresh("more", "append"),
    "refresh_upsert": lambda: refresh("changed", "upsert"),
}
GOALS = (("check", "floor_hash", 4.5), ("check_and_list", "floor_hash", 4.5),
         ("refresh_append", "check_and_list", 0.05), ("refresh_upsert", "check_and_list", 0.05))  # fmt: skip
TIMES = (("cpu", 12), ("wall", 20))
PEAK_MB = 1024


def run_one(folder: Path, name: str, python: str = "") -> dict[str, float]:
    """One piece of work in its own process. 单项。"""
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-") as home:
        environment = os.environ | {"YIWANG_BENCH": str(folder), "YIWANG_TEST_HOME": home}
        command = [python, str(Path(__file__).with_name("gx_persons.py"))] if python else [
            sys.executable, "-m", "tests.performance.bench_quality", "--work", name,
        ]  # fmt: skip
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(name: str) -> None:
    """Prepare, run once, print. 执行一项。"""
    work = WORK[name]()
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    work()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": after.ru_maxrss / 1024}))


def report(found: dict[str, dict[str, float]]) -> None:
    """Print figures and ratios. 报告。"""
    print(f"{'work':<20}{'wall s':>9}{'CPU s':>9}{'peak MB':>10}")
    for name, one in found.items():
        print(f"{name:<20}{one['wall']:>9.2f}{one['cpu']:>9.2f}{one['peak_mb']:>10.0f}")
    for name, floor, goal in GOALS:
        if name in found and floor in found:
            ratio = found[name]["cpu"] / found[floor]["cpu"]
            told = "met" if ratio <= goal else "MISSED"
            print(f"{name:<20}{ratio:>9.3f} × the CPU of {floor}, goal ≤ {goal}  {told}")
    peak = max(one["peak_mb"] for name, one in found.items() if name != "great_expectations")
    print(f"peak memory {peak:.0f} MB, goal ≤ {PEAK_MB}  {'met' if peak <= PEAK_MB else 'MISSED'}")
    if "great_expectations" in found:
        for figure, goal in TIMES:
            ratio = found["great_expectations"][figure] / found["check"][figure]
            told = "met" if ratio >= goal else "MISSED"
            print(f"great_expectations takes {ratio:.1f} × our {figure}, goal ≥ {goal}  {told}")


def main() -> None:
    """Run the benchmark. 运行基准。"""
    parser = argparse.ArgumentParser(prog="python -m tests.performance.bench_quality")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=list(WORK))
    parser.add_argument("--gx", default="", metavar="PYTHON")
    parser.add_argument("--keep", type=Path, metavar="FILE")
    parser.add_argument("--work", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        measured(options.work)
        return
    print(f"{options.rows:,} rows, {THREADS} threads, {MEMORY}, median of {options.turns} turns")
    with tempfile.TemporaryDirectory(prefix="yiwang-bench-", dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        make_inputs(folder, options.rows)
        taken: dict[str, list[dict[str, float]]] = {}
        for _ in range(options.turns):
            for work in options.only:
                taken.setdefault(work, []).append(run_one(folder, work))
            if options.gx:
                taken.setdefault("great_expectations", []).append(
                    run_one(folder, "great_expectations", options.gx)
                )
    found = {
        name: {figure: median(one[figure] for one in turns) for figure in turns[0]}
        for name, turns in taken.items()
    }
    report(found)
    if options.keep:
        options.keep.write_text(json.dumps({"rows": options.rows, "found": found}), "utf-8")


if __name__ == "__main__":
    main()
