"""What every page of one entry shows above its content. 资源页框架。"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.nets.share.catalog.models import Resource
from yiwang.nets.share.catalog.types import RESOURCE_TABS

from .entries import name_owners
from .permissions import EDIT, LOOK


def frame_of(actor: Actor, resource: Resource) -> dict[str, Any]:
    """What every page of one entry shows above. 资源页框架。"""
    owners = name_owners([resource])
    return {
        "resource": resource,
        "owner_name": owners.get(resource.owner, resource.owner),
        "tab_items": list_tabs(actor, resource),
        "may_edit": actor.may(EDIT, organization=resource.owner),
        "may_look": actor.may(LOOK, organization=resource.owner),
    }


def list_tabs(actor: Actor, resource: Resource) -> list[tuple[str, str]]:
    """The views of one entry that this actor may open. 标签页。"""
    found = [(reverse("catalog:detail", args=[resource.id]), msg("Overview"))]
    if resource.table and actor.may(LOOK, organization=resource.owner):
        found += [
            (reverse("catalog:rows", args=[resource.id]), msg("Rows")),
            (reverse("catalog:profile", args=[resource.id]), msg("Profile")),
        ]
    if resource.table and actor.may(EDIT, organization=resource.owner):
        found += [
            (reverse("catalog:bind", args=[resource.id]), msg("Items and elements")),
            (reverse("catalog:judge", args=[resource.id]), msg("Personal data inside")),
        ]
    found += [
        (reverse("catalog:grade", args=[resource.id]), msg("Grade")),
        (reverse("catalog:authority", args=[resource.id]), msg("Authoritative source")),
    ]
    for port in RESOURCE_TABS.values():
        found += port(actor, resource.id)
    if resource.table and actor.may(LOOK, organization=resource.owner):
        found.append((reverse("catalog:looks", args=[resource.id]), msg("Who looked")))
    return found
