"""Pages that look into the data of an entry. 数据查看页面。"""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.standards import services as standards
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain

from . import services
from .services.permissions import EXPORT, LOOK, UNMASK
from .types import VERSION_ORIGINS


@needs(LOOK)
def show_rows(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Rows of one version, personal columns masked. 数据行。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    text = request.GET.get("filter", "").strip()
    error = ""
    try:
        where = services.read_filter(text, resource)
    except InvalidInput as refusal:
        where, error = None, explain(refusal)
    look = services.look_rows(
        actor,
        resource.id,
        version=read_number(request, "version"),
        where=where,
        after=read_number(request, "after") or 0,
    )
    items = services.list_items(resource.id)
    context = services.frame_of(actor, resource) | {
        "look": look,
        "heads": make_heads(look, items),
        "inside": [item.name for item in items if item.suspect],
        "rows": [cells for _, cells in look.rows],
        "first_row": 1,
        "numbers": [number for number, _ in look.rows],
        "row_link": reverse("catalog:rows", args=[resource.id]),
        "row_query": f"?version={look.version.number}",
        "filter": text,
        "filter_error": error,
        "next_url": next_url(request, look),
        "unmasking": services.find_unmasking(actor, resource.id),
        "may_unmask": actor.may(UNMASK, organization=resource.owner),
        "may_export": actor.may(EXPORT, organization=resource.owner),
        "formats": services.FORMATS,
    }
    return render(request, "catalog/rows.html", context, status=422 if error else 200)


@needs(LOOK)
def show_row(request: HttpRequest, resource_id: str, row: int) -> HttpResponseBase:
    """One row whole, and the delivery it came with. 单行与来源。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    look, origin = services.look_row(
        actor, resource.id, row, version=read_number(request, "version")
    )
    heads = make_heads(look, services.list_items(resource.id))
    found = [port(actor, origin.id) for port in VERSION_ORIGINS.values()] if origin else []
    context = services.frame_of(actor, resource) | {
        "look": look,
        "row": row,
        "cells": list(zip(heads, look.rows[0][1], strict=True)),
        "origin": origin,
        "deliveries": [one for one in found if one],
    }
    return render(request, "catalog/row.html", context)


@needs(LOOK)
def show_profile(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """What each column looks like. 数据概况。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    version, columns = services.look_profile(
        actor, resource.id, version=read_number(request, "version")
    )
    items = {item.name: item for item in services.list_items(resource.id)}
    known = standards.get_elements()
    chinese = (get_language() or "zh").startswith("zh")
    shown = []
    for column in columns:
        item = items.get(column.name)
        element = known.get(item.effective) if item else None
        shown.append(
            {
                "column": column,
                "item": item,
                "element": (element.zh if chinese else element.en) if element else "",
                "reasons": [zh if chinese else en for zh, en in item.reasons] if item else [],
            }
        )
    context = services.frame_of(actor, resource) | {"version": version, "columns": shown}
    return render(request, "catalog/profile.html", context)


@needs(LOOK)
def show_looks(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Who looked at personal data here, and what for. 谁查阅过。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    context = services.frame_of(actor, resource) | {
        "looks": services.list_looks(actor, resource.id)
    }
    return render(request, "catalog/looks.html", context)


@needs(EXPORT)
def download(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """The rows as a file, masked as on the page. 导出文件。"""
    found = services.open_export(
        actor_of(request),
        resource_id,
        ending=request.GET.get("format", "csv"),
        version=read_number(request, "version"),
        where=request.GET.get("filter", ""),
    )
    return FileResponse(found.stream, as_attachment=True, filename=found.name)


def read_number(request: HttpRequest, name: str) -> int | None:
    """A whole number in the address, or None. 读数字参数。"""
    text = request.GET.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise InvalidInput("catalog.number.invalid", "%(name)s must be a number", name=name)
    return int(text)


def make_heads(look: services.Look, items: list[services.ItemInfo]) -> list[services.Head]:
    """Column heads with their element and whether they are masked. 列头。"""
    known = standards.get_elements()
    effective = {item.name: item.effective for item in items}
    chinese = (get_language() or "zh").startswith("zh")
    heads = []
    for name in look.columns:
        element = known.get(effective.get(name, ""))
        note = (element.zh if chinese else element.en) if element else ""
        heads.append(services.Head(name=name, note=note, masked=name in look.masked))
    return heads


def next_url(request: HttpRequest, look: services.Look) -> str:
    """The address of the next page, or nothing at the end. 下一页。"""
    if not look.more:
        return ""
    data = request.GET.copy()
    data["after"] = str(look.next_after)
    return f"{request.path}?{data.urlencode()}"
