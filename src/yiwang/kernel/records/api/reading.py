"""Looking at records. 查询记录。"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Query, Schema
from pydantic import Field

from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE, at_desk, to_plain
from yiwang.kernel.records.services.describing import describe_api, describe_values
from yiwang.kernel.records.types import Entity, Record
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_needs, api_open_query

from .asking import read_wanted, write_cursor
from .routing import RECORD, RECORDS, gives, router
from .showing import (
    answer,
    answer_record,
    show_change,
    show_count,
    show_entity,
    show_record,
    write,
)

LINES = "application/x-ndjson"


class EntityOut(Schema):
    """An entity of which one may see records. 业务对象。"""

    code: str
    app: str
    title: str
    titles: dict[str, str]
    verbs: list[str]
    fields: list[str]


class CountOut(Schema):
    """How many, counted to a limit. 有界计数。"""

    count: int
    is_more: bool


class GroupOut(CountOut):
    """How many have one value. 分组计数。"""

    value: str | int | bool | None


class GroupsOut(Schema):
    """Counts by the values of a field. 分组。"""

    by: str
    groups: list[GroupOut]


class ChangeOut(Schema):
    """One line of a record's history; the fields that changed, as the asker may see them. 变更。"""

    rev: int
    verb: str
    actor: str
    at: str
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]
    masked: list[str]


class GroupQuery(Schema):
    """By which field. 分组字段。"""

    by: str = Field(min_length=1, max_length=80)


class ExportQuery(Schema):
    """What the records are needed for. 用途。"""

    purpose: str = Field(min_length=4, max_length=300)


OPEN = (
    " Further parameters narrow the records: a field, alone or as `field__test`; `filter` a text"
    " of the query language; `search` words."
)
PAGE = (
    f"One page of the records that the asker may see. 记录列表。{OPEN} `order` names a field, `-`"
    " in front for descending; `after` goes on after the page before; `limit` at most"
    " 500."
)


@router.get("/", response=list[EntityOut], operation_id="list_record_entities", summary="Entities")
@api_needs(USE)
def list_entities(request: HttpRequest) -> list[dict[str, Any]]:
    """The entities of which the asker may see records. 业务对象清单。"""
    desk = at_desk(actor_of(request))
    return [show_entity(desk, entity) for entity in desk.entities()]


@router.get(
    "/{code}/",
    operation_id="list_records",
    summary="List",
    description=PAGE,
    openapi_extra=gives(RECORDS),
)
@api_needs(USE)
@api_open_query
def list_records(request: HttpRequest, code: str) -> HttpResponse:
    """One page of the records that the asker may see. 记录列表。"""
    desk = at_desk(actor_of(request))
    entity = desk.entity(code)
    page = services.list_records(desk, code, read_wanted(desk, code, request.GET))
    return answer(
        {
            "records": [show_record(entity, record) for record in page.records],
            "after": write_cursor(desk, code, request.GET, page.after),
        }
    )


@router.get(
    "/{code}/count",
    response=CountOut,
    operation_id="count_records",
    summary="Count",
    description=f"How many records, counted to 1,000. 计数。{OPEN}",
)
@api_needs(USE)
@api_open_query
def count_records(request: HttpRequest, code: str) -> dict[str, Any]:
    """How many records, counted to a limit. 计数。"""
    desk = at_desk(actor_of(request))
    wanted = read_wanted(desk, code, request.GET, pages=False)
    return show_count(services.count_records(desk, code, wanted))


@router.get(
    "/{code}/group",
    response=GroupsOut,
    operation_id="group_records",
    summary="Count by a field",
    description=f"How many records have each value of a field. 分组计数。{OPEN}",
)
@api_needs(USE)
@api_open_query
def group_records(request: HttpRequest, code: str, asked: Query[GroupQuery]) -> dict[str, Any]:
    """How many records have each value of a field. 分组计数。"""
    desk = at_desk(actor_of(request))
    wanted = read_wanted(desk, code, request.GET, besides=("by",), pages=False)
    counts = services.group_records(desk, code, asked.by, wanted)
    groups = [{"value": to_plain(value), **show_count(count)} for value, count in counts.items()]
    return {"by": asked.by, "groups": groups}


@router.get(
    "/{code}/schema", response=dict[str, Any], operation_id="get_record_schema", summary="Schema"
)
@api_needs(USE)
def get_schema(request: HttpRequest, code: str) -> dict[str, Any]:
    """What may be sent, as JSON Schema 2020-12: the fields that the asker may fill in. 数据模式。"""
    return describe_values(at_desk(actor_of(request)), code)


@router.get(
    "/{code}/openapi.json",
    response=dict[str, Any],
    operation_id="get_record_openapi",
    summary="OpenAPI document",
)
@api_needs(USE)
def get_openapi(request: HttpRequest, code: str) -> dict[str, Any]:
    """The operations of exactly this entity, as far as the asker may use them. 接口文档。"""
    return describe_api(at_desk(actor_of(request)), code)


@router.get(
    "/{code}/export",
    operation_id="export_records",
    summary="Export",
    description=f"All records that the asker may export, one JSON a line, on record with its"
    f" purpose. 导出。{OPEN}",
    openapi_extra=gives({"type": "string"}, media=LINES),
)
@api_needs(USE)
@api_open_query
def export_records(
    request: HttpRequest, code: str, asked: Query[ExportQuery]
) -> StreamingHttpResponse:
    """All records that the asker may export, one JSON a line. 导出。"""
    desk = at_desk(actor_of(request))
    entity = desk.entity(code)
    wanted = read_wanted(desk, code, request.GET, besides=("purpose",), pages=False)
    found = begin(services.stream_records(desk, code, wanted, asked.purpose))
    response = StreamingHttpResponse(write_lines(entity, found), content_type=LINES)
    response["Content-Disposition"] = f'attachment; filename="{code}.ndjson"'
    return response


@router.get(
    "/{code}/{id}/", operation_id="get_record", summary="One record", openapi_extra=gives(RECORD)
)
@api_needs(USE)
def get_record(request: HttpRequest, code: str, id: str) -> HttpResponse:  # noqa: A002
    """One record; its ETag is its revision. 取记录。"""
    desk = at_desk(actor_of(request))
    return answer_record(desk.entity(code), services.get_record(desk, code, id))


@router.get(
    "/{code}/{id}/history",
    response=list[ChangeOut],
    operation_id="list_record_history",
    summary="History",
)
@api_needs(USE)
def list_history(request: HttpRequest, code: str, id: str) -> list[dict[str, Any]]:  # noqa: A002
    """What changed, newest first, with the fields that the asker may see. 变更历史。"""
    desk = at_desk(actor_of(request))
    entity = desk.entity(code)
    return [show_change(entity, change) for change in services.list_history(desk, code, id)]


def begin(found: Iterator[Record]) -> Iterator[Record]:
    """The same records, the first one already taken: a refusal comes before the answer begins. 预取。"""
    first = next(found, None)
    return chain([] if first is None else [first], found)


def write_lines(entity: Entity, found: Iterator[Record]) -> Iterator[str]:
    """One JSON a line. 逐行写出。"""
    for record in found:
        yield write(show_record(entity, record)) + "\n"
