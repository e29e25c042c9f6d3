"""Language and display choices. 语言与显示设置页。"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from .access import public
from .display import Display, keep_display, keep_language, read_display


@public
@require_http_methods(["GET", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Choose Chinese or English. 选择语言。"""
    if request.method == "GET":
        return render(request, "ui/language.html", {"languages": settings.LANGUAGES})
    response = redirect(came_from(request))
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        keep_language(response, chosen)
    return response


@public
@require_http_methods(["GET", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Choose elder mode and contrast. 选择显示模式。"""
    if request.method == "GET":
        return render(request, "ui/display.html")
    present = read_display(request)
    response = redirect(came_from(request))
    keep_display(
        response,
        Display(
            elder=_choose(request, "age", "elder", present=present.elder),
            high_contrast=_choose(request, "contrast", "high", present=present.high_contrast),
        ),
    )
    return response


def came_from(request: HttpRequest) -> str:
    """The page of this node to go back to; never another host. 返回地址。"""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if safe else "/"


def _choose(request: HttpRequest, name: str, value: str, *, present: bool) -> bool:
    return request.POST[name] == value if name in request.POST else present


urlpatterns = [
    path("language/", language, name="language"),
    path("display/", display, name="display"),
]
