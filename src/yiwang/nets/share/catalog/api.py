"""The catalogue for programs. 目录接口。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from django.http import FileResponse, HttpRequest
from ninja import Field, Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, Reason, api_needs

from . import services
from .authority_api import router as authority_router
from .models import Resource
from .services.permissions import EDIT, EXPORT, LOOK, PUBLISH, READ, UNMASK
from .types import CatalogueClass, DataFormat, OpenType, SharingType, UpdateCycle

router = Router(tags=["catalog"])
router.add_router("", authority_router)


class KindOut(Schema):
    """In how many cells a kind of personal data stands, and how many are nothing else. 命中计数。"""

    cells: int
    whole: int


class FindingOut(Schema):
    """What was found inside a column: cells with text, candidates, cells read, kinds. 识别结果。"""

    filled: int
    passed: int
    looked: int
    kinds: dict[str, KindOut]


class ItemOut(Schema):
    """One item. 信息项。"""

    name: str
    position: int
    element: str
    suggested: str
    declined: bool
    reasons: list[list[str]]
    found: FindingOut
    cleared: bool


class EntryOut(Schema):
    """A catalogue entry. 目录条目。"""

    id: str
    code: str
    name: str
    owner: str
    abstract: str
    catalogue_class: str
    data_format: str
    sharing_type: str
    sharing_basis: str
    open_type: str
    update_cycle: str
    stage: str
    grade: int
    key: list[str]
    publish_date: date | None
    landed_at: datetime | None
    updated_at: datetime


class EntryDetail(EntryOut):
    """An entry with its items and what it still needs. 目录详情。"""

    items: list[ItemOut]
    missing: list[str]


class EntryPage(Schema):
    """A page of entries; `after` asks for the next one. 目录页。"""

    entries: list[EntryOut]
    after: str


class EntryChange(Schema):
    """Fields to change; what is left out stays. 修改内容。"""

    name: str | None = Field(None, min_length=1, max_length=200)
    abstract: str | None = Field(None, max_length=20_000)
    catalogue_class: CatalogueClass | None = None
    data_format: DataFormat | None = None
    sharing_type: SharingType | None = None
    sharing_basis: str | None = Field(None, max_length=20_000)
    open_type: OpenType | None = None
    update_cycle: UpdateCycle | None = None


class Judgement(Reason):
    """Whether an item holds no personal data inside, and why. 内含个人信息核定。"""

    item: str = Field(min_length=1, max_length=300)
    cleared: bool = True


class Purpose(Schema):
    """What personal data is needed for. 用途。"""

    purpose: str = Field(min_length=4, max_length=300)


class UnmaskedOut(Schema):
    """Until when personal data shows unmasked. 明文有效期。"""

    purpose: str
    until: datetime


class VersionOut(Schema):
    """One version. 版本。"""

    number: int
    kind: str
    state: str
    rows: int
    digest: str
    created_at: datetime


class RowsOut(Schema):
    """A page of rows; `after` is the number of the last one. 数据页。"""

    version: int
    columns: list[str]
    masked: list[str]
    rows: list[list[str | None]]
    row_numbers: list[int]
    more: bool
    after: int


class SearchQuery(PageQuery):
    """The words to find. 检索条件。"""

    text: str = Field("", max_length=200)


class VersionQuery(Schema):
    """A version by its number, the newest if left out. 版本。"""

    version: int | None = Field(None, ge=1, le=1_000_000_000)


class RowsQuery(VersionQuery):
    """Which rows: of a version, that meet a filter, after a row number. 数据行查询。"""

    filter: str = Field("", max_length=2000)
    after: int = Field(0, ge=0, le=10**15)
    limit: int = Field(50, ge=1, le=500)


class ExportQuery(VersionQuery):
    """Which rows, in which format. 导出条件。"""

    format: Literal["csv", "xlsx", "parquet"] = "csv"
    filter: str = Field("", max_length=2000)


EXPORTED = {
    kind: {"schema": {"type": "string", "format": "binary"}}
    for kind in (
        "text/csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/octet-stream",
    )
}


class ProfileOut(Schema):
    """What each column looks like. 概况。"""

    version: int
    rows: int
    columns: list[dict[str, Any]]


class Binding(Schema):
    """Which element an item is; empty declines the suggestion. 数据元绑定。"""

    elements: dict[str, str] = Field(max_length=2000)


@router.get("/resources", response=EntryPage, operation_id="list_resources", summary="Search")
@api_needs(READ)
def search(request: HttpRequest, wanted: Query[SearchQuery]) -> dict[str, Any]:
    """Entries that hold every word, best first; all of them for an empty text. 检索目录。"""
    found = services.search_resources(
        actor_of(request), wanted.text, limit=wanted.limit, after=wanted.after
    )
    known = services.list_by_id(actor_of(request), [hit.id for hit in found.hits])
    return {"entries": [known[h.id] for h in found.hits if h.id in known], "after": found.after}


@router.get(
    "/resources/{resource}", response=EntryDetail, operation_id="get_resource", summary="One entry"
)
@api_needs(READ)
def read(request: HttpRequest, resource: str) -> dict[str, Any]:
    """An entry by id, code or name, with its items. 取目录条目。"""
    return describe(services.get_resource(actor_of(request), resource))


@router.patch(
    "/resources/{resource}", response=EntryDetail, operation_id="update_resource", summary="Change"
)
@api_needs(EDIT)
def change(request: HttpRequest, resource: str, body: EntryChange) -> dict[str, Any]:
    """Change catalogue fields. 修改目录信息。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    given = body.dict(exclude_none=True)
    return describe(services.update_resource(actor, found.id, **given))


