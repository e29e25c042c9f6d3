"""The home pages and what belongs to the whole node. 首页与全站页面。"""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.cache import never_cache

from yiwang.kernel.base.act import ANONYMOUS
from yiwang.kernel.base.todo import list_todos
from yiwang.kernel.ui.access import actor_of, public, signed_in
from yiwang.kernel.ui.menu import MENU, group_menu
from yiwang.kernel.ui.welcome import list_first_steps

from .help import get_help, list_help

ROBOTS = "User-agent: *\nAllow: /$\nAllow: /help/\nAllow: /accessibility/\nDisallow: /\n"


@public
def front(request: HttpRequest) -> HttpResponse:
    """What the platform is, for anyone; who is signed in goes on to work. 公开首页。"""
    if actor_of(request).id != ANONYMOUS.id:
        return redirect("site:home")
    return render(request, "site/front.html")


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What needs doing today, the ways to work, first steps. 工作首页。"""
    actor = actor_of(request)
    own = [entry for entry in MENU.values() if entry.route != "site:home"]
    context = {
        "todos": list_todos(actor),
        "steps": list_first_steps(actor),
        "ways": group_menu(one for one in own if not one.permission or actor.may(one.permission)),
    }
    return render(request, "site/home.html", context)


@public
def help_index(request: HttpRequest) -> HttpResponse:
    """All pages of help. 帮助目录。"""
    return render(request, "site/help.html", {"pages": list_help()})


@public
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page of help. 帮助页。"""
    return render(request, "site/help_page.html", {"page": get_help(slug)})


@public
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement. 无障碍声明。"""
    return render(request, "site/help_page.html", {"page": get_help("accessibility")})


@public
@never_cache
def healthy(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The web server answers, and so does its database; 503 where it does not. 健康检查。"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "part": "database"}, status=503)
    return JsonResponse({"status": "ok"})


@public
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Search engines may read what is public. 爬虫规则。"""
    return HttpResponse(ROBOTS, content_type="text/plain")


@public
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Browsers ask for it by this name. 网站图标。"""
    return HttpResponsePermanentRedirect(static("ui/icon.svg"))


urlpatterns = [
    path("", front, name="front"),
    path("home/", home, name="home"),
    path("help/", help_index, name="help"),
    path("help/<slug:slug>/", help_page, name="help_page"),
    path("accessibility/", accessibility, name="accessibility"),
    path("healthz", healthy, name="health"),
    path("robots.txt", robots, name="robots"),
    path("favicon.ico", favicon, name="favicon"),
]
