"""Pages of requests and grants. 共享申请与授权页面。"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services as standards
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import build_list, render_list
from yiwang.kernel.ui.sending import Span, send
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Head

from . import services
from .forms import DenyForm, NarrowForm, ReasonForm, RequestForm
from .items import describe_columns, name_mask
from .listing import DENIALS, GRANTS, HANDED_OUT, REQUESTS, light_of
from .models import Grant, Request
from .types import GRANT_PANELS, Ask, Method, RequestState


@needs(services.SEE)
def show_requests(request: HttpRequest) -> HttpResponseBase:
    """Requests of the own organization, and for its data. 申请列表。"""
    rows = services.visible_requests(actor_of(request))
    return render_list(request, _named(REQUESTS, rows), rows, template="exchange/requests.html")


@needs(services.SEE)
def show_grants(request: HttpRequest) -> HttpResponseBase:
    """Grants to the own organization, and of its data. 授权列表。"""
    actor = actor_of(request)
    rows = services.visible_grants(actor)
    context = {"may_deny": actor.may(services.DENY)}
    spec = _named(GRANTS, rows)
    return render_list(request, spec, rows, template="exchange/grants.html", context=context)


def _named(spec: Any, rows: Any) -> Any:
    """The list with the names of the organizations in it, asked once."""
    codes = rows.order_by("organization").values_list("organization", flat=True).distinct()
    return catalog.name_owners_in(spec, catalog.name_codes(codes), field="organization")


@needs(services.ASK)
def ask(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Ask for a resource of another department. 提出申请。"""
    actor = actor_of(request)
    resource = catalog.get_resource(actor, resource_id)
    items = catalog.list_items(resource.id)
    guarded = set(catalog.guard_masks(resource.id, [item.name for item in items]))
    form = RequestForm(items, guarded, request.POST or None)
    answering = None
    if request.method == "POST" and form.is_valid():
        try:
            made = services.make_request(actor, resource.id, form.wanted())
        except YiwangError as error:
            add_failure(form, error)
            answering = error.extra.get("grant")
        else:
            flash(request, _tell_made(made), number=made.number)
            return redirect("exchange:request", made.id)
    context = {
        "resource": resource,
        "owner_name": catalog.name_owners([resource]).get(resource.owner, resource.owner),
        "form": form,
        "answering": answering,
        "guarded": [item.name for item in items if item.name in guarded],
    }
    return render(request, "exchange/ask.html", context, status=422 if form.errors else 200)


def _tell_made(made: Request) -> str:
    if made.state == RequestState.GRANTED:
        return msg("Granted at once: the owner shares it without conditions")
    return msg("%(number)s is with the owner now; you are told how it goes on")


@needs(services.SEE)
def show_request(request: HttpRequest, request_id: str) -> HttpResponseBase:
    """One request: what is asked, where it stands, what came of it. 申请详情。"""
    actor = actor_of(request)
    found = services.get_request(actor, request_id)
    waiting = found.state == RequestState.WAITING
    context = {
        "found": found,
        "facts": describe_request(found),
        "cases": services.list_cases(actor, found.id),
        "grant": services.find_grant_of(found),
        "may_withdraw": waiting and services.is_asker(actor, found),
    }
    return render(request, "exchange/request.html", context)


def describe_request(found: Request) -> list[tuple[str, Any]]:
    """What a request says, as label and value. 申请内容。"""
    names = catalog.name_codes([found.organization, found.resource.owner])
    purpose = services.list_purposes().get(found.purpose_kind)
    kind = in_language(purpose.label) if purpose else found.purpose_kind
    return [
        (msg("Resource"), found.resource.name),
        (msg("Owner"), names[found.resource.owner]),
        (msg("Asked by"), names[found.organization]),
        (msg("Kind of purpose"), kind),
        (msg("Purpose"), found.purpose),
        (msg("Legal duty"), found.duty),
        (msg("Data items"), describe_columns(found.columns, found.masks)),
        (msg("Of these unmasked"), _listed(found.clear)),
        (msg("Beyond the purpose"), _listed(found.beyond)),
        (msg("Rows"), found.row_filter or gettext("All")),
        (msg("Until"), found.until),
        (msg("How to get it"), str(Method(found.method).label)),
        (msg("Rows a month"), found.volume),
        (msg("Asked on"), found.created_at),
    ]


def _listed(names: list[str]) -> str:
    return "、".join(names) or "—"


@needs(services.ASK)
@require_POST
def withdraw(request: HttpRequest, request_id: str) -> HttpResponseBase:
    """Take a request back. 撤回申请。"""
    services.withdraw_request(actor_of(request), request_id)
    flash(request, msg("The request is withdrawn"))
    return redirect("exchange:request", request_id)


