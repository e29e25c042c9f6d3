"""Data quality for programs. 数据质量接口。"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, BinaryIO, Literal, cast

from django.http import HttpRequest
from ninja import Field, File, Query, Router, Schema
from ninja.files import UploadedFile

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_needs

from . import services
from .rule_api import RuleOut
from .rule_api import router as rule_router

router = Router(tags=["quality"])


class Asked(Schema):
    """Which resource to check: its id, code or name. 检查对象。"""

    resource: str = Field(min_length=1, max_length=200)


class ScoreOut(Schema):
    """A score with its numerator and denominator; null where nothing was measured. 评分。"""

    dimension: str
    numerator: int
    denominator: int
    value: float | None
    level: int | None


class PatternOut(Schema):
    """In how many rows a rule failed in one way. 问题样式。"""

    pattern: str
    rows: int


class ResultOut(Schema):
    """What one rule came to. 规则结果。"""

    rule: str
    title: str
    title_en: str
    kind: str
    dimension: str
    severity: str
    fields: list[str]
    checked: int
    failed: int
    patterns: list[PatternOut]


class RunOut(Schema):
    """A run with its scores and results, empty until it is done. 质量检查。"""

    id: str
    resource: str
    version: int
    rows: int
    state: str
    trigger: str
    job: str
    created_at: datetime
    finished_at: datetime | None
    weights: int
    error: dict[str, Any] | None
    scores: list[ScoreOut]
    results: list[ResultOut]


class RunLine(Schema):
    """One run in a list. 检查记录。"""

    id: str
    pool_version: str
    state: str
    trigger: str
    rows: int
    created_at: datetime
    finished_at: datetime | None


class ResourceScore(Schema):
    """The total of one resource. 资源得分。"""

    id: str
    code: str
    name: str
    run: str
    value: float | None
    level: int | None


class OrganizationScore(Schema):
    """The mean over a department's resources. 部门得分。"""

    owner: str
    name: str
    value: float | None
    measured: int
    unmeasured: int
    resources: list[ResourceScore]


class OfResource(Schema):
    """A resource by id, code or name. 所属资源。"""

    resource: str = Field(min_length=1, max_length=200)
    limit: int = Field(50, ge=1, le=200)


class OfOrganization(Schema):
    """A department by code, or all. 所属部门。"""

    organization: str = Field("", max_length=40)


@router.post("/runs", response=RunOut, operation_id="start_quality_run", summary="Check a resource")
@api_needs(services.RUN)
def start(request: HttpRequest, body: Asked) -> dict[str, Any]:
    """Register a check of the newest version; a worker does it. 发起检查。"""
    return services.describe_run(services.start_run(actor_of(request), body.resource))


@router.get("/runs", response=list[RunLine], operation_id="list_quality_runs", summary="Runs")
@api_needs(services.READ)
def runs(request: HttpRequest, wanted: Query[OfResource]) -> Any:
    """The runs of a resource, newest first. 检查记录。"""
    return services.list_runs(actor_of(request), wanted.resource, limit=wanted.limit)


@router.get("/runs/{run}", response=RunOut, operation_id="get_quality_run", summary="One run")
@api_needs(services.READ)
def read(request: HttpRequest, run: str) -> dict[str, Any]:
    """A run with its scores and the result of each rule. 取检查。"""
    return services.describe_run(services.get_run(actor_of(request), run))


@router.get("/rules", response=list[RuleOut], operation_id="list_quality_rules", summary="Rules")
@api_needs(services.READ)
def rules(request: HttpRequest, wanted: Query[OfResource]) -> Any:
    """The rules of a resource, derived and declared. 规则列表。"""
    return services.list_rules(actor_of(request), wanted.resource)


@router.get(
    "/scores",
    response=list[OrganizationScore],
    operation_id="list_quality_scores",
    summary="Scores",
)
@api_needs(services.READ)
def scores(request: HttpRequest, wanted: Query[OfOrganization]) -> Any:
    """The scores of departments and of their resources. 部门评分。"""
    return services.score_organizations(actor_of(request), wanted.organization)


class GroupOut(Schema):
    """Rows that fail one rule in one way; the example is masked. 问题组。"""

    id: str
    resource: str
    owner: str
    rule: str
    title: str
    title_en: str
    field: str
    pattern: str
    severity: str
    rows: int
    excused: int
    state: str
    example: str
    run: str


class GroupQuery(Schema):
    """Which groups. 问题组查询。"""

    resource: str = Field("", max_length=40)
    owner: str = Field("", max_length=40)
    state: str = Field("", max_length=10)
    limit: int = Field(50, ge=1, le=500)


class FoundRowOut(Schema):
    """One failing row; personal values are masked. 问题行。"""

    row: int
    key: str | None
    value: str | None
    suggestion: str | None
    excused: bool


class FoundPageOut(Schema):
    """A page of failing rows of one version. 问题行分页。"""

    rows: list[FoundRowOut]
    more: bool
    next_after: int
    version: int
    masked: bool


