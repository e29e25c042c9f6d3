"""Keeping edges: what a run says holds, what it says no longer is ended. 记录血缘。

Sources and targets are looked up and added in bulk, so that a register of a thousand columns costs
a few statements. Two who record at once wait for each other at the job; what either adds twice is
kept once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from yiwang.nets.share.lineage.models import Dataset, Edge, Job, Node
from yiwang.nets.share.lineage.types import (
    Column,
    DatasetFacts,
    DatasetKind,
    DatasetName,
    EdgeKind,
    Flow,
    Link,
)

AT_ONCE = 400
"""Rows asked for or written in one statement: SQLite binds no more than so many values. 批量上限。"""
OUTSIDE = DatasetFacts(DatasetKind.OUTSIDE)


def hold_job(name: DatasetName, *, owner: str = "") -> Job:
    """The job of that name, made if new, locked for the rest of the transaction. 锁定作业。"""
    Job.objects.get_or_create(namespace=name.namespace, name=name.name, defaults={"owner": owner})
    return Job.objects.select_for_update().get(namespace=name.namespace, name=name.name)


def record_job(name: DatasetName, collect: Callable[[], Flow | None]) -> Flow | None:
    """Bring the edges of one of our own jobs to what its module holds now. 更新自有作业血缘。

    `collect` is asked with the job locked, so that the last one to ask has the last word, whatever
    the order in which events come. None ends all edges of the job.
    """
    with transaction.atomic():
        job = hold_job(name)
        flow = collect()
        if flow is not None:
            write_edges(job, flow)
        end_edges(job, keep=flow.run if flow else "", at=flow.at if flow else None)
    return flow


def write_edges(job: Job, flow: Flow, *, first: datetime | None = None) -> int:
    """Write the links of a flow as edges of a job; how many. 写入血缘边。

    `first` says since when new ones are known, where that is earlier than the flow.
    """
    links = merge_links(flow.links)
    nodes = place_columns(
        {one for link in links for one in (link.source, link.target)}, flow.facts, owner=flow.owner
    )
    edges = [
        Edge(
            job=job, source_id=nodes[link.source], target_id=nodes[link.target], kind=link.kind,
            masking=link.masking, run=flow.run, first_at=first or flow.at,
            last_at=flow.at,
        )
        for link in links
    ]  # fmt: skip
    Edge.objects.bulk_create(
        edges,
        batch_size=AT_ONCE // 4,
        update_conflicts=True,
        unique_fields=["job", "source", "target"],
        update_fields=["kind", "masking", "run", "last_at", "ended_at"],
    )
    return len(edges)


def end_edges(job: Job, *, keep: str, at: datetime | None, targets: Iterable[int] = ()) -> int:
    """End what no longer follows: the job's edges that run `keep` did not see. 终止血缘边。

    With `targets` only edges into those datasets.
    """
    open_ones = Edge.objects.filter(job=job, ended_at=None).exclude(run=keep)
    wanted = list(targets)
    if wanted:
        open_ones = open_ones.filter(target__dataset__in=wanted)
    moment = at or open_ones.aggregate(last=Max("last_at"))["last"]
    return open_ones.update(ended_at=moment) if moment else 0


def merge_links(links: Iterable[Link]) -> list[Link]:
    """One link for each pair of columns: values before rows, whole before masked. 合并血缘。

    Where values come through on one way as they are, they do come through.
    """
    found: dict[tuple[Column, Column], Link] = {}
    for link in links:
        pair = (link.source, link.target)
        found[pair] = _stronger(found[pair], link) if pair in found else link
    return list(found.values())


def _stronger(first: Link, second: Link) -> Link:
    direct = [one for one in (first, second) if one.kind == EdgeKind.DIRECT]
    if len(direct) == 1:
        return direct[0]
    return first if not first.masking else second


def place_columns(
    columns: Iterable[Column], facts: Mapping[DatasetName, DatasetFacts], *, owner: str = ""
) -> dict[Column, int]:
    """The node of each column, added where it is new. 取列节点。"""
    wanted = sorted(columns, key=lambda one: (one.dataset.namespace, one.dataset.name, one.name))
    datasets = place_datasets({one.dataset for one in wanted}, facts, owner=owner)
    keys = {(datasets[one.dataset], one.name): one for one in wanted}
    found = _find_nodes(keys)
    missing = [key for key in keys if key not in found]
    if missing:
        made = [Node(dataset_id=dataset, column=name) for dataset, name in missing]
        Node.objects.bulk_create(made, batch_size=AT_ONCE, ignore_conflicts=True)
        found |= _find_nodes(missing)
    return {column: found[key] for key, column in keys.items()}


def _find_nodes(keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    of_dataset: dict[int, list[str]] = {}
    for dataset, name in keys:
        of_dataset.setdefault(dataset, []).append(name)
    for dataset, names in of_dataset.items():
        for few in batched(names):
            rows = Node.objects.filter(dataset=dataset, column__in=few)
            found |= {(dataset, name): pk for name, pk in rows.values_list("column", "id")}
    return found


def place_datasets(
    names: Iterable[DatasetName], facts: Mapping[DatasetName, DatasetFacts], *, owner: str = ""
) -> dict[DatasetName, int]:
    """The row of each dataset, added where it is new; what is known of ours is kept right. 取数据集。"""
    wanted = sorted(set(names), key=lambda one: (one.namespace, one.name))
    known = _find_datasets(wanted)
    fresh = []
    for name in wanted:
        fact = facts.get(name)
        row = known.get(name)
        if row is None:
            fact = fact or DatasetFacts(DatasetKind.OUTSIDE, owner=owner)
            fresh.append(_dataset(name, fact))
        elif fact and (row.kind, row.about, row.owner) != (fact.kind, fact.about, fact.owner):
            Dataset.objects.filter(pk=row.pk).update(
                kind=fact.kind, about=fact.about, owner=fact.owner
            )
    if fresh:
        Dataset.objects.bulk_create(fresh, batch_size=AT_ONCE // 4, ignore_conflicts=True)
        known |= _find_datasets([DatasetName(one.namespace, one.name) for one in fresh])
    return {name: row.id for name, row in known.items()}


def _dataset(name: DatasetName, fact: DatasetFacts) -> Dataset:
    return Dataset(
        namespace=name.namespace, name=name.name, kind=fact.kind, about=fact.about, owner=fact.owner
    )


def _find_datasets(names: Iterable[DatasetName]) -> dict[DatasetName, Dataset]:
    found: dict[DatasetName, Dataset] = {}
    spaces: dict[str, list[str]] = {}
    for one in names:
        spaces.setdefault(one.namespace, []).append(one.name)
    for space, wanted in spaces.items():
        for few in batched(wanted):
            for row in Dataset.objects.filter(Q(namespace=space), name__in=few):
                found[DatasetName(row.namespace, row.name)] = row
    return found


def batched(found: list[str]) -> Iterable[list[str]]:
    """Some at a time. 分批。"""
    return (found[at : at + AT_ONCE] for at in range(0, len(found), AT_ONCE))
