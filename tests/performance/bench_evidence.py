"""Entries and proofs a second of the evidence log. 存证基准。

    python -m tests.performance.bench_evidence [--entries 20000]

Entries are given their places, written as tiles and signed in batches of 500, every file synced and
every transaction durable; beside it a floor in the same run: the same leaves hashed and appended to
one file that is synced once a batch. What entering costs within an act is measured beside the bare
act. Proofs are taken at random places of trees of growing size, each reading its tiles anew, and
checked beside it. PostgreSQL is measured where `PG` answers.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from .bench_cases import _prepare, on_postgres, run

DATABASE = "yiwang_bench_evidence"
BATCH, ACTS, PROOFS = 500, 300, 500
GOAL, PROOF_GOAL = 5_000, 500


def measured(entries: int) -> None:
    """Fill the log and time each. 单进程测量。"""
    _prepare()
    from yiwang.kernel.evidence import services
    from yiwang.kernel.evidence.services import sequencing

    sequencing.BATCH = BATCH
    found: dict[str, Any] = {"act": _act(entering=False), "entered": _act(entering=True)}
    services.sequence()
    sizes = [entries // 20, entries // 4, entries]
    taken, proofs, before = [], [], 0
    for size in sizes:
        _insert(size - before)
        begun = time.perf_counter()
        services.sequence()
        taken.append((size - before) / (time.perf_counter() - begun))
        proofs.append(_prove())
        before = size
    found |= {"entries": taken[-1], "floor": _floor(sizes[-1] - sizes[-2])}
    found |= {"sizes": sizes, "proofs": [one[0] for one in proofs], "checks": proofs[-1][1]}
    print(json.dumps(found))


def _insert(count: int) -> None:
    from yiwang.kernel.base.clock import now
    from yiwang.kernel.evidence.formats.leaves import write_leaf, write_record
    from yiwang.kernel.evidence.models import Entry

    rows = []
    for at in range(count):
        record = write_record({"kind": "bench", "at": at, "facts": {"rows": at}})
        rows.append(Entry(
            kind="bench", about="bench/1", act_id="x", at=now(), record=record.decode(),
            leaf=write_leaf(record).decode(),
        ))  # fmt: skip
    Entry.objects.bulk_create(rows, batch_size=500)


def _act(*, entering: bool) -> float:
    """Milliseconds of an act, the median. 单次行为。"""
    from yiwang.kernel.base.act import SYSTEM, Ref
    from yiwang.kernel.evidence import services
    from yiwang.kernel.ledger.services import acting

    taken = []
    for at in range(ACTS):
        begun = time.perf_counter()
        with acting(SYSTEM, "bench.done", on=Ref("bench", "1")) as act:
            if entering:
                services.record_evidence(act, "bench.done", {"at": at})
        taken.append(time.perf_counter() - begun)
    return median(taken) * 1000


def _floor(count: int) -> float:
    """Entries a second that are hashed and appended, one sync for each batch. 下限。"""
    from yiwang.kernel.evidence.formats.tree import hash_leaf
    from yiwang.kernel.evidence.models import Entry

    leaves = [one.encode() for one in Entry.objects.values_list("leaf", flat=True)[:count]]
    begun = time.perf_counter()
    with (Path(os.environ["YIWANG_TEST_HOME"]) / "floor").open("wb") as out:
        for first in range(0, count, BATCH):
            for leaf in leaves[first : first + BATCH]:
                out.write(hash_leaf(leaf) + leaf)
            out.flush()
            os.fsync(out.fileno())
    return count / (time.perf_counter() - begun)


def _prove() -> tuple[float, float]:
    """Proofs and checks of them a second. 证明速度。"""
    from yiwang.kernel.evidence.formats import tree
    from yiwang.kernel.evidence.models import Log
    from yiwang.kernel.evidence.services.logs import tiles_of
    from yiwang.kernel.evidence.services.proving import prove_place

    log = Log.objects.get()
    chance = random.Random(1)
    places = [chance.randrange(log.shown_size) for _ in range(PROOFS)]
    begun = time.perf_counter()
    for place in places:
        prove_place(log, place, "leaf")
    proven = PROOFS / (time.perf_counter() - begun)
    read = tiles_of(log).reader(log.shown_size)
    paths = [tree.prove_inclusion(read, place, log.shown_size) for place in places]
    begun = time.perf_counter()
    for place, path in zip(places, paths, strict=True):
        tree.root_of_inclusion(bytes(32), place, log.shown_size, path)
    return proven, PROOFS / (time.perf_counter() - begun)


def report(found: dict[str, dict[str, Any]]) -> None:
    """Print figures and goals. 报告。"""
    for name, one in found.items():
        print(
            f"{name}: {one['entries']:,.0f} entries/s in batches of {BATCH} (goal {GOAL:,}); hashed "
            f"and appended alone {one['floor']:,.0f}/s, ratio {one['floor'] / one['entries']:.0f}; "
            f"an act {one['act']:.2f} ms, entered {one['entered']:.2f} ms"
        )
        told = ", ".join(
            f"{speed:,.0f}/s at {size:,}"
            for size, speed in zip(one["sizes"], one["proofs"], strict=True)
        )
        slower = one["proofs"][0] / one["proofs"][-1]
        may = math.log2(one["sizes"][-1]) / math.log2(one["sizes"][0])
        print(
            f"  proofs {told} (goal {PROOF_GOAL}); {slower:.2f} times slower, by the logarithm "
            f"{may:.2f}; checks {one['checks']:,.0f}/s"
        )


def main() -> None:
    """Measure both databases. 入口。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--work", action="store_true")
    said = parser.parse_args()
    if said.work:
        measured(said.entries)
        return
    command = [sys.executable, "-m", "tests.performance.bench_evidence", "--work",
               "--entries", str(said.entries)]  # fmt: skip
    found = {"SQLite": run(command, YIWANG_DATABASE="")}
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    other = on_postgres(command, server, DATABASE)
    if other:
        found["PostgreSQL"] = other
    report(found)


if __name__ == "__main__":
    main()
