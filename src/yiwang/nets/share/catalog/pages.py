"""Pages of the catalogue. 目录页面。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import KINDS
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure

from . import services
from .authority_pages import (
    claim,
    describe_elsewhere,
    show_authorities,
    show_authority,
    show_conflict,
    show_conflicts,
    withdraw,
)
from .forms import EntryForm, PurposeForm, ReasonForm, make_entry_form
from .grading_pages import show_grade, show_rule
from .guide_pages import export_guide, import_guide
from .listing import list_entries
from .looking_pages import download, show_looks, show_profile, show_row, show_rows
from .models import Resource
from .services.permissions import EDIT, PUBLISH, READ, UNMASK
from .types import GRADES, RESOURCE_PANELS, ItemInfo


@needs(READ)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """Every entry the reader may know of; search and facets. 目录列表。"""
    return list_entries(request)


@needs(READ)
def show_detail(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """One entry: what it is, its items, its versions. 资源详情。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    items = [one for one in services.list_items(resource.id) if one.element]
    others = services.list_other_sources(actor, resource, [one.element for one in items])
    return render(request, "catalog/detail.html", services.frame_of(actor, resource) | {
        "elsewhere": describe_elsewhere(resource, items, others),
        "facts": describe_facts(resource),
        "missing": services.list_missing(resource) if not resource.publish_date else [],
        "may_publish": actor.may(PUBLISH, organization=resource.owner),
        "item_rows": describe_items(services.list_items(resource.id)),
        "panels": [one for port in RESOURCE_PANELS.values() if (one := port(actor, resource))],
        "versions": services.list_versions(actor, resource.id),
        "cases": services.list_cases(actor, resource.id),
    })  # fmt: skip


