"""Dashboards as pages to be printed, and as files. 统计看板页。"""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.reports.types import ENDINGS
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.labels import in_language


@needs(USE)
@require_safe
def show_dashboard(request: HttpRequest, dashboard: str) -> HttpResponseBase:
    """What a dashboard tells its reader now. 统计看板。"""
    desk = services.at_desk(actor_of(request))
    declared = desk.dashboard(dashboard)
    endings = ENDINGS if services.may_open_report(desk, declared) else ()
    context = {
        "report": services.make_report(desk, dashboard),
        "help": in_language(declared.help),
        "files": [
            (one.upper(), reverse("records:report", args=[dashboard, one])) for one in endings
        ],
    }
    return render(request, "records/dashboard.html", context)


@needs(USE)
@require_safe
def fetch_report(request: HttpRequest, dashboard: str, ending: str) -> FileResponse:
    """The same as a file. 下载报告。"""
    found = services.open_report(services.at_desk(actor_of(request)), dashboard, ending)
    return FileResponse(found.stream, as_attachment=True, filename=found.name)
