"""The pages around a session. 登录、退出、修改口令。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel.base.act import ANONYMOUS
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services
from yiwang.kernel.identity.addresses import client_address
from yiwang.kernel.identity.middleware import SESSION
from yiwang.kernel.ui.access import actor_of, public, signed_in
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure

from .forms import PasswordForm, SignInForm

FIRST_PAGE = "/home/"


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in and go on to where one wanted to go. 登录。"""
    if request.method != "POST":
        onward = local_address(request, request.GET.get("next", ""))
        return _draw_sign_in(request, SignInForm(initial={"next": onward}))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _draw_sign_in(request, form, 422)
    try:
        found = services.sign_in(
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            address=client_address(request),
            agent=request.headers.get("User-Agent", ""),
        )
    except YiwangError as error:
        add_failure(form, error)
        return _draw_sign_in(request, form, error.status)
    _begin_session(request, found.session_id)
    onward = local_address(request, form.cleaned_data["next"])
    return redirect("identity:password" if found.must_change_password else onward)


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session. 退出。"""
    session_id = request.session.get(SESSION, "")
    if session_id and actor_of(request).id != ANONYMOUS.id:
        services.sign_out(actor_of(request), session_id)
    request.session.flush()
    flash(request, msg("You are signed out."))
    return redirect("identity:sign_in")


@signed_in
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """Choose a new password. 修改口令。"""
    if request.method != "POST":
        return _draw_password(request, PasswordForm())
    form = PasswordForm(request.POST)
    if not form.is_valid():
        return _draw_password(request, form, 422)
    session_id = request.session.get(SESSION, "")
    try:
        services.change_password(actor_of(request), **form.cleaned_data, keep_session=session_id)
    except YiwangError as error:
        add_failure(form, error)
        return _draw_password(request, form, error.status)
    _begin_session(request, session_id)
    flash(request, msg("The password is changed. Your other sessions have ended."))
    return redirect(FIRST_PAGE)


def local_address(request: HttpRequest, wanted: str) -> str:
    """The address if it lies on this site, else the first page. 站内地址。"""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts=None, require_https=request.is_secure()
    )
    return wanted if safe else FIRST_PAGE


def _draw_sign_in(request: HttpRequest, form: SignInForm, status: int = 200) -> HttpResponse:
    return render(request, "identity/sign_in.html", {"form": form}, status=status)


def _draw_password(request: HttpRequest, form: PasswordForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "forced": services.is_change_due(actor_of(request))}
    return render(request, "identity/password.html", context, status=status)


def _begin_session(request: HttpRequest, session_id: str) -> None:
    # What an anonymous visitor planted dies with the old key, and its form token too.
    request.session.flush()
    request.session[SESSION] = session_id
    rotate_token(request)