@needs(EDIT)
def edit(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Change the catalogue fields. 编辑目录信息。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    form = EntryForm(request.POST) if request.method == "POST" else make_entry_form(resource)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_resource(actor, resource.id, **form.cleaned_data)
        except YiwangError as error:
            add_failure(form, error, "name")
        else:
            flash(request, msg("Saved"))
            return redirect("catalog:detail", resource.id)
    context = services.frame_of(actor, resource) | {"form": form}
    return render(request, "catalog/edit.html", context, status=422 if form.errors else 200)


@needs(EDIT)
def bind(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Say which data element each item is. 绑定数据元。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    items = services.list_items(resource.id)
    if request.method == "POST":
        services.bind_elements(actor, resource.id, read_bindings(request, items))
        flash(request, msg("Saved: these elements now check, mask and match this resource"))
        return redirect("catalog:detail", resource.id)
    context = services.frame_of(actor, resource) | {
        "item_rows": describe_items(items),
        "cases": services.list_cases(actor, resource.id),
    }
    return render(request, "catalog/bind.html", context)


@needs(EDIT)
def judge(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """What was found inside the items, and a person's word on it. 内含个人信息核定。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.clear_finding(
            actor,
            resource.id,
            request.POST.get("item", ""),
            reason=form.cleaned_data["reason"],
            cleared="mask" not in request.POST,
        )
        flash(request, msg("Saved, with your reason on record"))
        return redirect("catalog:judge", resource.id)
    rows = describe_items(services.list_items(resource.id))
    context = services.frame_of(actor, resource) | {
        "found_rows": [row for row in rows if row["found"] or row["item"].found.unread],
        "may_unmask": actor.may(UNMASK, organization=resource.owner),
        "form": form,
    }
    return render(request, "catalog/judge.html", context, status=422 if form.errors else 200)


def read_bindings(request: HttpRequest, items: Sequence[ItemInfo]) -> dict[str, str]:
    """The chosen element per item, where the choice changes something. 读取绑定。"""
    chosen = {
        item.name: standards.read_element(request.POST[f"item-{item.position}"])
        for item in items
        if f"item-{item.position}" in request.POST
    }
    known = {item.name: item for item in items}
    return {
        name: element
        for name, element in chosen.items()
        if element != known[name].element or (not element and known[name].suggested)
    }


@needs(PUBLISH)
def publish(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Publish an entry, or take it back with a reason. 发布与撤回。"""
    actor = actor_of(request)
    if request.method == "POST":
        if "reason" in request.POST:
            services.withdraw_publication(actor, resource_id, reason=request.POST["reason"])
            flash(request, msg("Taken back to draft"))
        else:
            services.publish_resource(actor, resource_id)
            flash(request, msg("Published: every department can find it now"))
    return redirect("catalog:detail", resource_id)


@needs(UNMASK)
def unmask(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """State a purpose and see personal data for a while; or mask again. 明文查看。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    back = way_back(request, reverse("catalog:rows", args=[resource.id]))
    if request.method == "POST" and "end" in request.POST:
        services.end_unmasking(actor, resource.id)
        return redirect(back)
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.unmask_resource(actor, resource.id, purpose=form.cleaned_data["purpose"])
        return redirect(back)
    context = services.frame_of(actor, resource) | {"form": form}
    return render(request, "catalog/unmask.html", context, status=422 if form.errors else 200)


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page of this node that the reader came from, as the address says. 返回地址。"""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else otherwise


def describe_facts(resource: Resource) -> list[tuple[str, Any]]:
    """The core fields of the national guide. 核心元数据。"""
    return [
        (msg("Code"), resource.code),
        (msg("Catalogue"), resource.get_catalogue_class_display()),
        (msg("Abstract"), resource.abstract),
        (msg("Format"), resource.get_data_format_display()),
        (msg("Sharing type"), resource.get_sharing_type_display()),
        (msg("Basis or condition of sharing"), resource.sharing_basis),
        (msg("Openness"), resource.get_open_type_display()),
        (msg("Update cycle"), resource.get_update_cycle_display()),
        (msg("Published"), resource.publish_date),
        (msg("Grade"), GRADES[resource.grade]),
        (msg("Key"), ", ".join(resource.key)),
        (msg("Last landed"), resource.landed_at),
    ]


def describe_items(items: Sequence[ItemInfo]) -> list[dict[str, Any]]:
    """Items with the words of their elements. 信息项说明。"""
    known = standards.get_elements()
    chinese = (get_language() or "zh").startswith("zh")
    rows = []
    for item in items:
        element = known.get(item.effective)
        rows.append(
            {
                "item": item,
                "element": element,
                "label": (element.zh if chinese else element.en) if element else "",
                "reasons": [zh if chinese else en for zh, en in item.reasons],
                "found": describe_found(item, chinese=chinese),
            }
        )
    return rows


def describe_found(item: ItemInfo, *, chinese: bool) -> list[tuple[str, int]]:
    """The personal kinds found inside an item and in how many cells. 内含个人信息说明。"""
    return [
        (KINDS[kind].zh if chinese else KINDS[kind].en, item.found.kinds[kind].cells)
        for kind in item.found.personal
    ]


urlpatterns = [
    path("grade-rule/", show_rule, name="grade_rule"),
    path("authorities/", show_authorities, name="authorities"),
    path("authorities/conflicts/", show_conflicts, name="conflicts"),
    path("authorities/conflicts/<str:conflict_id>/", show_conflict, name="conflict"),
    path("<str:resource_id>/grade/", show_grade, name="grade"),
    path("<str:resource_id>/authority/", show_authority, name="authority"),
    path("<str:resource_id>/authority/claim/", claim, name="claim_authority"),
    path(
        "<str:resource_id>/authority/<str:authority_id>/withdraw/",
        withdraw,
        name="withdraw_authority",
    ),
    path("", show_list, name="list"),
    path("guide/import/", import_guide, name="import_guide"),
    path("guide/export/<str:ending>/", export_guide, name="export_guide"),
    path("<str:resource_id>/", show_detail, name="detail"),
    path("<str:resource_id>/edit/", edit, name="edit"),
    path("<str:resource_id>/items/", bind, name="bind"),
    path("<str:resource_id>/found/", judge, name="judge"),
    path("<str:resource_id>/publish/", publish, name="publish"),
    path("<str:resource_id>/unmask/", unmask, name="unmask"),
    path("<str:resource_id>/rows/", show_rows, name="rows"),
    path("<str:resource_id>/rows/<int:row>/", show_row, name="row"),
    path("<str:resource_id>/profile/", show_profile, name="profile"),
    path("<str:resource_id>/export/", download, name="export"),
    path("<str:resource_id>/looks/", show_looks, name="looks"),
]
