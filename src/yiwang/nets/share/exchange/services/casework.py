"""The case of a request, and what its steps do. 共享申请流程。"""

from __future__ import annotations

from collections.abc import Mapping

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.types import AboutCase, Arrival
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import Request
from yiwang.nets.share.exchange.types import CASE, GUARDED_FROM, Method, RequestState

from .finding import require_asker
from .granting import create_grant
from .permissions import APPROVE, DECIDE
from .settings_files import list_duties, list_purposes

SUPPLIED = ("purpose", "duty")
"""Fields of the case that the owner may ask for once more. 可补正项。"""
STRICT = frozenset({"null", "token"})
"""Masks that show nothing of a value by themselves. 严格脱敏。"""
OUTCOMES = {"granted": RequestState.GRANTED, "refused": RequestState.REFUSED}


def open_case(act: Act, request: Request) -> str:
    """Open the case that decides a request; its number. 立案。"""
    resource = request.resource
    purpose = list_purposes()[request.purpose_kind]
    told = {
        "resource": resource.name,
        "owner": resource.owner,
        "office": identity.find_office("steward", resource.owner) or resource.owner,
        "asker": request.organization,
        "purpose_kind": purpose.zh,
        "purpose": request.purpose,
        "duty": request.duty,
        "columns": "、".join(request.columns),
        "clear": "、".join(request.clear),
        "masks": "、".join(f"{name}: {mask}" for name, mask in request.masks.items()),
        "beyond": "、".join(request.beyond),
        "rows": request.row_filter,
        "until": request.until.isoformat(),
        "method": str(Method(request.method).value),
        "volume": request.volume,
        "grade": resource.grade,
        "automatic": request.automatic,
        "second": needs_second(request),
    } | {key: duty.days for key, duty in list_duties().items()}
    workflow.open_about(
        act, CASE, request.id, title=resource.name, organization=resource.owner,
        starter=act.actor.id, data={key: one for key, one in told.items() if one != ""},
    )  # fmt: skip
    return workflow.find_last_number(CASE, request.id)


def list_loose(masks: Mapping[str, str], guards: Mapping[str, str]) -> list[str]:
    """Personal columns whose chosen mask may show more than the usual one. 需人工判断的脱敏。"""
    return [name for name, mask in masks.items() if name in guards and mask not in STRICT]


def needs_second(request: Request) -> bool:
    """Whether a second person of the owner has to agree: to what is seen whole, or in part. 双人审批。"""
    guards = catalog.guard_masks(request.resource_id, request.columns)
    return (
        bool(request.clear or list_loose(request.masks, guards))
        or request.resource.grade >= GUARDED_FROM
    )


def decide_withdrawn(actor: Actor, request: Request) -> None:
    """Say to the case that whoever asked takes it back. 撤回联动。"""
    workflow.decide_about(actor, CASE, request.id, "withdrawn")


def note_agreement(act: Act, arrival: Arrival) -> None:
    """What agreeing as the owner takes, for the step may be in the hands of anybody. 提供方同意。"""
    request = _load(arrival.subject)
    act.actor.require(APPROVE, organization=request.resource.owner)
    _take_over(request, arrival)


def note_withdrawal(act: Act, arrival: Arrival) -> None:
    """Only for the organization that asked. 申请方撤回。"""
    require_asker(act.actor, _load(arrival.subject))


def grant_request(act: Act, arrival: Arrival) -> None:
    """Grant what was asked: by the data bureau, or at once where nobody has to decide. 授权。"""
    request = _load(arrival.subject)
    if not request.automatic:
        act.actor.require(DECIDE, organization=request.resource.owner)
        _take_over(request, arrival)
    create_grant(act, request)


def allocate_request(act: Act, arrival: Arrival) -> None:
    """Grant over the refusal of the owner, with the reason that the step asks for. 调配。"""
    request = _load(arrival.subject)
    act.actor.require(DECIDE, organization=request.resource.owner)
    _take_over(request, arrival)
    create_grant(act, request, allocated=True)


def note_end(act: Act, request_id: str, outcome: str) -> None:
    """How the case of a request ended. 申请办结。"""
    state = OUTCOMES.get(outcome, RequestState.ENDED)
    Request.objects.filter(pk=request_id).update(state=state, ended_at=act.at)


def list_cases(actor: Actor, request_id: str) -> list[AboutCase]:
    """The open case about a request. 在办流程。"""
    return workflow.list_about(actor, [CASE], [request_id]).get(request_id, [])


def _take_over(request: Request, arrival: Arrival) -> None:
    """What the asker supplied in the case stands in the request and in its grant."""
    for name in SUPPLIED:
        setattr(request, name, str(arrival.data.get(name) or getattr(request, name)))
    request.save(update_fields=SUPPLIED)


def _load(request_id: str) -> Request:
    return Request.objects.select_related("resource").get(pk=request_id)