@needs(services.SEE)
def show_grant(request: HttpRequest, grant_id: str) -> HttpResponseBase:
    """One grant: what it allows, what was handed out, and how it ends. 授权详情。"""
    actor = actor_of(request)
    grant = services.get_grant(actor, grant_id)
    return render(request, "exchange/grant.html", _frame(request, actor, grant))


def _frame(request: HttpRequest, actor: Actor, grant: Grant) -> dict[str, Any]:
    terms = services.list_terms(grant)
    masks, _ = services.mask_columns(grant.resource_id, terms[0])
    live = light_of(grant).color == "green"
    mine = actor.organization == grant.organization and actor.may(services.USE)
    reads = grant.request.method != Method.CHECK
    return {
        "grant": grant,
        "light": light_of(grant),
        "terms": terms,
        "facts": describe_grant(grant, terms[0]),
        "columns": _describe_sight(terms[0], masks),
        "list": build_list(request, HANDED_OUT, services.list_handed_out(grant)),
        "may_use": mine and live and reads,
        "may_end": live and actor.may(services.REVOKE, organization=grant.resource.owner),
        "narrow": NarrowForm(terms[0]),
        "formats": catalog.FORMATS,
        "panels": [one for port in GRANT_PANELS.values() if (one := port(actor, grant))],
    }


