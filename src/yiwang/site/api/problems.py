"""Every error of the API as RFC 9457 problem+json. 接口错误。

One table turns each exception into an answer; `ApiErrors` turns what Django itself answers
(405, a bad request, an unknown address) into the same shape. Nobody else builds error answers.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from yiwang.kernel.base.act import Ref
from yiwang.kernel.base.errors import NotPermitted, YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.ledger.services import record_refusal
from yiwang.kernel.records.types import InvalidValues
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.failures import TITLES, explain

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/v1/"

# What is answered where no module raised: code and sentence by status.
PLAIN: dict[int, tuple[str, str]] = {
    400: ("api.request.unreadable", msg("The request cannot be read")),
    401: ("identity.sign_in.needed", msg("Sign in first")),
    403: ("permission.denied", msg("You may not do this")),
    404: ("api.address.unknown", msg("There is nothing at this address")),
    405: ("api.method.not_allowed", msg("This address does not take this method")),
    413: ("api.request.too_large", msg("The request is larger than this node takes")),
    415: ("api.request.media_type", msg("The request's content type is not taken here")),
    416: ("api.request.range", msg("The file has no such part")),
    422: ("api.request.invalid", msg("Some values cannot be taken; see errors")),
    500: ("internal.error", msg("Something went wrong here; the fault is recorded")),
}
_KNOWN: dict[type[Exception], int] = {
    Http404: 404,
    RequestDataTooBig: 413,
    SuspiciousOperation: 400,
    BadRequest: 400,
    UnicodeError: 400,
}
_NEVER_SHOWN = {"type", "title", "status", "detail", "code"}


def problem(
    status: int, code: str, detail: str, extra: Mapping[str, Any] | None = None
) -> HttpResponse:
    """One answer of RFC 9457. 错误应答。"""
    title = TITLES.get(status, "")
    body = {
        "type": f"urn:yiwang:error:{code}",
        "title": gettext(title) if title else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **{name: value for name, value in (extra or {}).items() if name not in _NEVER_SHOWN},
    }
    content = json.dumps(body, ensure_ascii=False, default=str)
    return HttpResponse(content, status=status, content_type=MEDIA_TYPE)


def plain_problem(status: int, extra: Mapping[str, Any] | None = None) -> HttpResponse:
    """The answer for a status that no module explained. 通用错误应答。"""
    code, detail = PLAIN.get(status, PLAIN[400 if status < 500 else 500])
    return problem(status, code, gettext(detail), extra)


def add_handlers(api: NinjaAPI) -> None:
    """Teach the API the whole table. 登记错误处理。"""
    # ninja's types let a handler be given a class; it is only ever given what was raised.
    handlers: dict[type[Exception], Any] = {
        YiwangError: _expected,
        InvalidValues: _invalid_values,
        ValidationError: _invalid,
        HttpError: _refused,
        Exception: _unexpected,
        **{kind: partial(_plain, status=status) for kind, status in _KNOWN.items()},
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def _plain(request: HttpRequest, error: Exception, *, status: int) -> HttpResponse:  # noqa: ARG001
    return plain_problem(status)


def _expected(request: HttpRequest, error: YiwangError) -> HttpResponse:
    if isinstance(error, NotPermitted):
        _record(request, error)
    answer = problem(error.status, error.code, explain(error), error.extra)
    if error.status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = 'Bearer realm="yiwang"'
    if error.status == HTTPStatus.TOO_MANY_REQUESTS and "seconds" in error.extra:
        answer["Retry-After"] = str(error.extra["seconds"])
    return answer


def _invalid_values(request: HttpRequest, error: InvalidValues) -> HttpResponse:  # noqa: ARG001
    found = [
        {"path": one.path, "code": one.code, "detail": fill(gettext(one.message), dict(one.extra))}
        for one in error.problems
    ]
    return problem(error.status, error.code, explain(error), error.extra | {"errors": found})


def _record(request: HttpRequest, error: NotPermitted) -> None:
    match = request.resolver_match
    where = Ref("api.operation", match.view_name if match else "", request.path[:200])
    record_refusal(actor_of(request), "api.operation.called", on=where, refusal=error)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    found = [
        {"where": "/".join(map(str, item["loc"])), "code": item["type"], "detail": item["msg"]}
        for item in error.errors
    ]
    return plain_problem(422, {"errors": found})


def _refused(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
    return plain_problem(error.status_code)


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("%s %s failed", request.method, request.path, exc_info=error)
    return plain_problem(500)


class ApiErrors:
    """Gives errors that Django answered itself the shape of all others. 接口错误统一。"""

    def __init__(self, handler: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.handler(request)
        if request.path.startswith(PREFIX):
            # Answers differ by caller and may hold personal data: nobody between keeps them.
            response.headers.setdefault("Cache-Control", "no-store")
        if not request.path.startswith(PREFIX) or response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        if response.headers.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        return _reshape(response)


def _reshape(response: HttpResponseBase) -> HttpResponse:
    answer = plain_problem(response.status_code)
    for name in ("Cache-Control", "Allow", "WWW-Authenticate", "Retry-After", "Content-Range"):
        if name in response.headers:
            answer[name] = response.headers[name]
    return answer
