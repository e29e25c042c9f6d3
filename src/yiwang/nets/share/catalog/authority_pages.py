"""Authoritative sources and their conflicts. 一数一源页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services as standards
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list
from yiwang.kernel.ui.lists.spec import Color

from . import services
from .forms import ClaimForm, ReasonForm
from .models import Authority, Resource
from .services.permissions import CLAIM, DECIDE, READ
from .types import AuthorityState, ConflictState, Subject

COLORS: dict[str, Color] = {"holding": "green", "contested": "yellow"}


def name_element(code: str) -> str:
    """An element in the reader's language. 数据元名称。"""
    element = standards.find_element(code)
    chinese = (get_language() or "zh").startswith("zh")
    return (element.zh if chinese else element.en) if element else code


AUTHORITIES = ListSpec(
    name="authorities",
    columns=(
        Column("element", msg("Data element"), lambda r: name_element(r.element), sort="element"),
        Column("subject", msg("For whom"), lambda r: r.get_subject_display()),
        Column("resource", msg("Resource"), lambda r: r.resource.name, link=lambda r: reverse("catalog:authority", args=[r.resource_id])),
        Column("item", msg("Item")),
        Column("state", msg("State"), lambda r: Light(r.get_state_display(), COLORS.get(r.state, "")), kind="light"),
        Column("created_at", msg("Claimed"), kind="datetime", sort="created_at"),
    ),
    filters=(
        Filter("element", msg("Data element"), "text"),
        Filter("state", msg("State"), choices=lambda _: [(one.value, str(one.label)) for one in AuthorityState]),
    ),
    order=("element",),
    export="authorities",
    empty=Empty(msg("No authoritative source yet"), msg("A steward claims one on the page of a resource, under authoritative source.")),
)  # fmt: skip
CONFLICTS = ListSpec(
    name="authority_conflicts",
    columns=(
        Column("element", msg("Data element"), lambda r: name_element(r.element), link=lambda r: reverse("catalog:conflict", args=[r.id])),
        Column("holder", msg("Holds"), lambda r: r.holder.resource.name),
        Column("challenger", msg("Claims too"), lambda r: r.challenger.resource.name),
        Column("state", msg("State"), lambda r: Light(r.get_state_display(), "red" if r.state == "open" else ""), kind="light"),
        Column("opened_at", msg("Since"), kind="datetime", sort="opened_at"),
    ),
    filters=(Filter("state", msg("State"), choices=lambda _: [(one.value, str(one.label)) for one in ConflictState]),),
    order=("-opened_at",),
    export="authority_conflicts",
    empty=Empty(msg("No conflicts"), msg("A conflict opens where two resources claim to be the source of one element.")),
)  # fmt: skip


@needs(READ)
def show_authorities(request: HttpRequest) -> HttpResponseBase:
    """Which resource is the source of which element. 数源目录。"""
    actor = actor_of(request)
    return render_list(
        request,
        AUTHORITIES,
        services.visible_authorities(actor),
        template="catalog/authorities.html",
        context={"open_conflicts": services.visible_conflicts(actor).filter(state="open").exists()},
    )


@needs(READ)
def show_conflicts(request: HttpRequest) -> HttpResponseBase:
    """Conflicts between claims. 数源冲突。"""
    rows = services.visible_conflicts(actor_of(request))
    return render_list(request, CONFLICTS, rows, template="catalog/conflicts.html")


@needs(READ)
def show_conflict(request: HttpRequest, conflict_id: str) -> HttpResponseBase:
    """One conflict, and the word that ends it. 冲突裁定。"""
    actor = actor_of(request)
    conflict = services.get_conflict(actor, conflict_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.decide_conflict(
            actor,
            conflict.id,
            winner=request.POST.get("winner", ""),
            reason=form.cleaned_data["reason"],
        )
        flash(request, msg("Decided; both departments are told"))
        return redirect("catalog:conflict", conflict.id)
    sides = [conflict.holder, conflict.challenger]
    owners = services.name_owners([one.resource for one in sides])
    context = {
        "conflict": conflict,
        "element_name": name_element(conflict.element),
        "sides": [(one, owners.get(one.resource.owner, "")) for one in sides],
        "form": form,
        "may_decide": actor.may(DECIDE),
        "compare_url": compare_url(conflict.holder.resource, conflict.challenger.resource),
    }
    return render(request, "catalog/conflict.html", context, status=422 if form.errors else 200)


@needs(READ)
def show_authority(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """What a resource is the source of, and where its elements have other sources. 资源数源。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    items = [one for one in services.list_items(resource.id) if one.element]
    others = services.list_other_sources(actor, resource, [one.element for one in items])
    context = services.frame_of(actor, resource) | {
        "claims": [
            (one, name_element(one.element)) for one in services.list_authorities_of(resource)
        ],
        "elsewhere": describe_elsewhere(resource, items, others),
        "items": [(one, name_element(one.element)) for one in items],
        "subjects": Subject.choices,
        "may_claim": actor.may(CLAIM, organization=resource.owner),
    }
    return render(request, "catalog/authority.html", context)


@needs(CLAIM)
@require_POST
def claim(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Claim an element for an item. 认领。"""
    form = ClaimForm(request.POST)
    values = {name: request.POST.get(name, "") for name in ClaimForm.base_fields}
    if form.is_valid():
        values = form.cleaned_data
    found = services.claim_authority(actor_of(request), resource_id, **values)
    contested = found.state == AuthorityState.CONTESTED
    flash(
        request,
        msg("Somebody holds it already: a conflict is open and the data bureau decides")
        if contested
        else msg("This item is now the authoritative source"),
    )
    return redirect("catalog:authority", resource_id)


@needs(CLAIM)
@require_POST
def withdraw(request: HttpRequest, resource_id: str, authority_id: str) -> HttpResponseBase:
    """Give up a claim. 撤回认领。"""
    services.withdraw_authority(
        actor_of(request), authority_id, reason=request.POST.get("reason", "")
    )
    flash(request, msg("The claim is withdrawn"))
    return redirect("catalog:authority", resource_id)


def describe_elsewhere(
    resource: Resource,
    items: list[services.ItemInfo],
    others: dict[str, list[Authority]],
) -> list[dict[str, Any]]:
    """Items whose element has its authoritative source elsewhere. 他处数源。"""
    return [
        {
            "item": item,
            "element": name_element(item.element),
            "authority": one,
            "compare_url": compare_url(resource, one.resource),
        }
        for item in items
        for one in others.get(item.element, [])
    ]


def compare_url(left: Resource, right: Resource) -> str:
    """Where the two are compared. 比对入口。"""
    return f"{reverse('compare:new')}?left={left.id}&right={right.id}"
