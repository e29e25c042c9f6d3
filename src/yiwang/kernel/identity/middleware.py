"""Puts the actor on every request. 请求行为人。"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yiwang.kernel.base.act import ANONYMOUS


class ActorMiddleware:
    """`request.actor` for everything above. 设定行为人。"""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = ANONYMOUS  # type: ignore[attr-defined]
        return self.handler(request)
