"""Pages of comparisons. 比对页面。"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.files import services as files
from yiwang.kernel.identity import services as identity
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EXPORT, UNMASK
from yiwang.nets.share.catalog.types import GRADES

from . import services
from .models import Comparison
from .types import CLASSES, DifferenceRow, OutcomeCode, State

FORMATS = ("csv", "xlsx", "parquet")
SIDES_LISTED = 500
STEPS = (msg("Choose two registers"), msg("Say how they belong together"), msg("Read the result"))


def state_light(comparison: Comparison) -> Light:
    """Done or waiting, as word and colour. 比对状态。"""
    return Light(msg("Done"), "green") if comparison.state == State.DONE else Light(msg("Waiting"))


def count_of(name: str) -> Any:
    """One count of a comparison, nothing while it waits. 列表计数。"""
    return lambda row: (row.counts or {}).get(name)


COMPARISONS = ListSpec(
    "compare.comparisons",
    columns=(
        Column("title", msg("Comparison"), link=lambda r: reverse("compare:detail", args=[r.id])),
        Column("state", msg("State"), state_light, kind="light"),
        Column("matched", msg("Matched"), count_of("matched"), kind="number"),
        Column("differing", msg("Differing"), count_of("differing"), kind="number"),
        Column("left_only", msg("Only left"), count_of("left_only"), kind="number"),
        Column("right_only", msg("Only right"), count_of("right_only"), kind="number"),
        Column("created_at", msg("Created"), kind="datetime", sort="created_at"),
    ),
    filters=(
        Filter(
            "state",
            msg("State"),
            choices=lambda _: [(one.value, str(one.label)) for one in State],
            lookup="state",
        ),
    ),
    search=("title",),
    order=("-created_at",),
    export="comparisons",
    empty=Empty(
        msg("No comparisons yet"),
        msg("Put two registers side by side to see where they disagree."),
        msg("New comparison"),
        "/compare/new/",
        services.RUN,
    ),
)


OF_RESOURCE = replace(
    COMPARISONS,
    name="compare.of_resource",
    filters=(),
    search=(),
    export="",
    empty=Empty(
        msg("No comparisons yet"),
        msg("Put this register beside another to see where they disagree."),
    ),
)


@needs(services.READ)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """All comparisons within reach. 比对列表。"""
    actor = actor_of(request)
    context = {"may_run": actor.may(services.RUN)}
    return render_list(
        request,
        COMPARISONS,
        services.visible_comparisons(actor),
        title=msg("Comparisons"),
        template="compare/list.html",
        context=context,
    )


@needs(services.READ)
def show_of_resource(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """The comparisons in which one register stands. 资源的比对。"""
    actor = actor_of(request)
    resource = catalog.get_resource(actor, resource_id)
    context = catalog.frame_of(actor, resource)
    context["may_compare"] = (
        actor.may(services.RUN) and context["may_look"] and bool(resource.table)
    )
    return render_list(
        request,
        OF_RESOURCE,
        services.visible_of_resource(actor, resource.id),
        title=msg("Comparisons"),
        template="compare/of_resource.html",
        context=context,
    )


@needs(services.RUN)
def show_new(request: HttpRequest) -> HttpResponseBase:
    """State what to compare by, try it out, run it. 新建比对。

    Without script the form is sent with `step=try` to see sample keys before running.
    """
    actor = actor_of(request)
    given = request.POST if request.method == "POST" else request.GET
    left, right = given.get("left", ""), given.get("right", "")
    context: dict[str, Any] = {
        "step": 2 if left and right else 1,
        "step_labels": STEPS,
        "resources": list(
            catalog.visible_resources(actor).exclude(table="").order_by("name")[:SIDES_LISTED]
        ),
        "left": left,
        "right": right,
        "keys": given.get("keys", ""),
        "values": given.get("values", ""),
        "alternate": given.get("alternate", ""),
    }
    status = 200
    try:
        if request.method == "POST" and given.get("step") == "run":
            comparison = services.start_comparison(
                actor,
                left=left,
                right=right,
                keys=_lines(context["keys"]),
                values=_lines(context["values"]),
                alternate=", ".join(_lines(context["alternate"])),
            )
            return redirect("compare:detail", comparison_id=comparison.id)
        if left and right:
            context |= _tried(actor, context)
    except YiwangError as error:
        context["error"], status = explain(error), error.status
    return render(request, "compare/new.html", context, status=status)


def _tried(actor: Actor, context: dict[str, Any]) -> dict[str, Any]:
    """Proposals where nothing was typed, and the key tried on the first rows."""
    left, right = context["left"], context["right"]
    proposals = services.propose_keys(actor, left, right)
    found: dict[str, Any] = {"proposals": proposals}
    if not context["keys"]:
        _, values = services.propose_pairs(actor, left, right)
        found["keys"] = proposals[0].text if proposals else ""
        found["values"] = "\n".join([one.text for one in proposals[1:]] + values)
    keys_text = found.get("keys") or context["keys"]
    if keys_text:
        found["trial"] = services.try_keys(
            actor, context["left"], context["right"], _lines(keys_text)
        )
    return found


@needs(services.READ)
def show_detail(request: HttpRequest, comparison_id: str) -> HttpResponseBase:
    """The counts, each with its formula. 比对结果。"""
    actor = actor_of(request)
    comparison = services.get_comparison(actor, comparison_id)
    context = _frame(actor, comparison)
    if comparison.state != State.DONE:
        context["job"] = jobs.find_last_job(actor, services.ref_of(comparison))
    context["groups"] = services.group_counts(comparison)
    context["counts"] = comparison.counts or {}
    return render(request, "compare/detail.html", context)


@needs(services.READ)
def show_rows(request: HttpRequest, comparison_id: str) -> HttpResponseBase:
    """The differences, by class, text, value and outcome. 差异列表。"""
    actor = actor_of(request)
    comparison = services.get_comparison(actor, comparison_id)
    if request.method == "POST":
        return _save_outcomes(request, comparison)
    page = services.list_differences_of(
        actor, comparison_id, wanted=_wanted(request), after=_number(request, "after")
    )
    address = request.GET.copy()
    address["after"] = str(page.next_after)
    context = _frame(actor, comparison) | {
        "page": page,
        "rows": [_shown(row) for row in page.rows],
        "wanted": _wanted(request),
        "next_url": f"?{address.urlencode()}" if page.more else "",
        "may_settle": actor.may(services.RUN, organization=comparison.organization),
        "formats": FORMATS if services.may_look(actor, comparison, permission=EXPORT) else (),
    }
    return render(request, "compare/rows.html", context)


@needs(services.READ)
def show_row(request: HttpRequest, comparison_id: str, row: int) -> HttpResponseBase:
    """One difference side by side, character by character, with its outcomes. 并排对照。"""
    actor = actor_of(request)
    comparison = services.get_comparison(actor, comparison_id)
    if request.method == "POST":
        return _save_outcomes(request, comparison, row=row)
    found = services.get_difference(actor, comparison_id, row)
    history = services.list_outcomes(actor, comparison_id, row)
    people = identity.name_accounts([one.account for one in history])
    last = services.count_rows(comparison)
    context = _frame(actor, comparison) | {
        "row": found,
        "before": row - 1 if row > 1 else 0,
        "after": row + 1 if row < last else 0,
        "last": last,
        "klass": CLASSES.get(found.klass, found.klass),
        "values": [
            (text, left or "", right or "")
            for text, (left, right) in zip(comparison.values, found.values, strict=True)
        ],
        "history": [
            (
                OutcomeCode(one.code).label,
                one.note,
                people.get(one.account, one.account),
                one.created_at,
            )
            for one in history
        ],
        "may_settle": actor.may(services.RUN, organization=comparison.organization),
    }
    return render(request, "compare/row.html", context)


@needs(services.READ)
def download(request: HttpRequest, comparison_id: str) -> HttpResponseBase:
    """The differences as a file. 导出差异。"""
    actor = actor_of(request)
    comparison = services.get_comparison(actor, comparison_id)
    ending = request.GET.get("format", "csv")
    if ending not in FORMATS:
        raise InvalidInput("compare.export.format", "Export as csv, xlsx or parquet")
    with files.scratch("export") as folder:
        target = folder / f"export.{ending}"
        services.export_comparison(actor, comparison_id, target, klass=request.GET.get("class", ""))
        stream = target.open("rb")  # the open file outlives its folder entry
    name = f"{comparison.title}.{ending}".replace("/", "-")
    return FileResponse(stream, as_attachment=True, filename=name)


def _frame(actor: Actor, comparison: Comparison) -> dict[str, Any]:
    sides = catalog.get_resources([comparison.left_resource, comparison.right_resource])
    here = [comparison.id]
    may_look = comparison.state == State.DONE and services.may_look(actor, comparison)
    masked = services.list_masked_sides(actor, comparison) if may_look else []
    tab_items = [(reverse("compare:detail", args=here), msg("Counts"))]
    if may_look:
        tab_items.append((reverse("compare:rows", args=here), msg("Differences")))
    return {
        "may_look": may_look,
        "masked": [
            (sides[one], actor.may(UNMASK, organization=sides[one].owner))
            for one in dict.fromkeys(masked)
            if one in sides
        ],
        "comparison": comparison,
        "left_resource": sides.get(comparison.left_resource),
        "grade": GRADES[services.grade_of(comparison)],
        "right_resource": sides.get(comparison.right_resource),
        "classes": services.list_classes(comparison),
        "outcome_codes": OutcomeCode.choices,
        "tab_items": tab_items,
        "may_run": actor.may(services.RUN),
    }


def _shown(row: DifferenceRow) -> dict[str, Any]:
    outcome = OutcomeCode(row.outcome.code).label if row.outcome else ""
    return {
        "row": row,
        "klass": CLASSES.get(row.klass, row.klass),
        "left": _brief(row, "left"),
        "right": _brief(row, "right"),
        "outcome": outcome,
    }


def _brief(row: DifferenceRow, side: str) -> str:
    """The compared values of one side, else its alternate key. 单侧摘要。"""
    place = 0 if side == "left" else 1
    values = [pair[place] for pair in row.values if pair[place]]
    return " · ".join(str(value) for value in values) or row.cells[f"{side}_alternate"] or ""


def _save_outcomes(
    request: HttpRequest, comparison: Comparison, *, row: int | None = None
) -> HttpResponseBase:
    chosen = [row] if row else [int(one) for one in request.POST.getlist("row") if one.isdigit()]
    count = services.set_outcome(
        actor_of(request),
        comparison.id,
        chosen,
        code=request.POST.get("code", ""),
        note=request.POST.get("note", ""),
    )
    flash(request, msg("Outcome recorded for %(count)s rows"), "green", count=count)
    return redirect(request.get_full_path())


def _wanted(request: HttpRequest) -> services.Wanted:
    get = request.GET.get
    return services.Wanted(
        klass=get("class", ""),
        text=get("text", "")[:200],
        outcome=get("outcome", ""),
        value=_number(request, "value"),
    )


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


urlpatterns = [
    path("", show_list, name="list"),
    path("new/", show_new, name="new"),
    path("resource/<str:resource_id>/", show_of_resource, name="of_resource"),
    path("<str:comparison_id>/", show_detail, name="detail"),
    path("<str:comparison_id>/rows/", show_rows, name="rows"),
    path("<str:comparison_id>/rows/<int:row>/", show_row, name="row"),
    path("<str:comparison_id>/export/", download, name="export"),
]
