"""Pages of entities in the catalogue. 业务对象资源页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services as standards
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import build_list, render_list
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.sources.types import OPEN, Cycle

from . import services
from .listing import CYCLES, ENTITIES, RUNS, explain, light_of_entity
from .services import EntityResource


@needs(services.SEE)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """Entities that are resources. 业务对象资源列表。"""
    actor = actor_of(request)
    rows = services.visible_entities(actor)
    owners = catalog.name_codes(rows.values_list("resource__owner", flat=True).distinct())
    spec = catalog.name_owners_in(ENTITIES, owners)
    return render_list(request, spec, rows, template="entities/list.html")


@needs(services.SEE)
def show_of_resource(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Where the rows of a resource come from, column by column, and every snapshot. 来源与快照。"""
    actor = actor_of(request)
    resource = catalog.get_resource(actor, resource_id)
    entity = services.get_entity(actor, resource.id)
    runs = services.visible_runs(actor).filter(entity=entity)
    context = catalog.frame_of(actor, resource) | {
        "panel": describe(actor, entity),
        "columns": describe_columns(entity),
        "list": build_list(request, RUNS, runs),
    }
    return render(request, "entities/of_resource.html", context)


@needs(services.LAY)
def snapshot(request: HttpRequest, code: str) -> HttpResponseBase:
    """Lay the rows down now. 立即快照。"""
    actor = actor_of(request)
    entity = services.get_entity(actor, code)
    if request.method == "POST":
        services.ask_snapshot(actor, entity.code)
        flash(request, msg("Asked for: a worker lays the rows down"))
    return redirect("entities:of_resource", entity.resource_id)


@needs(services.SEE)
def show_state(request: HttpRequest, code: str) -> HttpResponseBase:
    """How its snapshot stands, while one goes on. 快照状态。"""
    actor = actor_of(request)
    entity = services.get_entity(actor, code)
    panel = describe(actor, entity)
    response = render(request, "entities/_state.html", {"panel": panel})
    if panel["open_run"] is None:
        response.headers["HX-Refresh"] = "true"
    return response


def describe_columns(entity: EntityResource) -> list[dict[str, str]]:
    """Each item with the field it comes from and what it is. 字段血缘。"""
    known = standards.get_elements()
    chinese = (get_language() or "zh").startswith("zh")
    bound = {item.name: known.get(item.element) for item in catalog.list_items(entity.resource_id)}
    return [
        {
            "key": one.key,
            "item": one.item,
            "element": (found.zh if chinese else found.en)
            if (found := bound.get(one.item))
            else "",
        }
        for one in services.list_columns(entity)
    ]


def describe(actor: Actor, entity: EntityResource) -> dict[str, Any]:
    """What is shown of an entity: whose, how old, when next. 业务对象说明。"""
    runs = services.visible_runs(actor).filter(entity=entity)
    newest = runs.order_by("-created_at").first()
    return {
        "entity": entity,
        "title": in_language(entity.title) or entity.code,
        "app": in_language(entity.app_title) or entity.app,
        "light": light_of_entity(entity),
        "cycle": CYCLES.get(Cycle(entity.cycle)) or str(Cycle(entity.cycle).label),
        "open_run": newest if newest and newest.state in OPEN else None,
        "error": explain(newest) if newest else "",
        "may_ask": not entity.retired_at
        and actor.may(services.LAY, organization=entity.resource.owner),
    }


def show_panel(actor: Actor, resource: Resource) -> tuple[str, dict[str, Any]] | None:
    """On the first page of a resource: which entity keeps its rows. 资源页面板。"""
    entity = services.find_of_resource(actor, resource.id) if resource.kept_by else None
    return ("entities/_panel.html", describe(actor, entity)) if entity else None


urlpatterns = [
    path("", show_list, name="list"),
    path("resource/<str:resource_id>/", show_of_resource, name="of_resource"),
    path("<str:code>/snapshot/", snapshot, name="snapshot"),
    path("<str:code>/state/", show_state, name="state"),
]
