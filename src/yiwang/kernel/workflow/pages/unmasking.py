"""Seeing masked fields of a case whole, once, with a reason. 查看明文页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE
from yiwang.kernel.workflow.services.looking import record_look

from .case import CasePage

NAMES_AT_MOST = 100


@needs(USE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unmask(request: HttpRequest, case_id: str) -> HttpResponseBase:
    """The case with what was chosen seen whole; looked at again it is masked. 查看明文。"""
    if request.method != "POST":
        return redirect("workflow:case", case_id)
    actor = actor_of(request)
    names = request.POST.getlist("names")[:NAMES_AT_MOST]
    reason = request.POST.get("reason", "")[:200]
    told: dict[str, Any] = {}
    try:
        view = services.unmask_case(actor, case_id, names, reason=reason)
        told = {"unmasked": True}
    except InvalidInput as error:
        view = services.describe_case(actor, case_id)
        told = {"unmask_refused": explain(error), "unmask_reason": reason, "unmask_names": names}
    # Beside what was unmasked the page shows what the reader sees whole anyway.
    record_look(actor, view)
    context = CasePage(actor, view).context() | told
    status = 422 if "unmask_refused" in told else 200
    return render(request, "workflow/case.html", context, status=status)
