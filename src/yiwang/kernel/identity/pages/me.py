"""What a person sees and keeps about themself. 个人中心。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.permissions import PERMISSIONS
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services
from yiwang.kernel.identity.middleware import SESSION
from yiwang.kernel.identity.types import ROLES
from yiwang.kernel.ui.access import actor_of, signed_in
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure

from .forms import TokenForm


@signed_in
@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Who I am here, in which post, and what I may do. 我的资料。"""
    actor = actor_of(request)
    context = {
        "person": services.get_account(actor, actor.id),
        "posts": services.list_posts(actor, actor.id),
        "roles": [ROLES[role] for role in sorted(actor.roles) if role in ROLES],
        "may": [
            (permission.label, actor.permissions[permission.name])
            for permission in PERMISSIONS.values()
            if permission.name in actor.permissions
        ],
        "rules": services.get_rules(),
    }
    return render(request, "identity/profile.html", context)


@signed_in
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in. 我的会话。"""
    context = {
        "sessions": services.list_sessions(actor_of(request)),
        "present": request.session.get(SESSION, ""),
    }
    return render(request, "identity/sessions.html", context)


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: str) -> HttpResponse:
    """End one of my sessions. 结束会话。"""
    services.end_session(actor_of(request), session_id)
    flash(request, msg("That session has ended."))
    return redirect("identity:sessions")


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """My tokens, and a form for a new one. 我的令牌。"""
    if request.method != "POST":
        return _draw_tokens(request, TokenForm())
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _draw_tokens(request, form, status=422)
    try:
        info, secret = services.issue_token(actor_of(request), **form.cleaned_data)
    except YiwangError as error:
        add_failure(form, error)
        return _draw_tokens(request, form, status=error.status)
    return _draw_secret(request, info.name, secret)


@signed_in
@never_cache
@require_POST
def rotate_token(request: HttpRequest, token_id: str) -> HttpResponse:
    """Give one of my tokens a new secret. 轮换令牌。"""
    info, secret = services.rotate_token(actor_of(request), token_id)
    return _draw_secret(request, info.name, secret)


@signed_in
@require_POST
def revoke_token(request: HttpRequest, token_id: str) -> HttpResponse:
    """Stop one of my tokens. 吊销令牌。"""
    services.revoke_token(actor_of(request), token_id)
    flash(request, msg("The token is revoked; whatever used it is refused from now on."))
    return redirect("identity:tokens")


def _draw_tokens(request: HttpRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "tokens": services.list_tokens(actor_of(request))}
    return render(request, "identity/tokens.html", context, status=status)


def _draw_secret(request: HttpRequest, name: str, secret: str) -> HttpResponse:
    # Drawn in the answer to the POST and nowhere kept: a redirect would have to carry the secret.
    return render(request, "identity/token_secret.html", {"name": name, "secret": secret})
