"""Requests and grants as far as somebody may know of them. 申请与授权的可见范围。"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.nets.share.exchange.models import DeliveryOut, Denial, Grant, Request, Terms

from .permissions import ASK, DENY, SEE

Row = TypeVar("Row", bound=Model)


def ref_of(grant: Grant) -> Ref:
    """The pointer that acts carry. 引用。"""
    return Ref("share.grant", grant.id, grant.request.number)


def visible_requests(actor: Actor) -> QuerySet[Request]:
    """Requests of the actor's organizations, and for their data. 可见申请。"""
    return _within(actor, SEE, Request.objects.select_related("resource"))


def visible_grants(actor: Actor) -> QuerySet[Grant]:
    """Grants to the actor's organizations, and of their data. 可见授权。"""
    return _within(actor, SEE, Grant.objects.select_related("resource", "request"))


def visible_denials(actor: Actor) -> QuerySet[Denial]:
    """Who may have nothing: all, or as far as it is the own data. 可见禁止名单。"""
    rows = Denial.objects.select_related("resource")
    if actor.permissions.get(DENY) == "all":
        return rows
    return rows.filter(resource__owner__in=sorted(actor.organizations))


def _within(actor: Actor, permission: str, rows: QuerySet[Row]) -> QuerySet[Row]:
    scope = actor.permissions.get(permission)
    if scope == "all":
        return rows
    if scope is None:
        return rows.none()
    mine = sorted(actor.organizations)
    return rows.filter(Q(organization__in=mine) | Q(resource__owner__in=mine))


def get_request(actor: Actor, request_id: str) -> Request:
    """One request, NotFound for what is hidden as for what is missing. 取申请。"""
    found = visible_requests(actor).filter(id=request_id).first()
    if found is None:
        raise NotFound("exchange.request.missing", "There is no such request")
    return found


def get_grant(actor: Actor, grant_id: str) -> Grant:
    """One grant, NotFound for what is hidden as for what is missing. 取授权。"""
    found = visible_grants(actor).filter(id=grant_id).first()
    if found is None:
        raise missing_grant()
    return found


def missing_grant() -> NotFound:
    """There is none that the asker may know of. 无此授权。"""
    return NotFound("exchange.grant.missing", "There is no such grant")


def is_asker(actor: Actor, request: Request) -> bool:
    """Whether the actor may speak for the organization that asked. 是否申请方。"""
    own = request.organization in {actor.organization, *actor.organizations}
    return own and actor.may(ASK)


def require_asker(actor: Actor, request: Request) -> None:
    """Raise NotPermitted for who may not speak for the organization that asked. 申请方本单位。"""
    actor.require(ASK, organization=request.organization)
    if not is_asker(actor, request):
        raise NotPermitted(
            "exchange.request.others", "Only the organization that asked can take it back"
        )


def find_grant_of(request: Request) -> Grant | None:
    """The grant that a request led to. 申请的授权。"""
    return Grant.objects.filter(request=request).select_related("resource", "request").first()


def list_terms(grant: Grant) -> list[Terms]:
    """The versions of a grant, the newest first. 授权条款版本。"""
    return list(Terms.objects.filter(grant=grant).order_by("-number"))


def get_terms(grant: Grant) -> Terms:
    """The terms that hold. 现行条款。"""
    return Terms.objects.filter(grant=grant).latest("number")


def get_terms_of(grants: Iterable[Grant]) -> dict[str, Terms]:
    """The terms that hold, by grant, in one query. 批量取现行条款。"""
    rows = Terms.objects.filter(grant__in=[one.id for one in grants]).order_by("number")
    return {one.grant_id: one for one in rows}


def list_handed_out(grant: Grant) -> QuerySet[DeliveryOut]:
    """What was handed out under a grant. 交付记录。"""
    return DeliveryOut.objects.filter(grant=grant)
