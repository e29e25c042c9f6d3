"""What requests and grants register at start. 登记。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu
from yiwang.kernel.workflow.types import SHIPPED_TYPES, ShippedType
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.catalog.types import RESOURCE_PANELS, RESOURCE_TABS, SHARED, SharingType

from . import services
from .services.casework import (
    allocate_request,
    grant_request,
    note_agreement,
    note_end,
    note_withdrawal,
)
from .services.permissions import ASK, SEE
from .types import CASE

SHARE = msg("Data sharing")
add_menu(
    "exchange:requests", msg("Requests"), section=SHARE, permission=SEE, order=214, icon="list"
)
add_menu("exchange:grants", msg("Grants"), section=SHARE, permission=SEE, order=216, icon="check")


def request_page(request_id: str) -> str:
    """The page of a request. 申请页地址。"""
    return reverse("exchange:request", args=[request_id])


def grants_tab(actor: Actor, resource_id: str) -> list[tuple[str, str]]:
    """The requests and grants of an entry. 授权标签页。"""
    if not actor.may(SEE):
        return []
    return [(f"{reverse('exchange:grants')}?resource={resource_id}", msg("Grants"))]


def offer_request(actor: Actor, resource: Resource) -> tuple[str, Mapping[str, Any]] | None:
    """The way from an entry of somebody else to asking for it. 申请入口。"""
    shared = resource.sharing_type in SHARED
    if resource.owner == actor.organization or not resource.publish_date or not shared:
        return None
    if not resource.table or not actor.may(ASK, organization=actor.organization):
        return None
    grants = services.visible_grants(actor).filter(
        resource=resource, organization=actor.organization, revoked_at=None
    )
    asks = SharingType(resource.sharing_type).label
    return "exchange/_offer.html", {"resource": resource, "grants": grants[:5], "sharing": asks}


RESOURCE_TABS.register("exchange.grants", grants_tab)
RESOURCE_PANELS.register("exchange.request", offer_request)
SHIPPED_TYPES.register(
    CASE,
    ShippedType(
        CASE,
        __package__,
        "request.yaml",
        url=request_page,
        effects={
            "second": note_agreement,
            "bureau": note_agreement,
            "granted": grant_request,
            "allocated": allocate_request,
            "withdrawn": note_withdrawal,
        },
        ended=note_end,
    ),
)
