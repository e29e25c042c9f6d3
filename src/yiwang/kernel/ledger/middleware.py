"""Refusals at the door of a page go into the ledger too. 页面拒绝记录。"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yiwang.kernel.base.act import Ref
from yiwang.kernel.base.errors import NotPermitted
from yiwang.kernel.ui.access import actor_of

from .services import record_refusal


class RecordRefusals:
    """Records a NotPermitted that was raised before a service opened an act. 记录越权访问。

    Stands inside the middleware that turns failures into pages, so it sees the failure first.
    """

    def __init__(self, handler: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.handler(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        if isinstance(error, NotPermitted):
            match = request.resolver_match
            page = Ref("ui.page", match.view_name if match else "", request.path)
            record_refusal(actor_of(request), "ui.page.opened", on=page, refusal=error)
