"""OpenLineage events of what this node does itself. 对外血缘事件。

Written when it happens and not changed later: an event says what was true then.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from yiwang.kernel.base.act import Actor
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.lineage.models import ToldEvent
from yiwang.nets.share.lineage.types import WHOLE, DatasetName, EdgeKind, Flow, Link

from .permissions import SEE
from .recording import merge_links

PRODUCER = "urn:yiwang:lineage"
SPEC = "https://openlineage.io/spec"
RUN_EVENT = f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACETS = {
    "columnLineage": f"{SPEC}/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet",
    "schema": f"{SPEC}/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet",
    "jobType": f"{SPEC}/facets/2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet",
}


def tell_flow(flow: Flow | None, about: str, *, grant: str = "") -> bool:
    """Put the event of a flow into the feed, once; whether it is new. 发布血缘事件。"""
    if flow is None or not flow.links:
        return False
    kind = flow.job.name.partition(".")[0]
    _, made = ToldEvent.objects.get_or_create(
        about=about[:200],
        defaults={
            "owner": flow.owner, "grant": grant, "at": flow.at,
            "event": write_event(flow, kind.upper()),
        },
    )  # fmt: skip
    return made


def write_event(flow: Flow, job_type: str) -> dict[str, Any]:
    """A flow as the RunEvent of a run that is complete. 写出血缘事件。"""
    links = merge_links(flow.links)
    return {
        "eventType": "COMPLETE",
        "eventTime": flow.at.isoformat(),
        "producer": PRODUCER,
        "schemaURL": RUN_EVENT,
        "run": {"runId": catalog.make_run_id(f"{flow.job.name}/{flow.run}")},
        "job": _name(flow.job) | {"facets": {"jobType": _facet(
            "jobType", processingType="BATCH", integration="YIWANG", jobType=job_type,
        )}},
        "inputs": [
            _dataset(name, (one.source.name for one in links if one.source.dataset == name))
            for name in dict.fromkeys(one.source.dataset for one in links)
        ],
        "outputs": [
            _output(name, [one for one in links if one.target.dataset == name])
            for name in dict.fromkeys(one.target.dataset for one in links)
        ],
    }  # fmt: skip


def _output(name: DatasetName, links: list[Link]) -> dict[str, Any]:
    found = _dataset(name, (one.target.name for one in links))
    fields: dict[str, Any] = {}
    rows = []
    for link in links:
        if link.target.name == WHOLE:
            rows.append(_input(link))
        else:
            fields.setdefault(link.target.name, {"inputFields": []})["inputFields"].append(
                _input(link)
            )
    told = {"fields": fields} | ({"dataset": rows} if rows else {})
    found["facets"]["columnLineage"] = _facet("columnLineage", **told)
    return found


def _input(link: Link) -> dict[str, Any]:
    subtype = "FILTER" if link.kind == EdgeKind.INDIRECT else "IDENTITY"
    if link.masking:
        subtype = "TRANSFORMATION"
    way = {"type": str(link.kind), "subtype": subtype, "masking": link.masking}
    return _name(link.source.dataset) | {"field": link.source.name, "transformations": [way]}


def _dataset(name: DatasetName, columns: Iterable[str]) -> dict[str, Any]:
    fields = [{"name": one} for one in dict.fromkeys(columns) if one != WHOLE]
    return _name(name) | {"facets": {"schema": _facet("schema", fields=fields)}}


def _name(name: DatasetName) -> dict[str, Any]:
    return {"namespace": name.namespace, "name": name.name}


def _facet(name: str, **told: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": FACETS[name]} | told


def list_events(actor: Actor, *, limit: int, before: int = 0) -> tuple[list[dict[str, Any]], int]:
    """The newest events that the actor may know of, and below which number the next page begins. 血缘事件。

    Holders of `share.lineage.read`: of what their organizations land and compare, and of grants
    that they give or have. 0 says that there is no next page.
    """
    actor.require(SEE)
    rows = ToldEvent.objects.order_by("-id")
    if actor.permissions.get(SEE) != "all":
        grants = exchange.visible_grants(actor).values("id")
        mine = Q(grant="", owner__in=sorted(actor.organizations))
        rows = rows.filter(mine | Q(grant__in=grants))
    found = list((rows.filter(id__lt=before) if before else rows)[: limit + 1])
    after = found[limit - 1].id if len(found) > limit else 0
    return [one.event for one in found[:limit]], after
