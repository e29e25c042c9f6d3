"""Findings as a worklist: groups, their rows, what is excused. 问题页面。"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.lists import Column, Empty, Filter, Light, ListSpec, render_list
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import LOOK
from yiwang.nets.share.quality import services
from yiwang.nets.share.quality.models import Excuse, Group
from yiwang.nets.share.quality.types import ExcuseState, GroupState, Severity

from .overview import title_of, words_of

STATE_COLORS = {
    GroupState.OPEN: "red",
    GroupState.SENT: "yellow",
    GroupState.EXCUSED: "",
    GroupState.FIXED: "green",
}
EXCUSE_COLORS = {
    ExcuseState.PROPOSED: "yellow",
    ExcuseState.ACCEPTED: "green",
    ExcuseState.DECLINED: "",
}


def group_light(group: Group) -> Light:
    """Where a group stands, as word and colour. 问题组状态。"""
    return Light(GroupState(group.state).label, STATE_COLORS[GroupState(group.state)])  # type: ignore[arg-type]


def excuse_light(excuse: Excuse) -> Light:
    """Where an excuse stands, as word and colour. 例外状态。"""
    return Light(ExcuseState(excuse.state).label, EXCUSE_COLORS[ExcuseState(excuse.state)])  # type: ignore[arg-type]


GROUPS = ListSpec(
    "quality.groups",
    columns=(
        Column("rule", msg("Problem"), title_of, link=lambda g: reverse("quality:group", args=[g.id])),
        Column("pattern", msg("How"), words_of),
        Column("rows", msg("Rows"), kind="number"),
        Column("resource", msg("Register")),
        Column("owner", msg("Department")),
        Column("severity", msg("Severity"), lambda g: str(Severity(g.severity).label)),
        Column("state", msg("State"), group_light, kind="light"),
    ),
    filters=(
        Filter(
            "state", msg("State"), choices=lambda _: [(s.value, str(s.label)) for s in GroupState]
        ),
        Filter("owner", msg("Department")),
        Filter(
            "severity", msg("Severity"),
            choices=lambda _: [(s.value, str(s.label)) for s in Severity],
        ),
    ),
    search=("title_zh", "title_en", "field"),
    order=("-rows",),
    export="findings",
    empty=Empty(
        msg("No findings"), msg("What a check finds wrong stands here, alike rows together.")
    ),
)  # fmt: skip


@needs(services.READ)
def show_groups(request: HttpRequest) -> HttpResponseBase:
    """Findings by pattern, the largest first. 问题清单。"""
    actor = actor_of(request)
    groups = services.visible_groups(actor)
    owners = catalog.name_codes(groups.order_by("owner").values_list("owner", flat=True).distinct())
    ids = groups.order_by("resource").values_list("resource", flat=True).distinct()
    names = {one.id: one.name for one in catalog.get_resources(ids).values()}
    spec = catalog.name_owners_in(GROUPS, owners)
    columns = [
        replace(one, value=lambda group: names.get(group.resource, ""))
        if one.name == "resource"
        else one
        for one in spec.columns
    ]
    # What was fixed stays on record and out of the way, until it is asked for.
    rows = groups if request.GET.get("state") else groups.filter(rows__gt=0)
    return render_list(
        request,
        replace(spec, columns=columns),
        rows,
        template="quality/groups.html",
        context={"may_send": actor.may(services.SEND)},
    )


@needs(services.READ)
def show_group(request: HttpRequest, group_id: str) -> HttpResponseBase:
    """Rows that fail alike, and what can be done about them. 问题组。"""
    actor = actor_of(request)
    group = services.get_group(actor, group_id)
    error, status = "", 200
    if request.method == "POST":
        try:
            _act(request, group)
        except YiwangError as failure:
            error, status = explain(failure), failure.status
        else:
            return redirect("quality:group", group_id=group.id)
    context = {
        "group": group,
        "title": title_of(group),
        "words": words_of(group),
        "light": group_light(group),
        "resource": catalog.get_resources([group.resource]).get(group.resource),
        "owner_name": catalog.name_codes([group.owner]).get(group.owner, group.owner),
        "excuses": _excuses(actor, group),
        "may_answer": actor.may(services.ANSWER, organization=group.owner) and group.rows > 0,
        "may_send": actor.may(services.SEND, organization=group.owner),
        "cases": services.list_cases(actor, [group.resource]),
        "error": error,
    }
    return render(request, "quality/group.html", context | _rows(request, group), status=status)


def _excuses(actor: Actor, group: Group) -> list[tuple[Excuse, Light, str]]:
    """What was excused of a group, how it stands, and by whom. 例外及提出人。"""
    found = services.list_excuses(actor, group=group)
    names = identity.name_accounts([one.account for one in found])
    return [(one, excuse_light(one), names.get(one.account, "")) for one in found]


def _rows(request: HttpRequest, group: Group) -> dict[str, Any]:
    """The page of rows, for those who may look into the register. 问题行。"""
    may_look = actor_of(request).may(LOOK, organization=group.owner)
    page = _page(request, group) if may_look else None
    address = request.GET.copy()
    address["after"] = str(page.next_after) if page else ""
    return {
        "page": page,
        "excused": request.GET.get("excused", ""),
        "next_url": f"?{address.urlencode()}" if page and page.more else "",
    }


def _page(request: HttpRequest, group: Group) -> Any:
    text = request.GET.get("after", "")
    after = int(text) if text.isdecimal() and len(text) < 19 else 0
    return services.list_rows_of_group(
        actor_of(request), group.id, excused=request.GET.get("excused", ""), after=after
    )


def _act(request: HttpRequest, group: Group) -> None:
    """What the reader asked for: excuse, mend at the source, decide or end an excuse. 处理操作。"""
    actor, given = actor_of(request), request.POST
    step = given.get("step", "")
    if step == "excuse":
        rows = [int(one) for one in given.getlist("row") if one.isdecimal() and len(one) < 19]
        if given.get("scope") == "rows" and not rows:
            raise InvalidInput("quality.excuse.none", "Choose the rows that may stay as they are")
        chosen = rows if given.get("scope") == "rows" else ()
        services.excuse(
            actor,
            group.id,
            reason=given.get("reason", ""),
            rows=chosen,
            until=_day(given.get("until")),
        )
        flash(request, msg("The explanation is on record"), "green")
    elif step == "source":
        services.mark_source(
            actor, group.id, note=given.get("note", ""), until=_day(given.get("until"))
        )
        flash(request, msg("It is noted that this is mended at the source"), "green")
    elif step == "end":
        services.end_excuse(actor, given.get("excuse", ""), reason=given.get("reason", ""))
        flash(request, msg("The explanation has ended"), "green")
    elif step in ("accept", "decline"):
        services.decide_excuse(actor, given.get("excuse", ""), accept=step == "accept")
        flash(request, msg("The decision is on record"), "green")
    else:
        raise InvalidInput("quality.group.step", "Choose what to do")


def _day(text: str | None) -> date | None:
    if not text or not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput("quality.day.unreadable", "Write a day as 2026-11-22") from None


EXCUSES = ListSpec(
    "quality.excuses",
    columns=(
        Column("reason", msg("Reason"), link=lambda one: reverse("quality:excuse", args=[one.id])),
        Column("field", msg("Column")),
        Column("rule", msg("Rule"), kind="code"),
        Column("created_at", msg("Given"), kind="datetime"),
    ),
    order=("-created_at",),
    empty=Empty(
        msg("Nothing waits for a decision"),
        msg("When a department says that a value found wrong is right, it stands here."),
    ),
)


@needs(services.SEND)
def show_excuses(request: HttpRequest) -> HttpResponseBase:
    """What departments say is right, waiting for the bureau's word. 待确认例外。"""
    rows = services.proposed_excuses(actor_of(request))
    return render_list(request, EXCUSES, rows, template="quality/excuses.html")


@needs(services.SEND)
def show_excuse(request: HttpRequest, excuse_id: str) -> HttpResponseBase:
    """The group that an excuse is about. 例外所在问题组。"""
    found: Excuse = services.get_excuse(actor_of(request), excuse_id)
    return redirect("quality:group", group_id=services.group_of(found).id)


FINDING_PATHS = [
    path("groups/", show_groups, name="groups"),
    path("groups/<str:group_id>/", show_group, name="group"),
    path("excuses/", show_excuses, name="excuses"),
    path("excuses/<str:excuse_id>/", show_excuse, name="excuse"),
]
