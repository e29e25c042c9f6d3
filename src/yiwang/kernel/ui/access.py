"""Every route says who may. 路由权限声明。

A view without one of these decorators fails the architecture test and answers 403.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yiwang.kernel.base.act import ANONYMOUS, Actor
from yiwang.kernel.base.errors import NotAuthenticated

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a route: anyone, anyone signed in, or holders of a permission. 访问声明。"""

    public: bool = False
    permission: str = ""


def public(view: View) -> View:
    """Anyone may open this page. 公开页面。"""
    return _declare(view, Access(public=True))


def signed_in(view: View) -> View:
    """Anyone signed in may open this page. 登录可见。"""
    return _declare(view, Access())


def needs(permission: str) -> Callable[[View], View]:
    """Holders of `permission` may open this page; the service still checks the object. 需要权限。"""
    return lambda view: _declare(view, Access(permission=permission))


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request, anonymous where nobody signed in. 请求行为人。"""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    return actor


def check_access(request: HttpRequest, access: Access) -> None:
    """Raise unless the request's actor may. 校验访问。"""
    if access.public:
        return
    actor = actor_of(request)
    if actor.id == ANONYMOUS.id:
        raise NotAuthenticated("identity.sign_in.needed", "Sign in first")
    if access.permission:
        actor.require(access.permission)


def _declare(view: View, access: Access) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_access(request, access)
        return view(request, *args, **kwargs)

    guarded.access = access  # type: ignore[attr-defined]
    return guarded


__all__ = ["Access", "actor_of", "check_access", "needs", "public", "signed_in"]
