"""Scores: of departments, of one department as a report, of one register, of one run. 质量总览。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import get_language

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.charts import Bar
from yiwang.kernel.ui.flash import flash
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EDIT
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import DimensionScore, Result, Run
from yiwang.nets.share.quality.types import Dimension, RunState

HISTORY = 12
SHOWN = 50
LEVEL_COLORS = {1: "green", 2: "green", 3: "yellow", 4: "red", 5: "red"}


@needs(services.READ)
def show_home(request: HttpRequest) -> HttpResponseBase:
    """Departments, the worst first, with what is late and what is out. 质量首页。"""
    actor = actor_of(request)
    departments = services.list_departments(actor)
    context = {
        "departments": departments,
        "registers": worst_registers(departments),
        "late": [one for line in departments for one in line.late],
        "waiting": services.proposed_excuses(actor).count(),
        "unconfirmed": catalog.count_unconfirmed(actor) if actor.may(EDIT) else 0,
        "may_send": actor.may(services.SEND),
    }
    return render(request, "quality/home.html", context)


def worst_registers(departments: Sequence[services.DepartmentLine]) -> list[dict[str, Any]]:
    """The worst registers of all departments; the others stand on their department's page. 最差登记册。"""
    found: list[dict[str, Any]] = [
        {"line": one, "id": one.id, "name": one.name, "department": line.name}
        for line in departments
        for one in line.registers
    ]
    found.sort(key=lambda row: (row["line"].value is None, row["line"].value or 0, row["name"]))
    return found[:SHOWN]


@needs(services.READ)
def show_department(request: HttpRequest, code: str) -> HttpResponseBase:
    """The report of a department: one page, made to be printed. 部门质量报告。"""
    report = services.report_department(actor_of(request), code)
    if report is None:
        raise NotFound(
            "quality.department.empty", "%(owner)s has no register whose quality you may read",
            owner=code,
        )  # fmt: skip
    answers = [(services.VERDICTS.get(name, name), n) for name, n in report.answers.items()]
    context = {
        "report": report,
        "line": report.line,
        "worst": [(group, title_of(group), words_of(group)) for group in report.worst],
        "answers": sorted(answers, key=lambda one: -one[1]),
    }
    return render(request, "quality/department.html", context)


@needs(services.READ)
def show_of_resource(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Scores, history, rules and findings of one register. 资源质量。"""
    actor = actor_of(request)
    resource = catalog.get_resource(actor, resource_id)
    actor.require(services.READ, organization=resource.owner)
    runs = list(
        Run.objects.filter(resource=resource.id, state=RunState.DONE).order_by("-id")[:HISTORY]
    )
    last = runs[0] if runs else None
    context = catalog.frame_of(actor, resource) | {
        "run": last,
        "scores": list_scores(last),
        "history": draw_history(runs),
        "results": list_results(last),
        "groups": [
            (group, title_of(group), words_of(group))
            for group in services.list_groups(actor, resource=resource.id, limit=50)
            if group.rows
        ],
        "unconfirmed": catalog.count_proposals(resource.id),
        "cases": services.list_cases(actor, [resource.id]),
        "may_edit": actor.may(EDIT, organization=resource.owner),
        "may_run": actor.may(services.RUN, organization=resource.owner) and bool(resource.table),
        "going": Run.objects.filter(
            resource=resource.id, state__in=[RunState.QUEUED, RunState.RUNNING]
        ).first(),
    }
    return render(request, "quality/of_resource.html", context)


@needs(services.RUN)
def start(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Ask for a check of the newest version. 发起检查。"""
    if request.method != "POST":
        return redirect("quality:of_resource", resource_id=resource_id)
    run = services.start_run(actor_of(request), resource_id)
    flash(request, msg("The check has been asked for"), "green")
    return redirect("quality:run", run_id=run.id)


@needs(services.READ)
def show_run(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """One check: how far it is, what it found. 检查详情。"""
    actor = actor_of(request)
    run = services.get_run(actor, run_id)
    resource = catalog.get_resource(actor, run.resource)
    context = catalog.frame_of(actor, resource) | {
        "run": run,
        "job": jobs.find_last_job(actor, catalog.ref_of(resource)) if not done(run) else None,
        "scores": list_scores(run),
        "results": list_results(run),
    }
    return render(request, "quality/run.html", context)


def done(run: Run) -> bool:
    """Whether a run has ended. 是否已结束。"""
    return run.state in (RunState.DONE, RunState.FAILED)


def list_scores(run: Run | None) -> list[dict[str, Any]]:
    """The total first, then each dimension, with numerator and denominator. 各维度得分。"""
    if run is None:
        return []
    found = {one.dimension: one for one in DimensionScore.objects.filter(run=run)}
    labels = [("", msg("Total")), *((one.value, str(one.label)) for one in Dimension)]
    return [
        {
            "label": label,
            "score": found[name],
            "value": None if found[name].value is None else round(found[name].value or 0, 1),
            "color": LEVEL_COLORS.get(found[name].level or 0, ""),
        }
        for name, label in labels
        if name in found
    ]


def draw_history(runs: list[Run]) -> list[Bar]:
    """The totals of the last runs, oldest first. 得分历史。"""
    totals = {one.run_id: one for one in DimensionScore.objects.filter(run__in=runs, dimension="")}
    return [
        Bar(
            f"{run.finished_at:%Y-%m-%d %H:%M}",
            round(totals[run.id].value or 0, 1),
            LEVEL_COLORS.get(totals[run.id].level or 0, ""),
            reverse("quality:run", args=[run.id]),
        )
        for run in reversed(runs)
        if run.id in totals and run.finished_at
    ]


def list_results(run: Run | None) -> list[dict[str, Any]]:
    """What each rule came to, the most failing first. 规则结果。"""
    if run is None:
        return []
    english = (get_language() or "").startswith("en")
    found = Result.objects.filter(run=run).order_by("-failed", "rule")
    return [
        {
            "row": one,
            "title": one.spec.get("title_en" if english else "title_zh") or one.rule,
            "passed": one.checked - one.failed,
        }
        for one in found
    ]


def title_of(group: Any) -> str:
    """The rule of a group in the reader's language. 规则名称。"""
    english = (get_language() or "").startswith("en")
    return str((group.title_en if english else group.title_zh) or group.rule)


def words_of(group: Any) -> str:
    """The pattern of a group in the reader's language. 模式说明。"""
    return services.describe_pattern(group.pattern, get_language() or "zh")


OVERVIEW_PATHS = [
    path("", show_home, name="home"),
    path("departments/<str:code>/", show_department, name="department"),
    path("of/<str:resource_id>/", show_of_resource, name="of_resource"),
    path("of/<str:resource_id>/check/", start, name="start"),
    path("runs/<str:run_id>/", show_run, name="run"),
]
