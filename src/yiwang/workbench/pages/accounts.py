"""Accounts: list, one of them, and what each administrator does to it. 账号页面。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services
from yiwang.kernel.identity.types import (
    EDIT_ACCOUNTS,
    GRANT_ROLES,
    LOCK_ACCOUNTS,
    RESET_PASSWORDS,
    ROLES,
    UNLOCK_ACCOUNTS,
    VIEW_ACCOUNTS,
    AccountInfo,
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
from yiwang.workbench.forms import (
    AccountForm,
    NameForm,
    PostForm,
    ReasonForm,
    RoleForm,
    read_reason,
)

ROLE_CHOICES = [*((code, role.label) for code, role in ROLES.items()), ("none", msg("No role"))]


def light_of(row: AccountInfo) -> Light:
    """Whether one can sign in with the account. 账号状态。"""
    if row.locked_at is not None:
        return Light(msg("Locked"), "red")
    if row.last_signed_in_at is None:
        return Light(msg("Never signed in"), "yellow")
    return Light(msg("Active"), "green")


def roles_of(row: AccountInfo) -> str:
    """The roles in words. 角色名称。"""
    return "、".join(gettext(ROLES[role].label) for role in row.roles)


def url_of(row: AccountInfo) -> str:
    """The account's page. 账号地址。"""
    return reverse("workbench:account", args=[row.id])


ACCOUNTS = ListSpec(
    "workbench.accounts",
    columns=[
        Column("name", msg("Account name"), link=url_of),
        Column("full_name", msg("Person's name")),
        Column("organization_name", msg("Organization")),
        Column("roles", msg("Roles"), roles_of),
        Column("state", msg("State"), light_of, kind="light"),
        Column("last_signed_in_at", msg("Last signed in"), kind="datetime"),
    ],
    filters=[
        Filter("role", msg("Role"), choices=ROLE_CHOICES),
        Filter("organization", msg("Organization code"), kind="text"),
    ],
    search=["name"],
    search_label=msg("Name"),
    export="accounts",
    empty=Empty(
        msg("No accounts found"),
        msg("A system administrator adds them one by one or from a sheet."),
    ),
)


@needs(VIEW_ACCOUNTS)
@require_safe
def accounts(request: HttpRequest) -> HttpResponseBase:
    """All accounts. 账号列表。"""
    actor = actor_of(request)

    def take(query: ListQuery) -> ListSlice:
        found = services.list_accounts(
            actor,
            text=query.search,
            role=str(query.filters.get("role", "")),
            organization_code=str(query.filters.get("organization", "")),
            after=str(query.after[0]) if query.after else "",
            limit=query.limit + 1,
        )
        shown = found[: query.limit]
        return ListSlice(shown, [shown[-1].name] if len(found) > query.limit else None)

    return render_list(
        request,
        ACCOUNTS,
        take,
        title=msg("Accounts"),
        template="workbench/accounts.html",
        context={"may_edit": actor.may(EDIT_ACCOUNTS)},
    )


@needs(VIEW_ACCOUNTS)
@require_safe
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    """One account: posts, roles, and what this administrator may do. 账号详情。"""
    return _draw(request, account_id)


