"""Pages of live sources. 数据源页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.live import services as live
from yiwang.kernel.live.types import LiveKind
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.lists import build_list, render_list
from yiwang.nets.share.catalog import services as catalog

from . import services
from .forms import PREFIX, SourceForm
from .listing import RUNS, SOURCES, STEPS, TABLES, tables_of
from .models import Source
from .table_pages import urlpatterns as table_patterns


@needs(services.SEE)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """All sources within reach. 数据源列表。"""
    rows = services.visible_sources(actor_of(request))
    names = catalog.name_codes(rows.order_by("owner").values_list("owner", flat=True).distinct())
    spec = catalog.name_owners_in(SOURCES, names)
    return render_list(request, spec, rows, template="sources/list.html")


@needs(services.SEE)
def show_tables(request: HttpRequest) -> HttpResponseBase:
    """Everything that is read, with its state. 读取表列表。"""
    rows = services.visible_tables(actor_of(request))
    return render_list(request, TABLES, rows, title=msg("What is read of live sources"))


@needs(services.MANAGE)
def add(request: HttpRequest) -> HttpResponseBase:
    """Choose a kind, then say how it is reached. 新建数据源。"""
    actor = actor_of(request)
    kinds = live.list_kinds()
    context: dict[str, Any] = {"kinds": kinds, "steps": STEPS, "step": 1}
    chosen = request.GET.get("kind", "")
    if not chosen:
        return render(request, "sources/new.html", context)
    kind = live.get_kind(chosen)
    form = SourceForm(actor, kind, request.POST or None, initial={"owner": actor.organization})
    if request.method == "POST" and form.is_valid():
        try:
            source = enter(actor, kind, form)
        except YiwangError as error:
            add_failure(form, error)
        else:
            return redirect("sources:discover", source.id)
    status = 422 if form.errors else 200
    context |= {"step": 2, "kind": kind, "form": form}
    return render(request, "sources/new.html", context, status=status)


def enter(actor: Actor, kind: LiveKind, form: SourceForm) -> Source:
    """Enter the source a form describes. 登记。"""
    said = form.cleaned_data
    return services.add_source(
        actor, owner=said["owner"], name=said["name"], kind=kind.name, settings=form.settings()
    )


@needs(services.SEE)
def show(request: HttpRequest, source_id: str) -> HttpResponseBase:
    """One source: what is read of it, and the last readings. 数据源详情。"""
    actor = actor_of(request)
    source = services.get_source(actor, source_id)
    runs = services.visible_runs(actor).filter(table__source=source)
    context = frame(actor, source) | {
        "tables": tables_of(services.visible_tables(actor).filter(source=source)),
        "list": build_list(request, RUNS, runs),
    }
    return render(request, "sources/detail.html", context)


def frame(actor: Actor, source: Source) -> dict[str, Any]:
    """What every page of a source shows. 数据源页框架。"""
    kind = services.kind_of(source)
    owners = catalog.name_codes([source.owner])
    shown = [
        (one.label, gettext(dict(one.choices).get(text, text)))
        for one in kind.settings
        if (text := source.settings.get(one.name, ""))
    ]
    return {
        "source": source,
        "kind": kind,
        "owner_name": owners.get(source.owner, source.owner),
        "facts": shown,
        "may_manage": actor.may(services.MANAGE, organization=source.owner),
    }


@needs(services.MANAGE)
def check(request: HttpRequest, source_id: str) -> HttpResponseBase:
    """Try the connection. 测试连接。"""
    if request.method == "POST":
        actor = actor_of(request)
        try:
            answer = services.check_source(actor, source_id)
        except YiwangError as error:
            flash(
                request,
                msg("The connection does not work: %(why)s"),
                "red",
                why=explain(error),
            )
        else:
            flash(request, msg("The connection works. There answers: %(answer)s"), answer=answer)
    return redirect("sources:detail", source_id)


@needs(services.MANAGE)
def edit(request: HttpRequest, source_id: str) -> HttpResponseBase:
    """Change how a source is reached. 修改数据源。"""
    actor = actor_of(request)
    source = services.get_source(actor, source_id)
    kind = services.kind_of(source)
    initial = {PREFIX + name: value for name, value in source.settings.items()}
    form = SourceForm(
        actor,
        kind,
        request.POST or None,
        entered=True,
        initial=initial | {"name": source.name},
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_source(
                actor, source.id, name=form.cleaned_data["name"], settings=form.settings()
            )
        except YiwangError as error:
            add_failure(form, error)
        else:
            flash(request, msg("Saved"))
            return redirect("sources:detail", source.id)
    status = 422 if form.errors else 200
    context = frame(actor, source) | {"form": form}
    return render(request, "sources/edit.html", context, status=status)


@needs(services.MANAGE)
def pause(request: HttpRequest, source_id: str) -> HttpResponseBase:
    """Stop reading by itself, or go on. 暂停或恢复。"""
    if request.method == "POST":
        services.pause_source(actor_of(request), source_id, paused="resume" not in request.POST)
    return redirect("sources:detail", source_id)


@needs(services.MANAGE)
def remove(request: HttpRequest, source_id: str) -> HttpResponseBase:
    """Forget a source. 移除数据源。"""
    if request.method != "POST":
        return redirect("sources:detail", source_id)
    services.remove_source(actor_of(request), source_id, reason=request.POST.get("reason", ""))
    flash(request, msg("The source is removed and its password destroyed"))
    return redirect("sources:list")


@needs(services.MANAGE)
def discover(request: HttpRequest, source_id: str) -> HttpResponseBase:
    """What may be read there: tables, or files. 发现数据表。"""
    actor = actor_of(request)
    source = services.get_source(actor, source_id)
    context = frame(actor, source) | {"steps": STEPS, "step": 3}
    taken = services.visible_tables(actor).filter(source=source)
    context["taken"] = {one.name: one.id for one in taken}
    status = 200
    try:
        if context["kind"].shape == "files":
            context["found_files"] = services.list_files(actor, source.id)
        else:
            context["found"] = [
                (one, context["taken"].get(one.name))
                for one in services.discover_tables(actor, source.id)
            ]
    except YiwangError as error:
        context["error"], status = explain(error), error.status
    return render(request, "sources/discover.html", context, status=status)


urlpatterns = [
    path("", show_list, name="list"),
    path("new/", add, name="new"),
    path("tables/", show_tables, name="tables"),
    *table_patterns,
    path("<str:source_id>/", show, name="detail"),
    path("<str:source_id>/check/", check, name="check"),
    path("<str:source_id>/edit/", edit, name="edit"),
    path("<str:source_id>/pause/", pause, name="pause"),
    path("<str:source_id>/remove/", remove, name="remove"),
    path("<str:source_id>/discover/", discover, name="discover"),
]