def _describe_sight(terms: services.Terms, masks: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each column with how it is seen, nothing where it is seen whole."""
    return [
        (name, _name_sight(terms.masks.get(name, ""), guarded=name in masks))
        for name in terms.columns
    ]


def _name_sight(chosen: str, *, guarded: bool) -> str:
    if chosen:
        return name_mask(chosen)
    return msg("Masked") if guarded else ""


def describe_grant(grant: Grant, terms: services.Terms) -> list[tuple[str, Any]]:
    """What a grant says, as label and value. 授权内容。"""
    names = catalog.name_codes([grant.organization, grant.resource.owner])
    facts = [
        (msg("Resource"), grant.resource.name),
        (msg("Owner"), names[grant.resource.owner]),
        (msg("For"), names[grant.organization]),
        (msg("Purpose"), grant.purpose),
        (msg("Legal duty"), grant.request.duty),
        (msg("Rows"), terms.row_filter or gettext("All")),
        (msg("From"), terms.begins),
        (msg("Until"), terms.until),
        (msg("Rows a month"), terms.quota),
        (msg("Requests a minute"), terms.rate),
    ]
    if grant.allocated:
        facts.append((msg("Given by"), gettext("The data bureau, over the refusal of the owner")))
    if grant.revoked_at:
        facts += [(msg("Revoked"), grant.revoked_at), (msg("Reason"), grant.revoke_reason)]
    return facts


@needs(services.USE)
def show_rows(request: HttpRequest, grant_id: str) -> HttpResponseBase:
    """The rows that a grant allows. 授权数据。"""
    actor = actor_of(request)
    grant = services.get_grant(actor, grant_id)
    text = request.GET.get("filter", "").strip()
    after, error = _read_number(request, "after"), ""
    try:
        found = services.look_granted(actor, grant.id, Ask((), text), after=after)
    except InvalidInput as refusal:
        error = explain(refusal)
        found = services.look_granted(actor, grant.id, after=after)
    context = {
        "grant": grant,
        "found": found,
        "heads": [Head(name, "", name in found.plan.masks) for name in found.page.columns],
        "rows": [cells for _, cells in found.page.rows],
        "numbers": [number for number, _ in found.page.rows],
        "filter": text,
        "filter_error": error,
        "next_url": _next_url(request, found),
        "formats": catalog.FORMATS,
    }
    return render(request, "exchange/rows.html", context, status=422 if error else 200)


def _read_number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "") or "0"
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise InvalidInput("exchange.number.invalid", "%(name)s must be a number", name=name)
    return int(text)


def _next_url(request: HttpRequest, found: services.GrantedRows) -> str:
    if not found.page.more:
        return ""
    data = request.GET.copy()
    data["after"] = str(found.page.next_after)
    return f"{request.path}?{data.urlencode()}"


@needs(services.USE)
def download(request: HttpRequest, grant_id: str) -> HttpResponseBase:
    """The rows that a grant allows as a file. 下载授权数据。"""
    ask = Ask((), request.GET.get("filter", ""))
    actor = actor_of(request)
    found = services.open_granted(actor, grant_id, ask, ending=request.GET.get("format", "csv"))
    size = os.fstat(found.stream.fileno()).st_size
    sending = services.Sending(actor, found.plan, services.FileSource(found.stream))
    return send(sending, Span(0, size, size), name=found.name)


@needs(services.SEE)
def take_evidence(request: HttpRequest, grant_id: str) -> HttpResponseBase:
    """What was entered about a grant, with proofs that need no server. 下载存证包。"""
    made = services.take_evidence(actor_of(request), grant_id)
    headers = {"Content-Disposition": 'attachment; filename="evidence.zip"'}
    return HttpResponse(made, content_type="application/zip", headers=headers)


@needs(services.REVOKE)
@require_POST
def revoke(request: HttpRequest, grant_id: str) -> HttpResponseBase:
    """End a grant at once. 撤销授权。"""
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else request.POST.get("reason", "")
    services.revoke_grant(actor_of(request), grant_id, reason=reason)
    flash(request, msg("Revoked; the next request under it is refused"))
    return redirect("exchange:grant", grant_id)


@needs(services.REVOKE)
@require_POST
def narrow(request: HttpRequest, grant_id: str) -> HttpResponseBase:
    """Leave less of a grant. 收窄授权。"""
    actor = actor_of(request)
    grant = services.get_grant(actor, grant_id)
    form = NarrowForm(services.get_terms(grant), request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            services.narrow_grant(actor, grant.id, form.narrower(), reason=reason)
        except InvalidInput as error:
            add_failure(form, error)
        else:
            flash(request, msg("Narrowed; whoever uses it is told"))
            return redirect("exchange:grant", grant.id)
    context = _frame(request, actor, grant) | {"narrow": form}
    return render(request, "exchange/grant.html", context, status=422)


@needs(services.DENY)
def show_denials(request: HttpRequest) -> HttpResponseBase:
    """Who may have nothing; put somebody on the list. 禁止名单。"""
    actor = actor_of(request)
    form = DenyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            _deny(actor, said)
        except YiwangError as error:
            add_failure(form, error, "resource" if said["resource"] else "organization")
        else:
            flash(request, msg("From now on nothing is handed out to them"))
            return redirect("exchange:denials")
    rows = services.visible_denials(actor)
    context = {"form": form}
    return render_list(
        request, _named(DENIALS, rows), rows, template="exchange/denials.html", context=context
    )


def _deny(actor: Actor, said: Mapping[str, str]) -> None:
    services.deny(
        actor, said["organization"].strip(), resource_id=said["resource"].strip(),
        reason=said["reason"],
    )  # fmt: skip


@needs(services.DENY)
def lift(request: HttpRequest, denial_id: str) -> HttpResponseBase:
    """Take somebody off the list. 移出禁止名单。"""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.lift_denial(actor_of(request), denial_id, reason=form.cleaned_data["reason"])
        flash(request, msg("Lifted"))
        return redirect("exchange:denials")
    return render(request, "exchange/lift.html", {"form": form}, status=422 if form.errors else 200)


@needs(services.SEE)
def show_duties(request: HttpRequest) -> HttpResponseBase:
    """Time limits and purposes with where they come from. 时限与用途。"""
    duties = [(in_language(one.label), one) for one in services.list_duties().values()]
    purposes = [
        (in_language(one.label), one, "、".join(sorted(name_elements(one.elements))))
        for one in services.list_purposes().values()
    ]
    return render(request, "exchange/duties.html", {"duties": duties, "purposes": purposes})


def name_elements(codes: Iterable[str]) -> list[str]:
    """Elements in the reader's language. 数据元名称。"""
    known = standards.get_elements()
    return [
        in_language({"zh": known[code].zh, "en": known[code].en}) if code in known else code
        for code in codes
    ]


urlpatterns = [
    path("requests/", show_requests, name="requests"),
    path("requests/<str:request_id>/", show_request, name="request"),
    path("requests/<str:request_id>/withdraw/", withdraw, name="withdraw"),
    path("ask/<str:resource_id>/", ask, name="ask"),
    path("grants/", show_grants, name="grants"),
    path("grants/<str:grant_id>/", show_grant, name="grant"),
    path("grants/<str:grant_id>/rows/", show_rows, name="rows"),
    path("grants/<str:grant_id>/file/", download, name="file"),
    path("grants/<str:grant_id>/evidence/", take_evidence, name="evidence"),
    path("grants/<str:grant_id>/revoke/", revoke, name="revoke"),
    path("grants/<str:grant_id>/narrow/", narrow, name="narrow"),
    path("denied/", show_denials, name="denials"),
    path("denied/<str:denial_id>/", lift, name="lift"),
    path("duties/", show_duties, name="duties"),
]
