"""Who calls, and whether they may. 接口鉴权。

`Authorization: Bearer <token>` says who calls; without it the session does, and then anything
that changes something needs the CSRF token too. A token never falls back to the session. Only then
is the query looked at: who may not call learns nothing of it.
"""

from __future__ import annotations

from django.http import HttpRequest
from ninja.utils import check_csrf

from yiwang.kernel.base.act import ANONYMOUS, Actor
from yiwang.kernel.base.errors import NotAuthenticated, NotPermitted
from yiwang.kernel.identity.services import authenticate_token
from yiwang.kernel.ui.access import Access, actor_of, check_access

from .queries import refuse_undeclared

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Stands before one operation. 接口守卫。"""

    def __init__(
        self,
        access: Access,
        declared: frozenset[str] = frozenset(),
        *,
        is_open: bool = False,
        own_login: bool = False,
    ) -> None:
        self.access = access
        self.declared = declared
        self.is_open = is_open
        self.own_login = own_login

    def __call__(self, request: HttpRequest) -> Actor:
        header = request.headers.get("Authorization", "")
        if header and not self.own_login:
            request.actor = _read_token(header)  # type: ignore[attr-defined]
        elif request.method not in SAFE_METHODS and actor_of(request) != ANONYMOUS:
            _check_form_token(request)
        check_access(request, self.access)
        if not self.is_open:
            refuse_undeclared(request, self.declared)
        return actor_of(request)


def _read_token(header: str) -> Actor:
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise NotAuthenticated(
            "api.authorization.scheme", "The Authorization header must be: Bearer and a token"
        )
    return authenticate_token(secret.strip())


def _check_form_token(request: HttpRequest) -> None:
    if check_csrf(request):
        raise NotPermitted(
            "api.csrf.missing",
            "A change from a browser session needs the header X-CSRFToken; or use a token",
        )
