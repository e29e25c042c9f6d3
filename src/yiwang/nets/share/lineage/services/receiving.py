"""Taking in what jobs outside tell of their runs. 接收血缘事件。

A run tells in several events: its inputs when it starts, its outputs when it ends. What it has said
so far is kept with it; what it says of an output ends what earlier runs of the job said of that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import InvalidInput, NotPermitted, TooMany
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EDIT
from yiwang.nets.share.lineage.models import Edge, Job, Node, OutsideRun
from yiwang.nets.share.lineage.types import (
    WHOLE,
    Column,
    DatasetFacts,
    DatasetKind,
    DatasetName,
    Flow,
    RunState,
)

from .permissions import TELL
from .recording import end_edges, hold_job, place_columns, place_datasets, write_edges
from .shapes import Told, ToldDataset, read_event

LARGEST = 1 << 20
"""Bytes of one event. 单个事件上限。"""
MOST_OF_OWNER = 500_000
"""Edges that one organization may have told of, ended ones among them. 单位血缘边上限。"""
MOST_OF_RUN = 1_000
OVER = (RunState.FAIL, RunState.ABORT)


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken in of an event. 接收结果。"""

    job: Job
    run: str
    edges: int


def receive_event(actor: Actor, event: Mapping[str, Any], *, size: int = 0) -> Received:
    """Take in one OpenLineage event of a job outside. 接收血缘事件。

    Holders of `share.lineage.tell`. A job is its first teller's: others may not tell of it, and
    nobody of the jobs of this node. Of our own datasets an event may name resources that the
    teller may know of, and as made by it those that the teller may edit.
    """
    actor.require(TELL)
    if size > LARGEST:
        raise InvalidInput(
            "lineage.event.large", "An event may have %(most)s bytes, not %(size)s",
            most=LARGEST, size=size,
        )  # fmt: skip
    told = read_event(event)
    facts = _know_ours(actor, told)
    on = Ref("share.lineage_job", "", told.job.name[:200])
    with ledger.acting(actor, "share.lineage.tell", on=on) as act:
        job = _hold(actor, told.job)
        act.on = Ref("share.lineage_job", str(job.pk), told.job.name[:200])
        edges = _record(actor, job, told, facts)
        act.note(run=told.run, state=told.state, edges=edges)
    return Received(job, told.run, edges)


def _hold(actor: Actor, name: DatasetName) -> Job:
    if name.namespace == catalog.get_dataset_namespace():
        raise NotPermitted("lineage.job.ours", "This node alone tells of its own jobs")
    job = hold_job(name, owner=actor.organization or "")
    if job.owner != (actor.organization or "") and actor.permissions.get(TELL) != "all":
        raise NotPermitted(
            "lineage.job.others", "Another organization tells of the job %(job)s", job=name.name
        )
    return job


def _know_ours(actor: Actor, told: Told) -> dict[DatasetName, DatasetFacts]:
    """The resources of this node that the event names; the others of our names are refused."""
    here = catalog.get_dataset_namespace()
    named = {one for one in _names_in(told) if one.namespace == here}
    if not named:
        return {}
    rows = catalog.visible_resources(actor).filter(code__in=sorted(one.name for one in named))
    known = {DatasetName(here, one.code): one for one in rows}
    made = {one.name for one in told.outputs}
    for name in sorted(named, key=lambda one: one.name):
        resource = known.get(name)
        if resource is None:
            raise InvalidInput(
                "lineage.dataset.unknown", "This node has no dataset %(name)s", name=name.name
            )
        if name in made:
            actor.require(EDIT, organization=resource.owner)
    return {
        name: DatasetFacts(DatasetKind.RESOURCE, one.id, one.owner) for name, one in known.items()
    }


def _names_in(told: Told) -> set[DatasetName]:
    links = [link for one in told.outputs for link in one.links or ()]
    return {one.name for one in (*told.inputs, *told.outputs)} | {
        link.source.dataset for link in links
    }


def _record(actor: Actor, job: Job, told: Told, facts: Mapping[DatasetName, DatasetFacts]) -> int:
    run = _note_run(actor, job, told)
    if told.state in OVER or _is_overtaken(job, told):
        run.save()
        return 0
    owner = actor.organization or ""
    ids = _place(told, facts, owner)
    _gather(run, told, ids)
    links = [link for one in told.outputs for link in one.links or ()]
    flow = Flow(job_name(job), told.run, told.at, tuple(links), facts, owner)
    _refuse_full(job, len(links))
    edges = write_edges(job, flow) + _write_wholes(job, run, told)
    _end_others(job, run, told, ids)
    run.save()
    return edges


