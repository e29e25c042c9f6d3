"""Puts the actor on every request. 请求行为人。"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from yiwang.kernel.base.act import ANONYMOUS
from yiwang.kernel.base.errors import NotAuthenticated

from . import services

SESSION = "identity_session"
PASSWORD_PAGE = "/me/password/"  # noqa: S105 - an address
# What a person may open while their password must change.
OPEN_MEANWHILE = (PASSWORD_PAGE, "/sign-out/", "/sign-in/", "/static/", "/language/", "/display/")


class ActorMiddleware:
    """`request.actor` for everything above. 设定行为人。

    The session's row decides, not the cookie: a session ended anywhere ends here with the next
    request. Who must change their password gets that page and no other.
    """

    def __init__(self, handler: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.handler = handler

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.actor = ANONYMOUS  # type: ignore[attr-defined]
        session_id = request.session.get(SESSION, "")
        if session_id:
            must_change = self._resume(request, session_id)
            if must_change and request.path.startswith("/api/"):
                request.actor = ANONYMOUS  # type: ignore[attr-defined]
            elif must_change and not request.path.startswith(OPEN_MEANWHILE):
                return redirect(PASSWORD_PAGE)
        return self.handler(request)

    def _resume(self, request: HttpRequest, session_id: str) -> bool:
        try:
            actor, signed_in = services.resume(session_id)
        except NotAuthenticated:
            request.session.flush()
            return False
        request.actor = actor  # type: ignore[attr-defined]
        return signed_in.must_change_password
