"""Data elements and code sets for programs, read-only. 数据元接口。"""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.ui.endpoints import api_signed_in

from . import services
from .types import Code, CodeSetVersion, Element, Suggestion

router = Router(tags=["standards"])
Format = Literal["yaml", "csv"]
MEDIA = {"yaml": "application/yaml; charset=utf-8", "csv": "text/csv; charset=utf-8"}


class ElementOut(Schema):
    """One data element. 数据元。"""

    code: str
    zh: str
    en: str
    definition: str
    definition_en: str
    type: str
    format: str
    pattern: str
    code_set: str
    check: str
    grade: int
    personal: bool
    mask: str
    match_key: list[str]
    aliases: list[str]
    unit: str
    source_standard: str
    subject: str
    valid_from: date
    valid_until: date | None
    city: bool


class CodeOut(Schema):
    """One code. 代码。"""

    code: str
    name: str
    name_en: str
    parent: str
    valid_from: date | None
    valid_until: date | None


class CodeSetOut(Schema):
    """One version of a code set. 代码集版本。"""

    code_set: str
    version: str
    zh: str
    en: str
    source_standard: str
    valid_from: date
    valid_until: date | None
    city: bool


class CodesQuery(Schema):
    """Which codes of a set are wanted. 代码查询。"""

    on: date | None = Field(None, description="The day they must be valid on; today unless said")
    after: str = Field("", max_length=64, description="The last code of the page before")
    limit: int = Field(200, ge=1, le=1000, description="How many at most")


class SuggestQuery(Schema):
    """A column to find elements for. 推荐查询。"""

    column: str = Field(min_length=1, max_length=200, description="The heading of the column")
    sample: list[str] = Field(default_factory=list, max_length=100, description="Values of it")


class ReasonOut(Schema):
    """Why an element is suggested. 推荐理由。"""

    zh: str
    en: str


class SuggestionOut(Schema):
    """An element that a column may hold. 数据元推荐。"""

    code: str
    zh: str
    en: str
    score: float
    reasons: list[ReasonOut]


@router.get("/elements", response=list[ElementOut], operation_id="list_elements")
@api_signed_in
def list_elements(request: HttpRequest) -> list[Element]:  # noqa: ARG001
    """Every data element of this node, by code. 数据元清单。"""
    return sorted(services.get_elements().values(), key=lambda element: element.code)


@router.get("/elements/{code}", response=ElementOut, operation_id="get_element")
@api_signed_in
def get_element(request: HttpRequest, code: str) -> Element:  # noqa: ARG001
    """One data element. 取数据元。"""
    return services.get_element(code)


@router.get("/elements-file/{format}", operation_id="export_elements")
@api_signed_in
def export_elements(request: HttpRequest, format: Format) -> HttpResponse:  # noqa: A002, ARG001
    """Every element as a YAML or CSV file. 导出数据元。"""
    return HttpResponse(services.export_elements(format=format), content_type=MEDIA[format])


@router.get("/code-sets", response=list[CodeSetOut], operation_id="list_code_sets")
@api_signed_in
def list_code_sets(request: HttpRequest) -> list[CodeSetVersion]:  # noqa: ARG001
    """Every version of every code set, newest first within a set. 代码集清单。"""
    return services.list_code_sets()


@router.get("/code-sets/{code_set}/codes", response=list[CodeOut], operation_id="list_codes")
@api_signed_in
def list_codes(
    request: HttpRequest,  # noqa: ARG001
    code_set: str,
    asked: Query[CodesQuery],
) -> list[Code]:
    """The codes valid on a day, in their order. 代码清单。"""
    day = asked.on or today()
    codes = services.get_code_set(code_set, day).codes
    valid = [
        codes[code] for code in sorted(codes) if code > asked.after and codes[code].is_valid(day)
    ]
    return valid[: asked.limit]


@router.get("/code-sets/{code_set}/codes/{code}", response=CodeOut, operation_id="get_code")
@api_signed_in
def get_code(
    request: HttpRequest,  # noqa: ARG001
    code_set: str,
    code: str,
    on: date | None = None,
) -> Code:
    """One code as it is valid on a day. 取代码。"""
    found = services.find_code(code_set, code, on or today())
    if found is None:
        raise NotFound("standards.code.unknown", "There is no code %(text)s then", text=code)
    return found


@router.get("/suggestions", response=list[SuggestionOut], operation_id="suggest_elements")
@api_signed_in
def suggest_elements(
    request: HttpRequest,  # noqa: ARG001
    asked: Query[SuggestQuery],
) -> list[Suggestion]:
    """Elements that a column may hold, best first, with reasons. 推荐数据元。"""
    return services.suggest_elements(asked.column, asked.sample)
