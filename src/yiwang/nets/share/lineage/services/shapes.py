"""Reading an OpenLineage event: its shape, its limits, what it says. 读取血缘事件。

The schema is our own reading of the published one, with limits; whatever else an event carries is
let pass and not kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any

import jsonschema_rs

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput
from yiwang.nets.share.lineage.types import (
    Column,
    DatasetName,
    EdgeKind,
    Link,
    RunState,
)

DEEPEST = 32
MOST_LINKS = 20_000
DESIGNED = "design"
"""Stands for the run of what was told without one. 无运行。"""


@dataclass(frozen=True, slots=True)
class ToldDataset:
    """A dataset as an event tells of it. 事件中的数据集。

    `links` is None where the event does not say which columns it is made of.
    """

    name: DatasetName
    columns: tuple[str, ...] = ()
    links: tuple[Link, ...] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says. 事件内容。"""

    job: DatasetName
    run: str
    state: str
    at: datetime
    inputs: tuple[ToldDataset, ...]
    outputs: tuple[ToldDataset, ...]


@lru_cache(maxsize=1)
def _validator() -> jsonschema_rs.Draft202012Validator:
    text = (files("yiwang.nets.share.lineage.schemas") / "event.schema.json").read_text("utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text), validate_formats=True)


def read_event(event: Mapping[str, Any]) -> Told:
    """What an event says. 读取事件。

    InvalidInput names the place of what is not as the protocol says, too deep or too much.
    """
    _refuse_deep(event)
    error = next(_validator().iter_errors(dict(event)), None)
    if error is not None:
        place = "/".join(str(one) for one in error.instance_path) or "/"
        raise InvalidInput(
            "lineage.event.shape", "It is no OpenLineage event: %(place)s: %(problem)s",
            place=place[:200], problem=error.message[:300],
        )  # fmt: skip
    told = _read(event)
    if sum(len(one.links or ()) for one in told.outputs) > MOST_LINKS:
        raise InvalidInput(
            "lineage.event.links", "One event may say at most %(most)s times what a column is made of",
            most=MOST_LINKS,
        )  # fmt: skip
    return told


def _read(event: Mapping[str, Any]) -> Told:
    made = [event["dataset"]] if "dataset" in event else event.get("outputs") or []
    job = event.get("job")
    name = (
        DatasetName(job["namespace"], job["name"])
        if job
        else DatasetName(made[0]["namespace"], f"dataset/{made[0]['name']}"[:400])
    )
    return Told(
        job=name,
        run=str(event["run"]["runId"]).lower() if "run" in event else DESIGNED,
        state=event.get("eventType") or RunState.OTHER,
        at=_read_time(event["eventTime"]),
        inputs=tuple(_read_dataset(one) for one in event.get("inputs") or []),
        outputs=tuple(_read_dataset(one) for one in made),
    )


def _read_time(text: str) -> datetime:
    """A moment; one that has not come yet counts as now."""
    return min(datetime.fromisoformat(text.upper()), now())


def _read_dataset(found: Mapping[str, Any]) -> ToldDataset:
    name = DatasetName(found["namespace"], found["name"])
    facets = found.get("facets") or {}
    fields = facets.get("schema", {}).get("fields") or []
    lineage = facets.get("columnLineage")
    return ToldDataset(
        name,
        tuple(dict.fromkeys(one["name"] for one in fields)),
        tuple(_read_links(name, lineage)) if lineage is not None else None,
    )


def _read_links(target: DatasetName, facet: Mapping[str, Any]) -> Iterator[Link]:
    for column, made in facet["fields"].items():
        old = str(made.get("transformationType") or "").upper() == "MASKED"
        for one in made["inputFields"]:
            yield _read_link(one, Column(target, column), masked=old)
    for one in facet.get("dataset") or []:
        link = _read_link(one, Column(target), masked=False)
        yield Link(link.source, link.target, EdgeKind.INDIRECT, link.masking)


def _read_link(found: Mapping[str, Any], target: Column, *, masked: bool) -> Link:
    """One input column; values come whole if on one way they do."""
    source = Column(DatasetName(found["namespace"], found["name"]), found["field"])
    ways = found.get("transformations") or []
    direct = [one for one in ways if one["type"].upper() != EdgeKind.INDIRECT]
    kind = EdgeKind.DIRECT if direct or not ways else EdgeKind.INDIRECT
    counted = direct or ways
    masking = all(one.get("masking") for one in counted) if counted else masked
    return Link(source, target, kind, bool(masking))


def _refuse_deep(event: Mapping[str, Any]) -> None:
    waiting: list[tuple[Any, int]] = [(event, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > DEEPEST:
            raise InvalidInput(
                "lineage.event.deep", "The event is nested more than %(most)s deep", most=DEEPEST
            )
        inside = one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
        waiting += [(each, depth + 1) for each in inside if isinstance(each, dict | list)]
