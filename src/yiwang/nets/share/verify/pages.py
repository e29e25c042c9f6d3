"""The pages of checks and of the one-stop query. 核验与一站式查询页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.forms import add_failure
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Head
from yiwang.nets.share.exchange.services import PERSONS
from yiwang.nets.share.exchange.types import Ask

from . import services
from .forms import AboutForm, CheckForm


@needs(services.USE)
def show_about(request: HttpRequest) -> HttpResponse:
    """What the grants of one's organization tell of a person or firm; the number is only sent, never in an address. 一站式查询。"""
    actor = actor_of(request)
    form = AboutForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "most": services.ROWS_ABOUT}
    if request.method == "POST" and form.is_valid():
        try:
            _, told = services.ask_about(actor, **form.cleaned_data)
            context |= {"asked": True, "sections": _describe(told), "purpose": form.cleaned_data["purpose"]}  # fmt: skip
        except YiwangError as error:
            add_failure(form, error)
    if "asked" not in context:
        context["sources"] = _list_sources(actor)
    return render(request, "verify/about.html", context, status=422 if form.errors else 200)


def _list_sources(actor: Actor) -> list[dict[str, Any]]:
    """The grants that would be asked, so that nobody asks in vain."""
    found = {grant.id: grant for one in PERSONS for grant, _ in services.list_places(actor, one)}
    names = catalog.name_codes([one.resource.owner for one in found.values()])
    return [{"grant": one, "owner": names[one.resource.owner]} for one in found.values()]


def _describe(told: list[services.Told]) -> list[dict[str, Any]]:
    names = catalog.name_codes([one.grant.resource.owner for one in told])
    return [
        {"grant": one.grant, "owner": names[one.grant.resource.owner]} | _show(one)
        for one in sorted(told, key=_rank)
    ]


def _rank(one: services.Told) -> int:
    """Rows first, then who has none, then who refuses."""
    return 2 if one.found is None else int(not one.found.page.rows)


def _show(one: services.Told) -> dict[str, Any]:
    if one.refused is not None or one.found is None:
        return {"refused": explain(one.refused), "code": one.refused.code} if one.refused else {}
    page, masks = one.found.page, one.found.plan.masks
    return {
        "heads": [Head(name, "", name in masks) for name in page.columns],
        "rows": [cells for _, cells in page.rows],
        "numbers": [number for number, _ in page.rows],
        "more": page.more,
    }


@needs(services.USE)
def show_check(request: HttpRequest, grant_id: str) -> HttpResponse:
    """Whether what somebody states matches, one record at a time, under a grant for checks. 核验。"""
    actor = actor_of(request)
    plan = services.make_use_plan(actor, grant_id, Ask(records=1))
    keys = services.list_check_keys(plan.grant, plan.version.columns)
    form = CheckForm(keys, plan.terms.columns, request.POST or None)
    answer = None
    if request.method == "POST" and form.is_valid():
        try:
            [answer] = services.check_records(actor, grant_id, [form.stated()])
        except YiwangError as error:
            add_failure(form, error)
    context = {"grant": plan.grant, "form": form, "answer": answer}
    return render(request, "verify/check.html", context, status=422 if form.errors else 200)


urlpatterns = [
    path("about/", show_about, name="about"),
    path("<str:grant_id>/", show_check, name="check"),
]