@needs(EDIT_ACCOUNTS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Make an account and show its first password. 新建账号。"""
    if request.method != "POST":
        initial = {"organization_code": request.GET.get("organization", "")}
        return render(
            request, "workbench/account_form.html", {"form": AccountForm(initial=initial)}
        )
    form = AccountForm(request.POST)
    if not form.is_valid():
        return render(request, "workbench/account_form.html", {"form": form}, status=422)
    try:
        made, first = services.create_account(actor_of(request), **form.cleaned_data)
    except YiwangError as error:
        add_failure(form, error, "name")
        return render(request, "workbench/account_form.html", {"form": form}, status=error.status)
    return _draw_password(request, made, first)


@needs(RESET_PASSWORDS)
@never_cache
@require_POST
def reset_password(request: HttpRequest, account_id: str) -> HttpResponse:
    """Give a new first password and show it. 重置口令。"""
    reason = read_reason(request.POST)
    first = services.reset_password(actor_of(request), account_id, reason=reason)
    return _draw_password(request, services.get_account(actor_of(request), account_id), first)


@needs(EDIT_ACCOUNTS)
@require_POST
def rename_account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Change how the account's owner is called. 修改姓名。"""
    return _do(request, account_id, NameForm, services.update_account, msg("The change is saved."))


@needs(EDIT_ACCOUNTS)
@require_POST
def add_post(request: HttpRequest, account_id: str) -> HttpResponse:
    """Put the account into an organization. 任职。"""
    return _do(request, account_id, PostForm, services.add_post, msg("The post is added."))


@needs(EDIT_ACCOUNTS)
@require_POST
def end_post(request: HttpRequest, account_id: str, post_id: str) -> HttpResponse:
    """End a post today. 免职。"""
    services.end_post(actor_of(request), post_id)
    flash(request, msg("The post has ended."))
    return redirect("workbench:account", account_id)


@needs(GRANT_ROLES)
@require_POST
def grant_role(request: HttpRequest, account_id: str) -> HttpResponse:
    """Grant a role. 授予角色。"""
    return _do(request, account_id, RoleForm, services.grant_role, msg("The role is granted."))


@needs(GRANT_ROLES)
@require_POST
def revoke_role(request: HttpRequest, account_id: str, role: str) -> HttpResponse:
    """Take a role away. 收回角色。"""
    reason = read_reason(request.POST)
    services.revoke_role(actor_of(request), account_id, role, reason=reason)
    flash(request, msg("The role is revoked."))
    return redirect("workbench:account", account_id)


@needs(LOCK_ACCOUNTS)
@require_POST
def lock_account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Lock the account at once. 锁定账号。"""
    done = msg("The account is locked; its sessions have ended.")
    return _do(request, account_id, ReasonForm, services.lock_account, done)


@needs(UNLOCK_ACCOUNTS)
@require_POST
def unlock_account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Open the account again, failed sign-ins forgotten. 解锁账号。"""
    services.unlock_account(actor_of(request), account_id)
    flash(request, msg("The account is unlocked; failed sign-ins are forgotten."))
    return redirect("workbench:account", account_id)


def _do(
    request: HttpRequest,
    account_id: str,
    form_class: type[forms.Form],
    service: Callable[..., Any],
    done: str,
) -> HttpResponse:
    """Check one of the page's forms, call its service, come back to the page. 执行表单。"""
    form = form_class(request.POST)
    named = form_class.__name__
    if not form.is_valid():
        return _draw(request, account_id, {named: form}, status=422)
    try:
        service(actor_of(request), account_id, **form.cleaned_data)
    except YiwangError as error:
        add_failure(form, error)
        return _draw(request, account_id, {named: form}, status=error.status)
    flash(request, done)
    return redirect("workbench:account", account_id)


def _draw(
    request: HttpRequest,
    account_id: str,
    bound: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    found = services.get_account(actor, account_id)
    grants = services.list_grants(actor, account_id)
    by = {grant.granted_by for grant in grants} | {grant.revoked_by for grant in grants}
    context = {
        "person": found,
        "state": light_of(found),
        "posts": services.list_posts(actor, account_id),
        "grants": [(grant, ROLES[grant.role]) for grant in grants],
        "people": services.get_accounts(by),
        "today": today(),
        "bound": bound or {},
    }
    context |= _draw_rights(actor, found) | _draw_forms(found, bound or {})
    return render(request, "workbench/account.html", context, status=status)


def _draw_rights(actor: Actor, found: AccountInfo) -> dict[str, Any]:
    other = actor.id != found.id and found.kind == "person"
    return {
        "is_own": actor.id == found.id,
        "may_edit": actor.may(EDIT_ACCOUNTS),
        "may_post": other and actor.may(EDIT_ACCOUNTS),
        "may_grant": other and actor.may(GRANT_ROLES),
        "may_reset": other and actor.may(RESET_PASSWORDS) and not _is_administrator(found),
        "may_lock": other and actor.may(LOCK_ACCOUNTS) and found.locked_at is None,
        "may_unlock": other and actor.may(UNLOCK_ACCOUNTS),
    }


def _draw_forms(found: AccountInfo, bound: dict[str, forms.Form]) -> dict[str, forms.Form]:
    return {
        "name_form": bound.get("NameForm") or NameForm(initial={"full_name": found.full_name}),
        "post_form": bound.get("PostForm") or PostForm(),
        "role_form": bound.get("RoleForm") or RoleForm(auto_id="grant-%s"),
        "lock_form": bound.get("ReasonForm") or ReasonForm(auto_id="lock-%s"),
    }


def _is_administrator(found: AccountInfo) -> bool:
    return any(ROLES[role].administrator for role in found.roles)


def _draw_password(request: HttpRequest, found: AccountInfo, first: str) -> HttpResponse:
    # Drawn in the answer to the POST and nowhere kept: a redirect would have to carry it.
    context = {"person": found, "first": first}
    return render(request, "workbench/first_password.html", context)
