"""Rules and results in the words of others, for programs. 质量规则接口。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_needs

from . import services

router = Router(tags=["quality"])
CONTRACT = {"application/yaml": {"schema": {"type": "string"}}}


class RuleOut(Schema):
    """One rule of a resource as it stands today. 规则。"""

    code: str
    kind: str
    dimension: str
    severity: str
    fields: list[str]
    params: dict[str, Any]
    when: str
    title_zh: str
    title_en: str
    element: str
    derived: bool
    enabled: bool
    app: str
    file: str


class RuleIn(Schema):
    """A rule as in a rule file, of which resource, and why. 规则内容。"""

    resource: str = Field(min_length=1, max_length=200)
    rule: dict[str, Any]
    reason: str = Field("", max_length=300)


class OneResource(Schema):
    """A resource by id, code or name. 所属资源。"""

    resource: str = Field(min_length=1, max_length=200)


@router.post(
    "/rules/declared",
    response=RuleOut,
    operation_id="declare_quality_rule",
    summary="Declare a rule",
)
@api_needs(services.DECLARE)
def declare(request: HttpRequest, body: RuleIn) -> Any:
    """Declare a rule, or say it anew under its code. 声明规则。"""
    actor = actor_of(request)
    return services.declare_written(actor, body.resource, body.rule, reason=body.reason)


@router.get(
    "/contract",
    operation_id="get_quality_contract",
    summary="Rules as a data contract",
    openapi_extra={"responses": {200: {"description": "ODCS 3.1", "content": CONTRACT}}},
)
@api_needs(services.READ)
def contract(request: HttpRequest, wanted: Query[OneResource]) -> HttpResponse:
    """All rules in force as an Open Data Contract Standard 3.1 document. 数据契约。"""
    text = services.export_rules(actor_of(request), wanted.resource, format="odcs")
    return HttpResponse(text, content_type="application/yaml; charset=utf-8")


@router.get(
    "/dqv", response=dict[str, Any], operation_id="get_quality_dqv", summary="Results as DQV"
)
@api_needs(services.READ)
def dqv(request: HttpRequest, wanted: Query[OneResource]) -> dict[str, Any]:
    """The newest result in the W3C Data Quality Vocabulary, JSON-LD. 质量度量。"""
    return services.as_dqv(actor_of(request), wanted.resource)


@router.get(
    "/openlineage",
    response=dict[str, Any],
    operation_id="get_quality_openlineage",
    summary="Results as an OpenLineage event",
)
@api_needs(services.READ)
def openlineage(request: HttpRequest, wanted: Query[OneResource]) -> dict[str, Any]:
    """The newest result as an OpenLineage run event with assertions. 质量断言。"""
    return services.as_openlineage(actor_of(request), wanted.resource)
