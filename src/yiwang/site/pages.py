"""The home pages and what belongs to the whole node. 首页与全站页面。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from yiwang.kernel.base.todo import list_todos
from yiwang.kernel.ui.access import actor_of, public, signed_in


@public
def front(request: HttpRequest) -> HttpResponse:
    """What the platform is, for anyone. 公开首页。"""
    return render(request, "site/front.html")


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What needs doing today, for who is signed in. 工作首页。"""
    return render(request, "site/home.html", {"todos": list_todos(actor_of(request))})


@public
def healthy(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The web server answers. 健康检查。"""
    return JsonResponse({"status": "ok"})


urlpatterns = [
    path("", front, name="front"),
    path("home/", home, name="home"),
    path("healthz", healthy, name="health"),
]
