"""Comparisons for programs. 比对接口。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_needs

from . import services

router = Router(tags=["comparisons"])
ROW_LIMIT = 10**15


class SideOut(Schema):
    """One side: a resource and the version of it. 比对一侧。"""

    resource: str
    version: str


class CountOut(Schema):
    """A count and what it counts. 计数。"""

    name: str
    value: int
    formula: str


class ComparisonOut(Schema):
    """A comparison with its counts, empty until it is done. 比对。"""

    id: str
    title: str
    state: str
    left: SideOut
    right: SideOut
    keys: list[str]
    values: list[str]
    alternate: list[str]
    job: str
    grade: int
    counts: list[CountOut]


class Plan(Schema):
    """What to compare by; pairs are written `L = R`. 比对方案。"""

    left: str = Field(min_length=1, max_length=200)
    right: str = Field(min_length=1, max_length=200)
    keys: list[str] = Field(min_length=1, max_length=20)
    values: list[str] = Field([], max_length=60)
    alternate: str = Field("", max_length=2000)
    title: str = Field("", max_length=400)


class DifferencesQuery(Schema):
    """Which differences, after which row. 差异查询。"""

    klass: str = Field("", alias="class", max_length=20)
    text: str = Field("", max_length=200)
    outcome: str = Field("", max_length=20)
    value: int = Field(0, ge=0, le=60)
    after: int = Field(0, ge=0, le=ROW_LIMIT)
    limit: int = Field(50, ge=1, le=500)


class OutcomeOut(Schema):
    """What somebody found out. 核实结果。"""

    code: str
    note: str


class DifferenceOut(Schema):
    """One difference; personal cells are masked. 差异。"""

    row: int
    klass: str
    cells: dict[str, str | None]
    differs: list[int]
    outcome: OutcomeOut | None


class DifferencesOut(Schema):
    """A page of differences. 差异页。"""

    rows: list[DifferenceOut]
    more: bool
    next_after: int


class Settled(Schema):
    """An outcome for some rows. 登记核实结果。"""

    rows: list[int] = Field(min_length=1, max_length=5000)
    code: str = Field(max_length=20)
    note: str = Field("", max_length=1000)


class SettledOut(Schema):
    """How many rows it was. 登记行数。"""

    rows: int


@router.post(
    "/comparisons", response=ComparisonOut, operation_id="start_comparison", summary="Compare"
)
@api_needs(services.RUN)
def start(request: HttpRequest, body: Plan) -> dict[str, Any]:
    """Register a comparison; a worker runs it. 发起比对。"""
    comparison = services.start_comparison(actor_of(request), **body.dict())
    return services.describe_comparison(comparison)


@router.get(
    "/comparisons/{comparison}",
    response=ComparisonOut,
    operation_id="get_comparison",
    summary="One comparison",
)
@api_needs(services.READ)
def read(request: HttpRequest, comparison: str) -> dict[str, Any]:
    """A comparison, its counts with their formulas. 取比对。"""
    return services.describe_comparison(services.get_comparison(actor_of(request), comparison))


@router.get(
    "/comparisons/{comparison}/rows",
    response=DifferencesOut,
    operation_id="list_differences",
    summary="Differences",
)
@api_needs(services.READ)
def rows(request: HttpRequest, comparison: str, wanted: Query[DifferencesQuery]) -> Any:
    """A page of differences, personal columns masked. 差异列表。"""
    return services.list_differences_of(
        actor_of(request),
        comparison,
        wanted=services.Wanted(wanted.klass, wanted.text, wanted.outcome, wanted.value),
        after=wanted.after,
        limit=wanted.limit,
    )


@router.post(
    "/comparisons/{comparison}/outcomes",
    response=SettledOut,
    operation_id="set_outcome",
    summary="Record an outcome",
)
@api_needs(services.RUN)
def settle(request: HttpRequest, comparison: str, body: Settled) -> dict[str, int]:
    """Say what checking some differences came to. 登记核实结果。"""
    count = services.set_outcome(
        actor_of(request), comparison, body.rows, code=body.code, note=body.note
    )
    return {"rows": count}
