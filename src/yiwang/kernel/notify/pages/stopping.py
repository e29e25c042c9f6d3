"""Stopping mails from the mail itself, without signing in. 退订页面。"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yiwang.kernel.notify import services
from yiwang.kernel.notify.types import NOTICE_KINDS
from yiwang.kernel.ui.access import public


# Mail programs send the form of RFC 8058 from outside, without cookies; the signed link is the right.
@csrf_exempt
@public
@require_http_methods(["GET", "HEAD", "POST"])
def show_stop(request: HttpRequest, token: str) -> HttpResponseBase:
    """Asks whether to stop; looking alone stops nothing, for mail filters look too. 退订。"""
    kind = NOTICE_KINDS.find(services.read_stop(token)[1])
    done = request.method == "POST"
    if done:
        services.stop_mails(token, all_kinds=request.POST.get("only") != "kind")
    return render(request, "notify/stop.html", {"kind": kind, "done": done})
