"""Grades and authoritative sources for programs. 分级与数源接口。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import PageQuery, api_needs

from . import services
from .models import Authority, AuthorityConflict, Resource
from .services.permissions import CLAIM, DECIDE, GRADE, READ
from .types import CORE, GRADES, Subject

router = Router(tags=["catalog"])


class GradeReasonOut(Schema):
    """Why. 定级依据。"""

    kind: str
    grade: int
    item: str
    code: str
    rows: int
    persons: int


class GradeOut(Schema):
    """The grade that holds, what was computed, and why. 级别。"""

    grade: int
    label: str
    computed: int
    chosen: int | None
    lowered: bool
    reason: str
    reasons: list[GradeReasonOut]


class GradeChange(Schema):
    """A grade by a person, null for as computed. 人工定级。"""

    grade: int | None = Field(None, ge=1, le=CORE)
    reason: str = Field(min_length=4, max_length=300)


class AuthorityOut(Schema):
    """A claim. 认领。"""

    id: str
    element: str
    subject: str
    resource: str
    item: str
    state: str
    reason: str
    created_at: datetime


class ClaimIn(Schema):
    """Which item claims its element, for whom, why. 认领内容。"""

    item: str = Field(min_length=1, max_length=300)
    subject: Subject = Subject.ALL
    reason: str = Field(min_length=4, max_length=300)


class Why(Schema):
    """Why. 理由。"""

    reason: str = Field(min_length=4, max_length=300)


class Decision(Why):
    """Which claim holds, and why. 裁定。"""

    winner: str = Field(min_length=1, max_length=60)


class ConflictOut(Schema):
    """Two claims of one element. 数源冲突。"""

    id: str
    element: str
    subject: str
    state: str
    holder: AuthorityOut
    challenger: AuthorityOut
    winner: str
    reason: str
    opened_at: datetime
    decided_at: datetime | None


class AuthorityQuery(PageQuery):
    """Of one element, or all. 数源查询。"""

    element: str = Field("", max_length=60)


@router.get(
    "/resources/{resource}/grade",
    response=GradeOut,
    operation_id="get_grade",
    summary="Grade and why",
)
@api_needs(READ)
def read_grade(request: HttpRequest, resource: str) -> dict[str, Any]:
    """The grade of a resource with its reasons. 取级别。"""
    return describe_grade(services.get_resource(actor_of(request), resource))


@router.post(
    "/resources/{resource}/grade",
    response=GradeOut,
    operation_id="set_grade",
    summary="Raise or lower the grade",
)
@api_needs(GRADE)
def change_grade(request: HttpRequest, resource: str, body: GradeChange) -> dict[str, Any]:
    """Raise or lower a grade with a reason. 人工定级。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    return describe_grade(services.set_grade(actor, found.id, grade=body.grade, reason=body.reason))


def take_page(rows: QuerySet[Any], page: PageQuery) -> QuerySet[Any]:
    """The rows after an id. 取页。"""
    return (rows.filter(id__gt=page.after) if page.after else rows)[: page.limit]


@router.get(
    "/authorities",
    response=list[AuthorityOut],
    operation_id="list_authorities",
    summary="Authoritative sources",
)
@api_needs(READ)
def list_authorities(request: HttpRequest, wanted: Query[AuthorityQuery]) -> Sequence[Any]:
    """Claims by element, the page after an id. 数源列表。"""
    rows = services.visible_authorities(actor_of(request)).order_by("id")
    if wanted.element:
        rows = rows.filter(element=wanted.element)
    return [describe_authority(one) for one in take_page(rows, wanted)]


@router.post(
    "/resources/{resource}/authorities",
    response=AuthorityOut,
    operation_id="claim_authority",
    summary="Claim an element",
)
@api_needs(CLAIM)
def claim(request: HttpRequest, resource: str, body: ClaimIn) -> dict[str, Any]:
    """Claim to be the authoritative source; contested where somebody is. 认领。"""
    actor = actor_of(request)
    found = services.get_resource(actor, resource)
    made = services.claim_authority(
        actor, found.id, body.item, subject=body.subject.value, reason=body.reason
    )
    return describe_authority(made)


@router.post(
    "/authorities/{authority}/withdraw",
    response=AuthorityOut,
    operation_id="withdraw_authority",
    summary="Withdraw a claim",
)
@api_needs(CLAIM)
def withdraw(request: HttpRequest, authority: str, body: Why) -> dict[str, Any]:
    """Give up a claim. 撤回认领。"""
    return describe_authority(
        services.withdraw_authority(actor_of(request), authority, reason=body.reason)
    )


@router.get(
    "/authority-conflicts",
    response=list[ConflictOut],
    operation_id="list_authority_conflicts",
    summary="Conflicts between sources",
)
@api_needs(READ)
def conflicts(request: HttpRequest, wanted: Query[PageQuery]) -> Sequence[Any]:
    """Conflicts, the page after an id. 冲突列表。"""
    rows = services.visible_conflicts(actor_of(request)).order_by("id")
    return [describe_conflict(one) for one in take_page(rows, wanted)]


@router.post(
    "/authority-conflicts/{conflict}/decide",
    response=ConflictOut,
    operation_id="decide_authority_conflict",
    summary="Decide a conflict",
)
@api_needs(DECIDE)
def decide(request: HttpRequest, conflict: str, body: Decision) -> dict[str, Any]:
    """Say which claim holds. 裁定。"""
    actor = actor_of(request)
    found = services.decide_conflict(actor, conflict, winner=body.winner, reason=body.reason)
    return describe_conflict(found)


def describe_grade(resource: Resource) -> dict[str, Any]:
    """A grade as it is answered. 级别输出。"""
    return {
        "grade": resource.grade,
        "label": str(GRADES[resource.grade]),
        "computed": resource.grade_computed,
        "chosen": resource.grade_chosen,
        "lowered": resource.grade < resource.grade_computed,
        "reason": resource.grade_reason,
        "reasons": [asdict(one) for one in services.reasons_of(resource)],
    }


def describe_authority(one: Authority) -> dict[str, Any]:
    """A claim as it is answered. 认领输出。"""
    names = ("id", "element", "subject", "item", "state", "reason", "created_at")
    return {name: getattr(one, name) for name in names} | {"resource": one.resource_id}


def describe_conflict(one: AuthorityConflict) -> dict[str, Any]:
    """A conflict as it is answered. 冲突输出。"""
    names = ("id", "element", "subject", "state", "winner", "reason", "opened_at", "decided_at")
    return {name: getattr(one, name) for name in names} | {
        "holder": describe_authority(one.holder),
        "challenger": describe_authority(one.challenger),
    }