class RowsQuery(Schema):
    """Which rows, after which. 问题行查询。"""

    excused: Literal["", "yes", "no"] = ""
    after: int = Field(0, ge=0, le=10**15)
    limit: int = Field(50, ge=1, le=500)


class ExcuseIn(Schema):
    """Why rows may stay as they are; without rows the whole group. 例外说明。"""

    reason: str = Field(min_length=4, max_length=1000)
    rows: list[int] = Field([], max_length=1000)
    until: date | None = None


class ExcuseOut(Schema):
    """How many explanations are on record, and whether they hold already. 例外登记。"""

    excuses: int
    state: str


class NoticesIn(Schema):
    """To whom, until when, with what words. 下发要求。"""

    owners: list[str] = Field(min_length=1, max_length=200)
    groups: list[str] = Field([], max_length=500)
    days: int = Field(10, ge=1, le=250)
    note: str = Field("", max_length=2000)
    purpose: str = Field("", max_length=300)


class NoticeOut(Schema):
    """A rectification notice. 整改单。"""

    id: str
    number: str
    owner: str
    state: str
    due_on: date | None
    rows: int
    listed: int
    sent_at: datetime | None
    returned_at: datetime | None
    closed_at: datetime | None


class ProblemOut(Schema):
    """A line that was not taken: its place and why. 未采纳行。"""

    line: int
    sheet: str
    place: int
    field: str
    code: str


class ReturnOut(Schema):
    """A returned workbook and what became of its answers. 回执。"""

    id: str
    notice: str
    number: str
    state: str
    sha256: str
    received_at: datetime
    counts: dict[str, int]
    problems: list[ProblemOut]
    deliveries: list[str]
    error: str


@router.get("/groups", response=list[GroupOut], operation_id="list_findings", summary="Findings")
@api_needs(services.READ)
def list_findings(request: HttpRequest, wanted: Query[GroupQuery]) -> list[dict[str, Any]]:
    """Groups of findings, the largest first. 问题组列表。"""
    found = services.list_groups(actor_of(request), **wanted.dict())
    return [services.describe_group(one) for one in found]


@router.get(
    "/groups/{group}/rows",
    response=FoundPageOut,
    operation_id="list_finding_rows",
    summary="Rows of a group",
)
@api_needs(services.READ)
def list_finding_rows(request: HttpRequest, group: str, wanted: Query[RowsQuery]) -> Any:
    """A page of rows that fail alike, personal values masked. 问题行。"""
    return services.list_rows_of_group(actor_of(request), group, **wanted.dict())


@router.post(
    "/groups/{group}/excuses",
    response=ExcuseOut,
    operation_id="excuse_findings",
    summary="Excuse findings",
)
@api_needs(services.ANSWER)
def excuse_findings(request: HttpRequest, group: str, body: ExcuseIn) -> dict[str, Any]:
    """Say why rows may stay as they are. 登记例外。"""
    made = services.excuse(
        actor_of(request), group, reason=body.reason, rows=body.rows, until=body.until
    )
    return {"excuses": len(made), "state": made[0].state}


@router.get("/notices", response=list[NoticeOut], operation_id="list_notices", summary="Notices")
@api_needs(services.READ)
def list_notices(request: HttpRequest, state: str = "") -> list[dict[str, Any]]:
    """The newest notices within reach. 整改单列表。"""
    rows = services.visible_notices(actor_of(request)).order_by("-id")
    found = rows.filter(state=state) if state else rows
    return [services.describe_notice(one) for one in found[:200]]


@router.post(
    "/notices",
    response=list[NoticeOut],
    operation_id="send_notices",
    summary="Send notices",
)
@api_needs(services.SEND)
def send_notices(request: HttpRequest, body: NoticesIn) -> list[dict[str, Any]]:
    """Make a notice for each department; a worker writes and sends them. 下发整改单。"""
    made = services.start_sending(
        actor_of(request),
        owners=body.owners,
        groups=body.groups,
        terms=services.Terms(body.days, body.note, body.purpose),
    )
    return [services.describe_notice(one) for one in made]


@router.get(
    "/notices/{notice}",
    response=NoticeOut,
    operation_id="get_notice",
    summary="One notice",
)
@api_needs(services.READ)
def read_notice(request: HttpRequest, notice: str) -> dict[str, Any]:
    """One notice by id or number. 取整改单。"""
    return services.describe_notice(services.get_notice(actor_of(request), notice))


@router.post("/returns", response=ReturnOut, operation_id="take_return", summary="Take a return")
@api_needs(services.ANSWER)
def take_return(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """Keep a returned workbook; a worker judges, lands and checks it. 接收回执。"""
    made = services.take_return(
        actor_of(request), cast("BinaryIO", file), file_name=file.name or "return.xlsx"
    )
    return services.describe_return(made)


@router.get("/returns/{found}", response=ReturnOut, operation_id="get_return", summary="One return")
@api_needs(services.READ)
def read_return(request: HttpRequest, found: str) -> dict[str, Any]:
    """A returned workbook and what became of its answers. 取回执。"""
    return services.describe_return(services.get_return(actor_of(request), found))


router.add_router("", rule_router)
