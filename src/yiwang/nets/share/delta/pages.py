"""The profile file with which programs read a share. 配置文件下载。"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_POST

from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.sending import Span, describe_file

from . import services

ENDPOINT = "/api/v1/delta-sharing"


@needs(services.USE)
@require_POST
def download_profile(request: HttpRequest, grant_id: str) -> HttpResponseBase:
    """A profile with a new token in it, this once. 下载配置文件。"""
    said = services.make_profile(
        actor_of(request),
        grant_id,
        endpoint=request.build_absolute_uri(ENDPOINT),
        way="bearer" if request.POST.get("way") == "bearer" else "oauth",
    ).encode()
    return describe_file(
        HttpResponse(said), Span(0, len(said), len(said)), name="yiwang.share",
        kind="application/json",
    )  # fmt: skip


urlpatterns = [path("profile/<str:grant_id>/", download_profile, name="profile")]
