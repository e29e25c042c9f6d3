"""Live sources for programs. 数据源接口。"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from yiwang.kernel.live.types import LiveTable
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, api_needs, take_newest

from . import services
from .models import Run, Source, SourceTable
from .types import Cycle, Mode

router = Router(tags=["sources"])


class SourceIn(Schema):
    """A source to enter; secrets stand among the settings and are never given back. 新数据源。"""

    owner: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=200)
    kind: str = Field(min_length=1, max_length=40)
    settings: dict[str, str] = Field(default_factory=dict, max_length=40)


class SourceOut(Schema):
    """A source without its secrets. 数据源。"""

    id: str
    owner: str
    name: str
    kind: str
    paused: bool
    answered: str
    created_at: datetime


class SourcePage(Schema):
    """A page of sources. 数据源页。"""

    sources: list[SourceOut]
    after: str


class ColumnOut(Schema):
    """A column that may be read, with the element it is proposed to be. 源字段。"""

    name: str
    type: str
    comment: str
    key: bool
    moves: bool
    element: str


class TableFound(Schema):
    """A table that may be read. 源表。"""

    name: str
    comment: str
    rows: int | None
    columns: list[ColumnOut]


class Answer(Schema):
    """What answers there. 连接测试结果。"""

    answer: str


class TakeIn(Schema):
    """What to read from now on, and how. 读取方案。"""

    name: str = Field(min_length=1, max_length=400)
    resource: str = Field(min_length=1, max_length=200)
    columns: dict[str, str] = Field(default_factory=dict, max_length=2000)
    mode: Mode = Mode.FULL
    key: list[str] = Field(default_factory=list, max_length=20)
    watermark: str = Field("", max_length=200)
    overlap: int = Field(0, ge=0, le=10**8)
    cycle: Cycle = Cycle.MANUAL
    rows_per_second: int = Field(0, ge=0, le=10**7)
    most_rows: int = Field(0, ge=0, le=10**12)
    most_bytes: int = Field(0, ge=0, le=10**12)


class TableOut(Schema):
    """What is read of a source. 读取表。"""

    id: str
    source_id: str
    name: str
    resource_name: str
    mode: str
    watermark: str
    since: str
    cycle: str
    paused: bool
    last_state: str
    good_at: datetime | None
    next_at: datetime | None


class RunOut(Schema):
    """One reading. 读取记录。"""

    id: str
    table_id: str
    state: str
    rows: int
    since: str
    upper: str
    delivery: str
    version: int | None
    error: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


@router.get("/", response=SourcePage, operation_id="list_sources", summary="Live sources")
@api_needs(services.SEE)
def list_all(request: HttpRequest, wanted: Query[PageQuery]) -> dict[str, Any]:
    """Sources within reach, the latest first. 数据源列表。"""
    rows = services.visible_sources(actor_of(request))
    found, more = take_newest(rows, wanted)
    return {"sources": found, "after": more}


@router.post("/", response={201: SourceOut}, operation_id="add_source", summary="Enter a source")
@api_needs(services.MANAGE)
def add(request: HttpRequest, body: SourceIn) -> Status[Source]:
    """Enter a source; nothing is connected to yet. 登记数据源。"""
    return Status(201, services.add_source(actor_of(request), **body.dict()))


@router.post(
    "/{source}/check", response=Answer, operation_id="check_source", summary="Test the connection"
)
@api_needs(services.MANAGE)
def check(request: HttpRequest, source: str) -> dict[str, str]:
    """Say what answers there. 测试连接。"""
    return {"answer": services.check_source(actor_of(request), source)}


@router.get(
    "/{source}/discover",
    response=list[TableFound],
    operation_id="discover_tables",
    summary="What may be read",
)
@api_needs(services.MANAGE)
def discover(request: HttpRequest, source: str) -> list[dict[str, Any]]:
    """Tables with columns and proposed elements. 发现数据表。"""
    return [_describe(one) for one in services.discover_tables(actor_of(request), source)]


def _describe(table: LiveTable) -> dict[str, Any]:
    proposed = services.propose_elements(table)
    columns = [
        {
            "name": one.name,
            "type": one.type,
            "comment": one.comment,
            "key": one.key,
            "moves": one.moves,
            "element": proposed[one.name],
        }
        for one in table.columns
    ]
    return {"name": table.name, "comment": table.comment, "rows": table.rows, "columns": columns}


@router.post(
    "/{source}/tables",
    response={201: TableOut},
    operation_id="add_source_table",
    summary="Read a table from now on",
)
@api_needs(services.MANAGE)
def take(request: HttpRequest, source: str, body: TakeIn) -> Status[SourceTable]:
    """Choose a table, or a pattern of files. 添加读取表。"""
    said = body.dict()
    name, resource = said.pop("name"), said.pop("resource")
    plan = services.Plan(**said)
    made = services.add_table(actor_of(request), source, name=name, resource=resource, plan=plan)
    return Status(201, made)


@router.get(
    "/tables/{table}", response=TableOut, operation_id="get_source_table", summary="What is read"
)
@api_needs(services.SEE)
def read_table(request: HttpRequest, table: str) -> SourceTable:
    """What is read, how and when. 取读取表。"""
    return services.get_table(actor_of(request), table)


@router.post(
    "/tables/{table}/runs",
    response={202: RunOut},
    operation_id="run_source_table",
    summary="Read it now",
)
@api_needs(services.MANAGE)
def run(request: HttpRequest, table: str) -> Status[Run]:
    """Ask for a reading; ask for it again to see how far it is. 发起读取。"""
    return Status(202, services.ask_run(actor_of(request), table))


@router.get("/runs/{run}", response=RunOut, operation_id="get_source_run", summary="One reading")
@api_needs(services.SEE)
def read_run(request: HttpRequest, run: str) -> Run:
    """One reading and what it came to. 取读取记录。"""
    return services.get_run(actor_of(request), run)
