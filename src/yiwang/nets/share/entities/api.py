"""Entities in the catalogue, for programs. 业务对象资源接口。"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, api_needs

from . import services
from .services import EntityResource, SnapshotRun

router = Router(tags=["entities"])


class ColumnOut(Schema):
    """An item of the resource and the field it comes from; no key for the record's id. 字段血缘。"""

    key: str
    item: str


class EntityOut(Schema):
    """An entity and the resource it is. 业务对象资源。"""

    code: str
    app: str
    resource: str
    resource_code: str
    resource_name: str
    owner: str
    columns: list[ColumnOut]
    cycle: str
    rows: int | None
    last_state: str
    late: bool
    laid_at: datetime | None
    good_at: datetime | None
    next_at: datetime | None
    retired_at: datetime | None


class EntityPage(Schema):
    """A page of entities by code. 业务对象资源页。"""

    entities: list[EntityOut]
    after: str


class SnapshotOut(Schema):
    """One snapshot. 快照。"""

    id: str
    entity_id: str
    state: str
    planned: bool
    rows: int
    delivery: str
    version: int | None
    error: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


@router.get(
    "/", response=EntityPage, operation_id="list_entity_resources", summary="Entities as resources"
)
@api_needs(services.SEE)
def list_all(request: HttpRequest, wanted: Query[PageQuery]) -> dict[str, Any]:
    """Entities whose resource you may know of, by code. 业务对象资源列表。"""
    rows = services.visible_entities(actor_of(request)).filter(code__gt=wanted.after)
    found = list(rows.order_by("code")[: wanted.limit + 1])
    more = found[wanted.limit - 1].code if len(found) > wanted.limit else ""
    return {"entities": [_describe(one) for one in found[: wanted.limit]], "after": more}


@router.get(
    "/{entity}",
    response=EntityOut,
    operation_id="get_entity_resource",
    summary="One entity: its resource, and the field behind each item",
)
@api_needs(services.SEE)
def read_one(request: HttpRequest, entity: str) -> dict[str, Any]:
    """By the code of the entity, or the id or code of its resource. 取业务对象资源。"""
    return _describe(services.get_entity(actor_of(request), entity))


@router.post(
    "/{entity}/snapshots",
    response={202: SnapshotOut},
    operation_id="snapshot_entity",
    summary="Lay its rows down now",
)
@api_needs(services.LAY)
def ask(request: HttpRequest, entity: str) -> Status[SnapshotRun]:
    """Ask for a snapshot; ask for it again to see how far it is. 发起快照。"""
    return Status(202, services.ask_snapshot(actor_of(request), entity))


@router.get(
    "/snapshots/{snapshot}",
    response=SnapshotOut,
    operation_id="get_entity_snapshot",
    summary="One snapshot",
)
@api_needs(services.SEE)
def read_snapshot(request: HttpRequest, snapshot: str) -> SnapshotRun:
    """One snapshot and what it came to. 取快照。"""
    return services.get_run(actor_of(request), snapshot)


def _describe(entity: EntityResource) -> dict[str, Any]:
    names = ("code", "app", "owner", "cycle", "rows", "last_state")
    moments = ("laid_at", "good_at", "next_at", "retired_at")
    return {name: getattr(entity, name) for name in (*names, *moments)} | {
        "resource": entity.resource_id,
        "resource_code": entity.resource.code,
        "resource_name": entity.resource.name,
        "columns": services.list_columns(entity),
        "late": services.is_late(entity),
    }
