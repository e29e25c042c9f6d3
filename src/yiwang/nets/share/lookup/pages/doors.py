"""How programs come in: with a token, told of errors in the words of their protocol. 程序入口。

These addresses take no session: what a browser sends along by itself is no right here, so no form of
another site can use it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from yiwang.kernel.base.act import ANONYMOUS, Actor, Ref
from yiwang.kernel.base.errors import NotAuthenticated, NotPermitted, YiwangError
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.ui.access import Access, View, actor_of, check_access

ReadToken = Callable[[str], str]
Refuse = Callable[[HttpRequest, YiwangError], HttpResponseBase]


def door(access: Access, *, token: ReadToken, refuse: Refuse) -> Callable[[View], View]:
    """A view for programs: `token` finds the secret in the header, `refuse` writes an error. 程序入口。"""

    def mark(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                request.actor = _find_actor(request, token)  # type: ignore[attr-defined]
                check_access(request, access)
                return view(request, *args, **kwargs)
            except YiwangError as error:
                _record(request, error)
                return refuse(request, error)

        guarded.access = access  # type: ignore[attr-defined]
        return guarded

    return mark


def read_bearer(header: str) -> str:
    """The secret of `Bearer`; empty for another scheme. 承载令牌。"""
    scheme, _, secret = header.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def read_basic(header: str) -> str:
    """The password of HTTP Basic: spreadsheets send a token so. 基本认证。"""
    scheme, _, told = header.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(told.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _find_actor(request: HttpRequest, token: ReadToken) -> Actor:
    header = request.headers.get("Authorization", "").strip()
    if not header:
        return ANONYMOUS
    secret = token(header)
    if not secret:
        raise NotAuthenticated(
            "lookup.authorization.scheme", "The Authorization header holds no token of this node"
        )
    return identity.authenticate_token(secret)


def _record(request: HttpRequest, error: YiwangError) -> None:
    if isinstance(error, NotPermitted):
        match = request.resolver_match
        where = Ref("ui.page", match.view_name if match else "", request.path[:200])
        ledger.record_refusal(actor_of(request), "ui.page.opened", on=where, refusal=error)
