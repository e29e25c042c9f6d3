"""Organizations: list, tree, one of them, changing them. 机构页面。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import (
    EDIT_ORGANIZATIONS,
    ORGANIZATION_KINDS,
    VIEW_ACCOUNTS,
    VIEW_ORGANIZATIONS,
    OrganizationInfo,
)
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    Filter,
    Light,
    ListQuery,
    ListSlice,
    ListSpec,
    render_list,
)
from yiwang.workbench.forms import OrganizationForm, read_reason

GET_OR_POST = ["GET", "HEAD", "POST"]


def light_of(row: OrganizationInfo) -> Light:
    """Whether the organization is one today. 机构状态。"""
    gone = row.valid_until is not None and row.valid_until <= today()
    return Light(msg("Closed")) if gone else Light(msg("Active"), "green")


def kind_of(row: OrganizationInfo) -> str:
    """The kind in words. 机构类型。"""
    return gettext(ORGANIZATION_KINDS[row.kind])


def url_of(row: OrganizationInfo) -> str:
    """The organization's page. 机构地址。"""
    return reverse("workbench:organization", args=[row.code])


ORGANIZATIONS = ListSpec(
    "workbench.organizations",
    columns=[
        Column("name", msg("Name"), link=url_of),
        Column("code", msg("Code"), kind="code"),
        Column("kind", msg("Kind"), kind_of),
        Column("parent_code", msg("Stands under"), kind="code"),
        Column("region_code", msg("Region code"), kind="code"),
        Column("state", msg("State"), light_of, kind="light"),
    ],
    filters=[Filter("kind", msg("Kind"), choices=list(ORGANIZATION_KINDS.items()))],
    search=["name"],
    search_label=msg("Name or code"),
    export="organizations",
    empty=Empty(
        msg("No organizations yet"),
        msg("Import the city's list of organizations, or add the first one by hand."),
    ),
)


@needs(VIEW_ORGANIZATIONS)
@require_safe
def organizations(request: HttpRequest) -> HttpResponseBase:
    """All organizations as a list. 机构列表。"""
    return render_list(
        request,
        ORGANIZATIONS,
        take_organizations,
        title=msg("Organizations"),
        template="workbench/organizations.html",
        context=_frame(request),
    )


def take_organizations(query: ListQuery) -> ListSlice:
    """A page of organizations by code. 取机构。"""
    found = services.list_organizations(
        text=query.search,
        kind=str(query.filters.get("kind", "")),
        after=str(query.after[0]) if query.after else "",
        limit=query.limit + 1,
    )
    shown = found[: query.limit]
    return ListSlice(shown, [shown[-1].code] if len(found) > query.limit else None)


@needs(VIEW_ORGANIZATIONS)
@require_safe
def organization_tree(request: HttpRequest) -> HttpResponse:
    """Who stands under whom. 机构树。"""
    tree = services.list_tree()
    levels = [
        (
            one,
            _next_depth(tree, place) > one.depth,
            range(max(0, one.depth - _next_depth(tree, place))),
        )
        for place, one in enumerate(tree)
    ]
    return render(request, "workbench/tree.html", {"levels": levels} | _frame(request))


@needs(VIEW_ORGANIZATIONS)
@require_safe
def organization(request: HttpRequest, code: str) -> HttpResponse:
    """One organization, what stands above and below it, who works there. 机构详情。"""
    actor = actor_of(request)
    found = services.get_organization(code)
    people = (
        services.list_accounts(actor, organization_code=code) if actor.may(VIEW_ACCOUNTS) else []
    )
    context = {
        "organization": found,
        "kind": kind_of(found),
        "state": light_of(found),
        "path": services.list_path(code)[:-1],
        "children": services.list_organizations(parent_code=code),
        "people": people,
    }
    return render(request, "workbench/organization.html", context | _frame(request))


@needs(EDIT_ORGANIZATIONS)
@require_http_methods(GET_OR_POST)
def new_organization(request: HttpRequest) -> HttpResponse:
    """Add an organization. 新增机构。"""
    if request.method != "POST":
        initial = {"parent_code": request.GET.get("under", ""), "kind": "department"}
        return _draw_form(request, OrganizationForm(initial=initial))
    form = OrganizationForm(request.POST)
    if not form.is_valid():
        return _draw_form(request, form, status=422)
    try:
        made = services.create_organization(actor_of(request), **form.cleaned_data)
    except YiwangError as error:
        add_failure(form, error, _field_of(error))
        return _draw_form(request, form, status=error.status)
    flash(request, msg("%(name)s is added."), name=made.name)
    return redirect("workbench:organization", made.code)


@needs(EDIT_ORGANIZATIONS)
@require_http_methods(GET_OR_POST)
def edit_organization(request: HttpRequest, code: str) -> HttpResponse:
    """Change an organization. 修改机构。"""
    found = services.get_organization(code)
    if request.method != "POST":
        initial = {name: getattr(found, name) for name in OrganizationForm.base_fields}
        return _draw_form(request, OrganizationForm(initial=initial, is_new=False), found)
    form = OrganizationForm(request.POST, is_new=False)
    if not form.is_valid():
        return _draw_form(request, form, found, status=422)
    try:
        services.update_organization(actor_of(request), code, **form.cleaned_data)
    except YiwangError as error:
        add_failure(form, error, _field_of(error))
        return _draw_form(request, form, found, status=error.status)
    flash(request, msg("The change is saved."))
    return redirect("workbench:organization", code)


@needs(EDIT_ORGANIZATIONS)
@require_POST
def close_organization(request: HttpRequest, code: str) -> HttpResponse:
    """Say that an organization is no more from today on. 撤销机构。"""
    reason = read_reason(request.POST)
    services.close_organization(actor_of(request), code, reason=reason)
    flash(request, msg("The organization is closed as of today; its record stays."))
    return redirect("workbench:organization", code)


def _draw_form(
    request: HttpRequest,
    form: OrganizationForm,
    found: OrganizationInfo | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"form": form, "organization": found}
    return render(request, "workbench/organization_form.html", context, status=status)


def _frame(request: HttpRequest) -> dict[str, object]:
    tabs = [
        (reverse("workbench:organizations"), msg("List")),
        (reverse("workbench:organization_tree"), msg("Tree")),
    ]
    return {"tabs": tabs, "may_edit": actor_of(request).may(EDIT_ORGANIZATIONS)}


def _field_of(error: YiwangError) -> str:
    last = error.code.rpartition(".")[2]
    named = {
        "code_taken": "code", "region": "region_code", "circle": "parent_code", "unknown": "parent_code",
    }  # fmt: skip
    return named.get(last, last)


def _next_depth(tree: list[OrganizationInfo], place: int) -> int:
    return tree[place + 1].depth if place + 1 < len(tree) else 0
