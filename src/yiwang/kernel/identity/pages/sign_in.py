"""The pages around a session. 登录、退出、修改口令。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.identity import services
from yiwang.kernel.identity.middleware import SESSION
from yiwang.kernel.ui.access import actor_of, public, signed_in


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in and go on to where one wanted to go. 登录。"""
    onward = local_address(request, request.POST.get("next") or request.GET.get("next") or "/")
    if request.method != "POST":
        return render(request, "identity/sign_in.html", {"next": onward})
    name = request.POST.get("name", "")
    try:
        found = services.sign_in(
            name=name,
            password=request.POST.get("password", ""),
            address=request.META.get("REMOTE_ADDR", ""),
            agent=request.headers.get("User-Agent", ""),
        )
    except YiwangError as error:
        context = {"next": onward, "name": name, "error": error}
        return render(request, "identity/sign_in.html", context, status=error.status)
    _begin_session(request, found.session_id)
    return redirect("identity:password" if found.must_change_password else onward)


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. 退出。"""
    session_id = request.session.get(SESSION, "")
    if session_id and actor_of(request).id != "anonymous":
        services.sign_out(actor_of(request), session_id)
    request.session.flush()
    return redirect("identity:sign_in")


@signed_in
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password. 修改口令。"""
    session_id = request.session[SESSION]
    context = {"rules": services.get_rules(), "forced": services.is_change_due(actor_of(request))}
    if request.method != "POST":
        return render(request, "identity/password.html", context)
    try:
        services.change_password(
            actor_of(request),
            old=request.POST.get("old", ""),
            new=request.POST.get("new", ""),
            again=request.POST.get("again", ""),
            keep_session=session_id,
        )
    except YiwangError as error:
        return render(
            request, "identity/password.html", context | {"error": error}, status=error.status
        )
    _begin_session(request, session_id)
    return redirect("/")


def local_address(request: HttpRequest, wanted: str) -> str:
    """The address if it lies on this site, else the first page. 站内地址。"""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if safe else "/"


def _begin_session(request: HttpRequest, session_id: str) -> None:
    # What an anonymous visitor planted dies with the old key, and its form token too.
    request.session.flush()
    request.session[SESSION] = session_id
    rotate_token(request)