@router.post(
    "/resources/{resource}/items",
    response=list[ItemOut],
    operation_id="bind_elements",
    summary="Confirm elements",
)
@api_needs(EDIT)
def bind(request: HttpRequest, resource: str, body: Binding) -> Sequence[dict[str, Any]]:
    """Say which data element each item is. 绑定数据元。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    return [asdict(item) for item in services.bind_elements(actor, found.id, body.elements)]


@router.post(
    "/resources/{resource}/findings",
    response=list[ItemOut],
    operation_id="clear_finding",
    summary="Judge what was found inside an item",
)
@api_needs(EDIT)
def judge(request: HttpRequest, resource: str, body: Judgement) -> Sequence[dict[str, Any]]:
    """Say that no personal data stands inside an item, or take that back. 核定。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    items = services.clear_finding(
        actor, found.id, body.item, reason=body.reason, cleared=body.cleared
    )
    return [asdict(item) for item in items]


@router.post(
    "/resources/{resource}/publish",
    response=EntryDetail,
    operation_id="publish_resource",
    summary="Publish",
)
@api_needs(PUBLISH)
def publish(request: HttpRequest, resource: str) -> dict[str, Any]:
    """Put an entry where every department sees it. 发布。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    return describe(services.publish_resource(actor, found.id))


@router.post(
    "/resources/{resource}/unpublish",
    response=EntryDetail,
    operation_id="unpublish_resource",
    summary="Take back to draft",
)
@api_needs(PUBLISH)
def unpublish(request: HttpRequest, resource: str, body: Reason) -> dict[str, Any]:
    """Take an entry back, with a reason. 撤回发布。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    return describe(services.withdraw_publication(actor, found.id, reason=body.reason))


@router.get(
    "/resources/{resource}/versions",
    response=list[VersionOut],
    operation_id="list_versions",
    summary="Versions",
)
@api_needs(READ)
def versions(request: HttpRequest, resource: str) -> Sequence[Any]:
    """The versions, newest first. 版本列表。"""
    actor = actor_of(request)
    return services.list_versions(actor, services.get_resource(actor, resource).id)


@router.get(
    "/resources/{resource}/rows", response=RowsOut, operation_id="list_rows", summary="Rows"
)
@api_needs(LOOK)
def rows(request: HttpRequest, resource: str, wanted: Query[RowsQuery]) -> dict[str, Any]:
    """Rows of one version, personal columns masked unless a purpose was stated. 数据行。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    look = services.look_rows(
        actor,
        found.id,
        version=wanted.version,
        where=services.read_filter(wanted.filter, found),
        after=wanted.after,
        limit=wanted.limit,
        place="api",
    )
    return {
        "version": look.version.number,
        "columns": look.columns,
        "masked": sorted(look.masked),
        "rows": [cells for _, cells in look.rows],
        "row_numbers": [number for number, _ in look.rows],
        "more": look.more,
        "after": look.next_after,
    }


@router.get(
    "/resources/{resource}/export",
    operation_id="export_resource",
    summary="Rows as a file",
    openapi_extra={"responses": {200: {"description": "The file", "content": EXPORTED}}},
)
@api_needs(EXPORT)
def export(request: HttpRequest, resource: str, wanted: Query[ExportQuery]) -> FileResponse:
    """Rows as CSV, XLSX or Parquet, personal columns masked unless a purpose was stated. 导出。"""
    actor = actor_of(request)
    found = services.open_export(
        actor,
        services.get_resource(actor, resource).id,
        ending=wanted.format,
        version=wanted.version,
        where=wanted.filter,
    )
    return FileResponse(found.stream, as_attachment=True, filename=found.name)


@router.get(
    "/resources/{resource}/profile",
    response=ProfileOut,
    operation_id="get_profile",
    summary="Profile",
)
@api_needs(LOOK)
def profile(request: HttpRequest, resource: str, wanted: Query[VersionQuery]) -> dict[str, Any]:
    """What each column looks like, personal values masked. 概况。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    info, columns = services.look_profile(actor, found.id, version=wanted.version, place="api")
    shown = [asdict(column) for column in columns]
    return {"version": info.number, "rows": info.rows, "columns": shown}


@router.post(
    "/resources/{resource}/unmask",
    response=UnmaskedOut,
    operation_id="unmask_resource",
    summary="See personal data for a purpose",
)
@api_needs(UNMASK)
def unmask(request: HttpRequest, resource: str, body: Purpose) -> Any:
    """State a purpose; for a few minutes rows come unmasked, and every page is on record. 明文查看。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    return services.unmask_resource(actor, found.id, purpose=body.purpose)


def describe(resource: Resource) -> dict[str, Any]:
    """An entry with its items. 目录详情。"""
    fields = {name: getattr(resource, name) for name in EntryOut.model_fields}
    items = [asdict(item) for item in services.list_items(resource.id)]
    return fields | {"items": items, "missing": services.list_missing(resource)}
