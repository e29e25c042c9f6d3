"""Origin and impact over 100,000 edges, six hops far. 血缘追溯基准。

    python -m tests.performance.bench_lineage [--edges 100000] [--looks 120]

Two graphs of seven layers in one run each: one as registers have it (most columns go to one or two
others, one in a hundred to a hundred), and one that is dense everywhere, so that six hops reach
thousands. Columns are drawn at random at either end, so that there are six hops to go; the whole answer with the hops
and masks of every column. The floors in the same run: one bare recursive statement that gives the ids alone, and a
walk in Python over edges that lie in memory already. PostgreSQL is measured where `PG` answers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from .bench_cases import _prepare, on_postgres, run

DATABASE = "yiwang_bench_lineage"
LAYERS, COLUMNS, HOPS, BLOCK = 7, 40, 6, 5_000
GOAL = 0.5
GRAPHS = {"registers": 250, "dense": 60}
"""Datasets of a layer: the fewer, the denser at the same number of edges. 每层数据集数。"""
RECURSIVE = """
WITH RECURSIVE reach(node, hop) AS (
    SELECT CAST(%s AS bigint), 0
    UNION
    SELECT e.{far}_id, r.hop + 1 FROM reach r
    JOIN lineage_edge e ON e.{near}_id = r.node AND e.ended_at IS NULL
    WHERE r.hop < %s
)
SELECT DISTINCT node FROM reach
"""


def measured(graph: str, edges: int, looks: int) -> None:
    """Make a graph and time each way over it. 单进程测量。"""
    _prepare()
    chance = random.Random(7)
    pairs = _make(graph, edges, chance)
    sources, targets = ({pair[side] for pair in pairs} for side in (0, 1))
    ends = {"impact": sorted(sources - targets), "origin": sorted(targets - sources)}
    ways = [(one, way) for way, nodes in ends.items() for one in chance.sample(nodes, looks // 2)]
    beyond = {"impact": defaultdict(list), "origin": defaultdict(list)}
    for source, target in pairs:
        beyond["impact"][source].append(target)
        beyond["origin"][target].append(source)
    sizes = [len(_walk(beyond[way], one)) for one, way in ways]
    found = {
        "edges": len(pairs),
        "reached": [median(sizes), max(sizes)],
        "ours": _times(_ours, ways),
        "recursive": _times(_recursive, ways),
        "memory": _times(lambda one, way: _walk(beyond[way], one), ways),
    }
    print(json.dumps(found))


def _ours(node: int, way: Any) -> int:
    from yiwang.nets.share.lineage import services
    from yiwang.nets.share.lineage.models import Node

    start = Node.objects.get(pk=node)
    found = services.trace(start.dataset_id, way, columns=[start.column], hops=HOPS)
    assert not found.cut
    return len(found.reach(node))


def _recursive(node: int, way: Any) -> int:
    from django.db import connection

    near, far = ("source", "target") if way == "impact" else ("target", "source")
    with connection.cursor() as cursor:
        cursor.execute(RECURSIVE.format(near=near, far=far), [node, HOPS])
        return len(cursor.fetchall())


def _walk(beyond: dict[int, list[int]], start: int) -> set[int]:
    seen, frontier = {start}, [start]
    for _ in range(HOPS):
        frontier = list({far for near in frontier for far in beyond.get(near, ())} - seen)
        seen |= set(frontier)
    return seen - {start}


def _times(look: Callable[[int, str], Any], ways: list[tuple[int, str]]) -> list[float]:
    """Median and 95th percentile, in seconds. 中位数与 95 分位。"""
    taken = []
    for one, way in ways:
        begun = time.perf_counter()
        look(one, way)
        taken.append(time.perf_counter() - begun)
    return [median(taken), quantiles(taken, n=20)[-1]]


def _make(graph: str, edges: int, chance: random.Random) -> list[tuple[int, int]]:
    from django.db import connection

    from yiwang.kernel.base.clock import now
    from yiwang.nets.share.lineage.models import Edge, Job

    layers = [_layer(level, GRAPHS[graph]) for level in range(LAYERS)]
    found: set[tuple[int, int]] = set()
    while len(found) < edges:
        level = chance.randrange(LAYERS - 1)
        source = chance.choice(layers[level])
        many = 100 if graph == "registers" and chance.random() < 0.01 else 1
        found |= {(source, chance.choice(layers[level + 1])) for _ in range(many)}
    pairs = sorted(found)[:edges] if graph == "dense" else sorted(found)
    job, moment = Job.objects.create(namespace="bench", name=graph), now()
    for at in range(0, len(pairs), BLOCK):
        Edge.objects.bulk_create(
            Edge(
                job=job, source_id=source, target_id=target, run="1", first_at=moment,
                last_at=moment, masking=chance.random() < 0.1,
            )
            for source, target in pairs[at : at + BLOCK]
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return pairs


def _layer(level: int, datasets: int) -> list[int]:
    from yiwang.nets.share.lineage.models import Dataset, Node

    made = [Dataset(namespace="bench", name=f"{level}.{at}") for at in range(datasets)]
    Dataset.objects.bulk_create(made)
    nodes = [Node(dataset=one, column=f"c{at}") for one in made for at in range(COLUMNS)]
    Node.objects.bulk_create(nodes, batch_size=BLOCK)
    return [one.pk for one in nodes]


def report(name: str, found: dict[str, Any]) -> None:
    """Print figures and goals. 报告。"""
    (ours, late), (bare, bare_late) = found["ours"], found["recursive"]
    memory = found["memory"][1]
    print(
        f"{name}: {found['edges']:,} edges, {HOPS} hops reach {found['reached'][0]:,.0f} columns "
        f"(most {found['reached'][1]:,})"
    )
    print(
        f"  p95 {late * 1000:.1f} ms, median {ours * 1000:.1f} ms (goal p95 {GOAL * 1000:.0f}); "
        f"bare recursive SQL p95 {bare_late * 1000:.1f} ms, median {bare * 1000:.1f}; "
        f"ratio {late / bare_late:.2f}; walk in memory p95 {memory * 1000:.1f} ms"
    )


def main() -> None:
    """Measure both graphs on both databases. 入口。"""
    parser = argparse.ArgumentParser()
    parser.add_argument("--edges", type=int, default=100_000)
    parser.add_argument("--looks", type=int, default=120)
    parser.add_argument("--work", choices=list(GRAPHS))
    said = parser.parse_args()
    if said.work:
        measured(said.work, said.edges, said.looks)
        return
    server = os.environ.get("PG", "postgresql://postgres@127.0.0.1:5432/yiwang")
    for graph in GRAPHS:
        command = [sys.executable, "-m", "tests.performance.bench_lineage", "--work", graph,
                   "--edges", str(said.edges), "--looks", str(said.looks)]  # fmt: skip
        report(f"SQLite, {graph}", run(command, YIWANG_DATABASE=""))
        other = on_postgres(command, server, DATABASE)
        if other:
            report(f"PostgreSQL, {graph}", other)


if __name__ == "__main__":
    main()
