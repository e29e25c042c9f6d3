"""Pages of what is read of a source: choosing, planning, running. 读取表页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.live.types import LiveTable
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.lists import build_list
from yiwang.nets.share.catalog import services as catalog

from . import services
from .forms import PlanForm, TakeForm, read_columns
from .listing import RUNS, STEPS, light_of, light_of_table
from .models import Run, SourceTable
from .types import OPEN, Cycle, Mode


@needs(services.MANAGE)
def take(request: HttpRequest, source_id: str) -> HttpResponseBase:
    """Choose columns, confirm elements, say how and when. 选择读取内容。"""
    actor = actor_of(request)
    source = services.get_source(actor, source_id)
    kind = services.kind_of(source)
    wanted = request.GET.get("table", "")
    try:
        table = (
            services.describe_table(actor, source.id, wanted)
            if kind.shape == "tables"
            else LiveTable(wanted)
        )
    except YiwangError as error:
        flash(request, explain(error), "red")
        return redirect("sources:discover", source.id)
    form = TakeForm(watermarks(table), request.POST or None, initial=first_plan(table))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_table(
                actor,
                source.id,
                name=wanted,
                resource=form.cleaned_data["resource"],
                plan=form.plan(read_columns(request.POST, table)),
            )
        except YiwangError as error:
            add_failure(form, error)
        else:
            flash(request, msg("Chosen. Read it now, or wait for its time."))
            return redirect("sources:table", made.id)
    chosen = read_columns(request.POST, table) if request.method == "POST" else None
    context = {
        "source": source,
        "steps": STEPS,
        "table": table,
        "form": form,
        "columns": describe_columns(table, chosen),
    }
    return render(request, "sources/take.html", context, status=422 if form.errors else 200)


def watermarks(table: LiveTable) -> list[str]:
    """Columns that can say what is new. 水位字段候选。"""
    return [column.name for column in table.columns if column.moves]


def first_plan(table: LiveTable) -> dict[str, Any]:
    """What the form proposes. 建议方案。"""
    name = table.comment or table.name.rpartition(".")[2]
    return {
        "resource": name.replace("*", "").strip(". ")[:200],
        "mode": Mode.FULL,
        "cycle": Cycle.DAILY,
        "key": ", ".join(table.key),
    }


def describe_columns(table: LiveTable, chosen: dict[str, str] | None) -> list[dict[str, Any]]:
    """Each column with the element it is proposed to be. 字段与推荐。"""
    proposed = services.propose_elements(table)
    return [
        {
            "column": column,
            "place": place,
            "ticked": chosen is None or column.name in chosen,
            "element": (proposed if chosen is None else chosen).get(column.name, ""),
        }
        for place, column in enumerate(table.columns)
    ]


@needs(services.SEE)
def show_table(request: HttpRequest, table_id: str) -> HttpResponseBase:
    """What is read, how and when, and every reading of it. 读取表详情。"""
    actor = actor_of(request)
    table = services.get_table(actor, table_id)
    runs = services.visible_runs(actor).filter(table=table)
    context = frame(actor, table) | {"list": build_list(request, RUNS, runs)}
    return render(request, "sources/table.html", context)


def frame(actor: Actor, table: SourceTable) -> dict[str, Any]:
    """What the page of a table shows. 读取表页框架。"""
    resource = catalog.find_of_owner(table.source.owner, table.resource_name)
    open_run = Run.objects.filter(table=table, state__in=OPEN).first()
    return {
        "table": table,
        "light": light_of_table(table),
        "resource": resource,
        "open_run": open_run,
        "facts": facts_of(table),
        "cases": services.list_cases(actor, table.id),
        "may_manage": actor.may(services.MANAGE, organization=table.source.owner),
    }


def facts_of(table: SourceTable) -> list[tuple[str, Any]]:
    """How and when, in words. 方案说明。"""
    window = f"{table.opens:%H:%M}–{table.closes:%H:%M}" if table.opens and table.closes else ""
    found: list[tuple[str, Any]] = [
        (msg("Way of reading"), Mode(table.mode).label),
        (msg("Columns"), len(table.columns) or ""),
        (msg("Key columns"), ", ".join(table.key)),
        (msg("Watermark column"), table.watermark),
        (msg("Read up to"), table.since),
        (msg("Read by itself"), Cycle(table.cycle).label),
        (msg("Next reading"), table.next_at),
        (msg("Last good reading"), table.good_at),
        (msg("May be read"), window),
        (msg("Rows a second at most"), table.rows_per_second or ""),
        (msg("Rows a reading at most"), table.most_rows or ""),
        (msg("Bytes a reading at most"), table.most_bytes or ""),
    ]
    return [(label, value) for label, value in found if value not in ("", None)]


@needs(services.MANAGE)
def plan(request: HttpRequest, table_id: str) -> HttpResponseBase:
    """Change how or when a table is read. 修改读取方案。"""
    actor = actor_of(request)
    table = services.get_table(actor, table_id)
    now_is = services.plan_of(table)
    initial = {name: getattr(now_is, name) for name in PlanForm.base_fields}
    initial["key"] = ", ".join(now_is.key)
    form = PlanForm(
        [table.watermark] if table.watermark else [], request.POST or None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.change_table(actor, table.id, plan=form.plan(now_is.columns))
        except YiwangError as error:
            add_failure(form, error)
        else:
            flash(request, msg("Saved"))
            return redirect("sources:table", table.id)
    context = frame(actor, table) | {"form": form}
    return render(request, "sources/plan.html", context, status=422 if form.errors else 200)


@needs(services.MANAGE)
def run_now(request: HttpRequest, table_id: str) -> HttpResponseBase:
    """Ask for a reading. 立即读取。"""
    if request.method != "POST":
        return redirect("sources:table", table_id)
    run = services.ask_run(actor_of(request), table_id)
    return redirect("sources:run", run.id)


@needs(services.MANAGE)
def change_state(request: HttpRequest, table_id: str) -> HttpResponseBase:
    """Pause, go on, or read everything anew. 暂停、恢复、重新全量。"""
    if request.method == "POST":
        actor = actor_of(request)
        if "anew" in request.POST:
            services.read_anew(actor, table_id, reason=request.POST.get("reason", ""))
            flash(request, msg("The next reading reads everything"))
        else:
            services.pause_table(actor, table_id, paused="resume" not in request.POST)
    return redirect("sources:table", table_id)


@needs(services.MANAGE)
def remove(request: HttpRequest, table_id: str) -> HttpResponseBase:
    """Do not read it any more. 移除读取表。"""
    actor = actor_of(request)
    table = services.get_table(actor, table_id)
    if request.method == "POST":
        services.remove_table(actor, table.id)
        flash(request, msg("It is not read any more; what has landed stays"))
        return redirect("sources:detail", table.source_id)
    return redirect("sources:table", table.id)


@needs(services.SEE)
def show_run(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """One reading, its progress while it goes. 读取记录。"""
    actor = actor_of(request)
    run = services.get_run(actor, run_id)
    partial = request.headers.get("HX-Request") == "true"
    template = "sources/_progress.html" if partial else "sources/run.html"
    response = render(request, template, run_context(actor, run))
    if partial and run.state not in OPEN:
        response.headers["HX-Refresh"] = "true"
    return response


def run_context(actor: Actor, run: Run) -> dict[str, Any]:
    """What the page of a reading shows. 读取记录内容。"""
    resource = catalog.find_of_owner(run.table.source.owner, run.table.resource_name)
    facts: list[tuple[str, Any]] = [
        (msg("Asked for"), run.created_at),
        (msg("Began"), run.started_at),
        (msg("Ended"), run.finished_at),
        (msg("Rows"), run.rows),
        (msg("Characters"), run.bytes),
        (msg("Above"), run.since),
        (msg("Up to"), run.upper),
        (msg("Version"), run.version),
    ]
    return {
        "run": run,
        "is_open": run.state in OPEN,
        "light": light_of(run.state),
        "facts": [(label, value) for label, value in facts if value not in ("", None)],
        "error": explain_stored(run),
        "resource": resource,
        "may_manage": actor.may(services.MANAGE, organization=run.table.source.owner),
    }


def explain_stored(run: Run) -> str:
    """The stored error in the reader's language. 错误说明。"""
    return fill(gettext(run.error["message"]), run.error["extra"]) if run.error else ""


urlpatterns = [
    path("tables/<str:table_id>/", show_table, name="table"),
    path("tables/<str:table_id>/plan/", plan, name="plan"),
    path("tables/<str:table_id>/run/", run_now, name="run_now"),
    path("tables/<str:table_id>/state/", change_state, name="change_state"),
    path("tables/<str:table_id>/remove/", remove, name="remove_table"),
    path("runs/<str:run_id>/", show_run, name="run"),
    path("<str:source_id>/take/", take, name="take"),
]
