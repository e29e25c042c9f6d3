"""Lineage for programs: OpenLineage in and out, origin and impact. 数据血缘接口。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_needs

from . import services
from .types import HOPS

router = Router(tags=["lineage"])


class TakenOut(Schema):
    """What was taken in of an event. 接收结果。"""

    run: str
    job: str
    edges: int


class TraceQuery(Schema):
    """Of what, and how far. 追溯参数。"""

    resource: str = Field(min_length=1, max_length=200, description="Id, code or name")
    column: str = Field("", max_length=300, description="All columns without")
    hops: int = Field(HOPS, ge=1, le=services.MOST_HOPS)


class TraceRow(Schema):
    """One column that another comes from or goes to. 血缘行。

    `values` says whether values come, not only the choice of rows; `hidden` counts datasets that
    the asker may not know of, and then nothing else is said.
    """

    column: str
    direction: Literal["origin", "impact"]
    hops: int | None
    kind: str
    namespace: str
    name: str
    field: str
    masked: bool
    values: bool
    hidden: int


class TraceOut(Schema):
    """Where the columns of a resource come from and where they go. 血缘。"""

    resource: str
    cut: bool
    rows: list[TraceRow]


class EventsQuery(Schema):
    """Which part of the feed: how many, and below which number. 事件分页。"""

    limit: int = Field(50, ge=1, le=200)
    after: int = Field(0, ge=0, le=2**62, description="`next` of the page before")


class EventsOut(Schema):
    """OpenLineage events that this node tells, the newest first. 血缘事件页。"""

    items: list[dict[str, Any]]
    next: int


@router.post(
    "", response={201: TakenOut}, operation_id="tell_lineage", summary="Take in an OpenLineage event"
)  # fmt: skip
@api_needs(services.TELL)
def tell(request: HttpRequest, event: Body[dict[str, Any]]) -> tuple[int, Mapping[str, Any]]:
    """Take in one OpenLineage event of a job outside, as the stock clients post it. 接收血缘事件。"""
    found = services.receive_event(actor_of(request), event, size=len(request.body))
    return 201, {"run": found.run, "job": found.job.name, "edges": found.edges}


@router.get("/trace", response=TraceOut, operation_id="trace_lineage", summary="Origin and impact")
@api_needs(services.SEE)
def read_trace(request: HttpRequest, wanted: Query[TraceQuery]) -> Mapping[str, Any]:
    """Where the columns of a resource come from and where they go. 追溯血缘。"""
    columns = [wanted.column] if wanted.column else []
    found = services.look_lineage(
        actor_of(request), wanted.resource, columns=columns, hops=wanted.hops
    )
    rows = list(services.list_rows(found))
    return {"resource": found.resource.code, "cut": found.cut, "rows": rows}


@router.get(
    "/events", response=EventsOut, operation_id="list_lineage_events", summary="OpenLineage events"
)
@api_needs(services.SEE)
def list_events(request: HttpRequest, wanted: Query[EventsQuery]) -> Mapping[str, Any]:
    """What this node tells of its own landings, grants and deliveries. 血缘事件。"""
    events, after = services.list_events(actor_of(request), limit=wanted.limit, before=wanted.after)
    return {"items": events, "next": after}