def job_name(job: Job) -> DatasetName:
    """A job's name. 作业名。"""
    return DatasetName(job.namespace, job.name)


def _note_run(actor: Actor, job: Job, told: Told) -> OutsideRun:
    run = OutsideRun.objects.filter(job=job, run=told.run).first()
    run = run or OutsideRun(job=job, run=told.run, account=actor.id, last_at=told.at)
    if told.at >= run.last_at:
        run.state, run.last_at = told.state, told.at
    return run


def _is_overtaken(job: Job, told: Told) -> bool:
    """Whether a later run of the job has told already: the last one has the last word."""
    others = OutsideRun.objects.filter(job=job, last_at__gt=told.at)
    return others.exclude(run=told.run).exclude(state__in=OVER).exists()


def _place(
    told: Told, facts: Mapping[DatasetName, DatasetFacts], owner: str
) -> dict[DatasetName, int]:
    """Every dataset that is named, with the columns that it is said to have."""
    named: Iterable[ToldDataset] = (*told.inputs, *told.outputs)
    ids = place_datasets({one.name for one in named}, facts, owner=owner)
    columns = {Column(one.name, name) for one in named for name in one.columns}
    links = [link for one in told.outputs for link in one.links or ()]
    # All at once and in one order, so that two who add the same columns do not wait in a circle.
    columns |= {end for link in links for end in (link.source, link.target)}
    if any(one.links is None for one in told.outputs):
        columns |= {Column(one.name) for one in named}
    place_columns(columns, facts, owner=owner)
    return ids


def _gather(run: OutsideRun, told: Told, ids: Mapping[DatasetName, int]) -> None:
    inputs = {*run.inputs, *(ids[one.name] for one in told.inputs)}
    outputs = dict(run.outputs)
    for one in told.outputs:
        key = str(ids[one.name])
        outputs[key] = bool(outputs.get(key)) or one.links is not None
    if len(inputs) + len(outputs) > MOST_OF_RUN:
        raise InvalidInput(
            "lineage.run.large", "One run may name at most %(most)s datasets", most=MOST_OF_RUN
        )
    run.inputs, run.outputs = sorted(inputs), outputs


def _write_wholes(job: Job, run: OutsideRun, told: Told) -> int:
    """Of outputs whose columns nobody explained, all follows from all of the inputs."""
    targets = [int(key) for key, explained in run.outputs.items() if not explained]
    sources = [one for one in run.inputs if one not in targets]
    if len(targets) * len(sources) > MOST_OF_RUN * 10:
        raise InvalidInput(
            "lineage.run.large", "One run may name at most %(most)s datasets", most=MOST_OF_RUN
        )
    nodes = _wholes([*sources, *targets])
    edges = [
        Edge(
            job=job, source_id=nodes[one], target_id=nodes[other], run=told.run,
            first_at=told.at, last_at=told.at,
        )
        for one in sources
        for other in targets
    ]  # fmt: skip
    Edge.objects.bulk_create(
        edges, batch_size=100, update_conflicts=True, unique_fields=["job", "source", "target"],
        update_fields=["run", "last_at", "ended_at"],
    )  # fmt: skip
    return len(edges)


def _wholes(datasets: Iterable[int]) -> dict[int, int]:
    wanted = sorted(set(datasets))
    made = [Node(dataset_id=one, column=WHOLE) for one in wanted]
    Node.objects.bulk_create(made, batch_size=200, ignore_conflicts=True)
    rows = Node.objects.filter(dataset__in=wanted, column=WHOLE)
    return dict(rows.values_list("dataset", "id"))


def _end_others(job: Job, run: OutsideRun, told: Told, ids: Mapping[DatasetName, int]) -> None:
    """What earlier runs said of these outputs, and what this one said of them less exactly."""
    made = [ids[one.name] for one in told.outputs]
    if made:
        end_edges(job, keep=told.run, at=told.at, targets=made)
    explained = [int(key) for key, yes in run.outputs.items() if yes]
    rough = Edge.objects.filter(
        job=job, ended_at=None, source__column=WHOLE, target__column=WHOLE,
        target__dataset__in=explained,
    )  # fmt: skip
    rough.update(ended_at=told.at)


def _refuse_full(job: Job, more: int) -> None:
    if more and Edge.objects.filter(job__owner=job.owner).count() + more > MOST_OF_OWNER:
        raise TooMany(
            "lineage.edges.full",
            "Your organization has told of %(most)s edges; old ones go after a year",
            most=MOST_OF_OWNER,
        )
