"""Headers and error pages around every answer. 响应头与错误页。"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from yiwang.kernel.base.errors import NotAuthenticated, YiwangError

from .failures import explain, render_failure

Handler = Callable[[HttpRequest], HttpResponseBase]

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self' data:; worker-src 'self'; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


class SecurityHeaders:
    """A strict Content-Security-Policy on every answer, and no copy of it kept. 安全响应头。

    Pages differ by reader and may hold personal data; static files are answered before this.
    """

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.handler(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        return response


class PlainAddresses:
    """Refuses an address or a form with a NUL in it: nobody types one, PostgreSQL keeps none. 地址校验。"""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")
        return self.handler(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Look at a form once its view is known and may read it. 表单校验。"""
        fields = request.POST.lists() if request.method == "POST" else ()
        if any("\0" in text for name, values in fields for text in (name, *values)):
            raise BadRequest("NUL in the form")


class ErrorPages:
    """Turns an expected failure into a page that says what to do. 错误页。"""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.handler(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, YiwangError):
            return None
        if isinstance(error, NotAuthenticated):
            return ask_to_sign_in(request)
        return render_failure(request, error.status, code=error.code, detail=explain(error))


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Leads to the sign-in page, and back afterwards where that can be. 引导登录。"""
    back = request.get_full_path() if request.method == "GET" else "/home/"
    address = f"{settings.LOGIN_URL}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": address})
    return redirect(address)
