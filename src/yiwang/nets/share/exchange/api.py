"""Requests and grants for programs, and the rows that a grant allows. 共享申请与授权接口。"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Field, Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, api_needs, take_newest

from . import services
from .models import WORDS, Grant, Request
from .types import Ask, Method, Wanted

router = Router(tags=["exchange"])
LAST_ROW = 10**15
ARROW = "application/vnd.apache.arrow.stream"


class RequestOut(Schema):
    """What was asked, and where it stands. 共享申请。"""

    id: str
    number: str
    resource: str
    organization: str
    purpose_kind: str
    purpose: str
    duty: str
    columns: list[str]
    clear: list[str]
    masks: dict[str, str]
    beyond: list[str]
    row_filter: str
    until: date
    method: str
    volume: int
    state: str
    created_at: datetime


class RequestPage(Schema):
    """A page of requests, the newest first. 申请页。"""

    items: list[RequestOut]
    next: str


class RequestIn(Schema):
    """What is asked of a resource. 申请内容。"""

    resource: str = Field(min_length=1, max_length=200)
    purpose_kind: str = Field(max_length=40)
    purpose: str = Field(max_length=WORDS)
    duty: str = Field(max_length=WORDS)
    columns: list[str] = Field(min_length=1, max_length=2000)
    clear: list[str] = Field([], max_length=2000)
    masks: dict[str, str] = Field({}, max_length=2000)
    row_filter: str = Field("", max_length=2000)
    until: date
    method: Method = Method.API
    volume: int = Field(10_000, ge=1, le=10**9)
    anyway: bool = False


class GrantOut(Schema):
    """What an organization may have, as it holds now. 授权。"""

    id: str
    request: str
    number: str
    resource: str
    organization: str
    purpose: str
    columns: list[str]
    clear: list[str]
    masks: dict[str, str]
    row_filter: str
    begins: date
    until: date
    quota: int
    rate: int
    terms: int
    allocated: bool
    revoked_at: datetime | None
    revoke_reason: str


class GrantPage(Schema):
    """A page of grants, the newest first. 授权页。"""

    items: list[GrantOut]
    next: str


class Why(Schema):
    """Why. 理由。"""

    reason: str = Field(min_length=4, max_length=300)


class StreamQuery(Schema):
    """Which of the granted rows and columns. 取数参数。"""

    filter: str = Field("", max_length=2000)
    columns: str = Field("", max_length=4000, description="Names with commas between; all without")


class RowsQuery(StreamQuery):
    """Which of the granted rows and columns, and which page. 分页取数参数。"""

    after: int = Field(0, ge=0, le=LAST_ROW)
    limit: int = Field(50, ge=1, le=1000)


class RowsOut(Schema):
    """A page of rows; masked columns are named. 授权数据。"""

    columns: list[str]
    masked: list[str]
    rows: list[list[str | None]]
    version: int
    more: bool
    next_after: int


@router.get(
    "/requests", response=RequestPage, operation_id="list_requests", summary="Requests for data"
)
@api_needs(services.SEE)
def list_requests(request: HttpRequest, wanted: Query[PageQuery]) -> Mapping[str, Any]:
    """Requests of the own organizations and for their data. 申请列表。"""
    rows, after = take_newest(services.visible_requests(actor_of(request)), wanted)
    return {"items": [describe_request(one) for one in rows], "next": after}


@router.post(
    "/requests", response={201: RequestOut}, operation_id="make_request", summary="Ask for data"
)
@api_needs(services.ASK)
def make_request(request: HttpRequest, body: RequestIn) -> tuple[int, Mapping[str, Any]]:
    """Ask for columns and rows of a resource; granted at once where nobody has to decide. 提出申请。"""
    said = body.dict(exclude={"resource"})
    said["columns"], said["clear"] = tuple(body.columns), tuple(body.clear)
    made = services.make_request(actor_of(request), body.resource, Wanted(**said))
    return 201, describe_request(made)


@router.get("/grants", response=GrantPage, operation_id="list_grants", summary="Grants")
@api_needs(services.SEE)
def list_grants(request: HttpRequest, wanted: Query[PageQuery]) -> Mapping[str, Any]:
    """Grants to the own organizations and of their data. 授权列表。"""
    rows, after = take_newest(services.visible_grants(actor_of(request)), wanted)
    terms = services.get_terms_of(rows)
    return {"items": [describe_grant(one, terms[one.id]) for one in rows], "next": after}


@router.get("/grants/{grant}", response=GrantOut, operation_id="get_grant", summary="One grant")
@api_needs(services.SEE)
def read_grant(request: HttpRequest, grant: str) -> Mapping[str, Any]:
    """One grant with the terms that hold. 取授权。"""
    found = services.get_grant(actor_of(request), grant)
    return describe_grant(found, services.get_terms(found))


@router.get(
    "/grants/{grant}/rows", response=RowsOut, operation_id="read_granted_rows",
    summary="Rows that a grant allows",
)  # fmt: skip
@api_needs(services.USE)
def read_rows(request: HttpRequest, grant: str, wanted: Query[RowsQuery]) -> Mapping[str, Any]:
    """A page of the granted rows, masked as the grant says; counts against rate and quota. 取数。"""
    found = services.look_granted(
        actor_of(request), grant, _read_ask(wanted), after=wanted.after,
        limit=wanted.limit, method=Method.API,
    )  # fmt: skip
    return {
        "columns": found.page.columns,
        "masked": sorted(found.plan.masks),
        "rows": [list(cells) for _, cells in found.page.rows],
        "version": found.plan.version.number,
        "more": found.page.more,
        "next_after": found.page.next_after,
    }


@router.get(
    "/grants/{grant}/arrow", operation_id="stream_granted_rows",
    summary="All rows that a grant allows, as Apache Arrow",
)  # fmt: skip
@api_needs(services.USE)
def stream_rows(request: HttpRequest, grant: str, wanted: Query[StreamQuery]) -> HttpResponseBase:
    """All granted rows as an Arrow stream, masked as the grant says; all count at once. 流式取数。"""
    actor = actor_of(request)
    plan, blocks = services.stream_granted(actor, grant, _read_ask(wanted))
    sending = services.Sending(actor, plan, blocks)
    return StreamingHttpResponse(sending, content_type=ARROW)


@router.post(
    "/grants/{grant}/revoke", response=GrantOut, operation_id="revoke_grant", summary="Revoke a grant"
)  # fmt: skip
@api_needs(services.REVOKE)
def revoke_grant(request: HttpRequest, grant: str, body: Why) -> Mapping[str, Any]:
    """End a grant at once, with a reason. 撤销授权。"""
    found = services.revoke_grant(actor_of(request), grant, reason=body.reason)
    return describe_grant(found, services.get_terms(found))


def _read_ask(wanted: StreamQuery) -> Ask:
    columns = tuple(one.strip() for one in wanted.columns.split(",") if one.strip())
    return Ask(columns, wanted.filter)


def describe_request(found: Request) -> Mapping[str, Any]:
    """A request as programs get it. 申请数据。"""
    names = set(RequestOut.model_fields) - {"resource"}
    return {name: getattr(found, name) for name in names} | {"resource": found.resource.code}


def describe_grant(grant: Grant, terms: services.Terms) -> Mapping[str, Any]:
    """A grant with its terms as programs get it. 授权数据。"""
    held = ("columns", "clear", "masks", "row_filter", "begins", "until", "quota", "rate")
    said = ("id", "organization", "purpose", "allocated", "revoked_at", "revoke_reason")
    return (
        {name: getattr(grant, name) for name in said}
        | {name: getattr(terms, name) for name in held}
        | {
            "request": grant.request_id,
            "number": grant.request.number,
            "resource": grant.resource.code,
            "terms": terms.number,
        }
    )
