"""Failures as people read them. 错误说明。

Every page of failure says three things: what happened, the stable code to name when asking for
help, and what to do now.
"""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext

from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg, translate

logger = logging.getLogger(__name__)

TITLES = {
    400: msg("This request cannot be read"),
    401: msg("Sign in first"),
    403: msg("You may not open this"),
    404: msg("There is no such page"),
    409: msg("This cannot be done now"),
    412: msg("Somebody changed this meanwhile"),
    422: msg("What was sent cannot be taken"),
    429: msg("Too many requests"),
    500: msg("Something went wrong here"),
    503: msg("Not available at the moment"),
}
ADVICE = {
    400: msg("Go back and try again from the page you came from."),
    401: msg("Sign in, then open the page again."),
    403: msg("If your work needs it, ask your department's administrator for the right."),
    404: msg("Check the address, or look for it with the search box or in the menu."),
    409: msg("Open the page again to see how things stand, then try again."),
    412: msg("Open the page again, look at what changed, and repeat your change."),
    422: msg("Go back, put right what is named above, and send it again."),
    429: msg("Wait a minute, then try again."),
    500: msg("The fault is recorded. Try again; if it stays, tell the administrator the code."),
    503: msg("Wait a moment and try again; if it stays, tell the administrator the code."),
}


def explain(error: YiwangError) -> str:
    """The sentence of a failure in the reader's language, places filled. 错误说明。

    Texts among `extra` are message ids where a translation is known, data elsewhere.
    """
    return fill(translate(error.message, gettext), error.extra)


def render_failure(
    request: HttpRequest, status: int, *, code: str, detail: str = ""
) -> HttpResponse:
    """A page of failure in the frame that fits the reader. 错误页。"""
    known = status if status in TITLES else 500
    context = {
        "status": status,
        "code": code,
        "title": gettext(TITLES[known]),
        "detail": detail,
        "advice": gettext(ADVICE[known]),
    }
    return render(request, "ui/failure.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """handler400. 请求无效页。"""
    return render_failure(request, HTTPStatus.BAD_REQUEST, code="request.bad")


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """handler403. 无权限页。"""
    return render_failure(request, HTTPStatus.FORBIDDEN, code="permission.denied")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """handler404. 未找到页。"""
    return render_failure(request, HTTPStatus.NOT_FOUND, code="page.not_found")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form came without its token: too old, or cookies are off. 表单令牌无效页。"""
    logger.warning("form refused: %s", reason)
    detail = gettext("The form was open too long, or the browser keeps no cookies.")
    return render_failure(request, HTTPStatus.FORBIDDEN, code="form.token", detail=detail)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """handler500: drawn without the frame, which may be what is broken. 内部错误页。"""
    context = {
        "code": "internal.error",
        "title": gettext(TITLES[500]),
        "advice": gettext(ADVICE[500]),
    }
    return HttpResponse(loader.render_to_string("ui/broken.html", context), status=500)
