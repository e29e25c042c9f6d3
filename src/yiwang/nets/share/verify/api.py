"""Checks for programs, and what is told about one person or firm. 核验与一站式查询接口。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_needs
from yiwang.kernel.ui.failures import explain
from yiwang.nets.share.exchange.models import WORDS

from . import services

router = Router(tags=["verify"])
Stated = Annotated[dict[str, Annotated[str, Field(max_length=500)]], Field(max_length=200)]


class RecordsIn(Schema):
    """Records of stated values, column to text. 待核验记录。"""

    records: list[Stated] = Field(min_length=1, max_length=services.RECORDS)


class AnswersOut(Schema):
    """One answer for each record, in their order. 核验结果。"""

    answers: list[Literal["match", "no match"]]


class AboutIn(Schema):
    """About whom, and what for. 查询对象与用途。"""

    number: str = Field(max_length=60, description="A resident ID number or a credit code")
    purpose: str = Field(min_length=4, max_length=WORDS)


class SectionOut(Schema):
    """What one grant says; `refused` says why it says nothing. 单项授权应答。"""

    grant: str
    number: str
    resource: str
    columns: list[str] = []
    masked: list[str] = []
    rows: list[list[str | None]] = []
    more: bool = False
    refused: str = ""


class AboutOut(Schema):
    """The answers, the newest grant first. 一站式查询结果。"""

    element: str
    sections: list[SectionOut]


@router.post(
    "/about",
    response=AboutOut,
    operation_id="ask_about",
    summary="What the grants tell of one person or firm",
)
@api_needs(services.USE)
def ask_about(request: HttpRequest, body: AboutIn) -> Mapping[str, Any]:
    """What each grant of the own organization tells of a number, masked as it says. 一站式查询。"""
    subject, told = services.ask_about(actor_of(request), body.number, body.purpose)
    return {"element": subject.element, "sections": [_describe(one) for one in told]}


def _describe(told: services.Told) -> Mapping[str, Any]:
    grant = told.grant
    said = {"grant": grant.id, "number": grant.request.number, "resource": grant.resource.name}
    if told.found is None:
        return said | {"refused": explain(told.refused) if told.refused else ""}
    page = told.found.page
    return said | {
        "columns": page.columns,
        "masked": sorted(told.found.plan.masks),
        "rows": [cells for _, cells in page.rows],
        "more": page.more,
    }


@router.post(
    "/{grant}", response=AnswersOut, operation_id="check_records",
    summary="Whether stated values match",
)  # fmt: skip
@api_needs(services.USE)
def check_records(request: HttpRequest, grant: str, body: RecordsIn) -> Mapping[str, Any]:
    """Match or no match for each record, under a grant for checks; never what differs. 核验。"""
    found = services.check_records(actor_of(request), grant, body.records)
    return {"answers": ["match" if one else "no match" for one in found]}
