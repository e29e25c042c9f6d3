"""Deadlines in one's own calendar: the address, and what stands behind it. 日历订阅页面。"""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs, public
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.workflow.services import USE, feeds

AS_TASKS = "tasks"


@needs(USE)
@require_safe
def show_calendar(request: HttpRequest) -> HttpResponseBase:
    """Whether an address stands, what it is good for, making and stopping it. 日历订阅。"""
    return draw(request)


@needs(USE)
@never_cache
@require_POST
def make_feed(request: HttpRequest) -> HttpResponseBase:
    """Make a new address; it is shown in the answer and nowhere kept. 新建订阅地址。"""
    secret = feeds.make_feed(actor_of(request), language=get_language() or "zh-hans")
    address = request.build_absolute_uri(reverse("workflow:feed", args=[secret]))
    return draw(request, address=address, tasks=f"{address}?as={AS_TASKS}")


@needs(USE)
@require_POST
def revoke_feed(request: HttpRequest) -> HttpResponseBase:
    """Stop the address. 停用订阅地址。"""
    feeds.revoke_feed(actor_of(request))
    flash(request, msg("The address is stopped; calendars that read it get nothing any more."))
    return redirect("workflow:calendar")


def draw(request: HttpRequest, **shown: str) -> HttpResponse:
    """The page, with a new address where one was just made. 绘制页面。"""
    context = {"feed": feeds.find_feed(actor_of(request)), **shown}
    return render(request, "workflow/calendar.html", context)


@public
@require_safe
def download_feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The calendar itself, for programs without a session: the secret is the right. 日历文件。"""
    base = request.build_absolute_uri("/").rstrip("/")
    body = feeds.read_feed(secret, base, as_tasks=request.GET.get("as") == AS_TASKS)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag)
    if not isinstance(answer, HttpResponseNotModified):
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'inline; filename="yiwang.ics"'
    answer["ETag"] = etag
    # Kept by the one who asked, and asked about each time.
    answer["Cache-Control"] = "private, no-cache"
    return answer
