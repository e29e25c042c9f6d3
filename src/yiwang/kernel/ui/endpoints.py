"""What a module's API operations are made with. 接口部件。

A module's `api.py` holds a `router`; each operation stands under one of these marks, and the
site enforces it before anything of the request is read:

    @router.get("/{code}", response=ElementOut)
    @api_needs("standards.read")
    def get_element(request: HttpRequest, code: str) -> Element: ...

An operation without a mark keeps the node from starting.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import Field

from .access import Access

MAX_PAGE = 200

Operation = TypeVar("Operation", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Model)


def api_public(operation: Operation) -> Operation:
    """Anyone may call this operation. 公开接口。"""
    return _mark(operation, Access(public=True))


def api_signed_in(operation: Operation) -> Operation:
    """Anyone signed in may call this operation. 登录可用接口。"""
    return _mark(operation, Access())


def api_needs(permission: str) -> Callable[[Operation], Operation]:
    """Holders of `permission` may; the service still checks the object. 需要权限的接口。"""
    return lambda operation: _mark(operation, Access(permission=permission))


def api_open_query(operation: Operation) -> Operation:
    """The names in the query are known to the data only; the operation refuses the others. 开放查询参数。"""
    operation.open_query = True  # type: ignore[attr-defined]
    return operation


def api_own_login(operation: Operation) -> Operation:
    """A public operation that reads a header of its own for who calls, as OAuth wants it. 自行鉴权。"""
    operation.own_login = True  # type: ignore[attr-defined]
    return operation


class PageQuery(Schema):
    """Which part of a list is wanted: how many, and after which place. 分页参数。"""

    limit: int = Field(50, ge=1, le=MAX_PAGE, description="How many at most")
    after: str = Field("", max_length=400, description="`next` of the page before")


def take_newest(rows: QuerySet[Row], page: PageQuery) -> tuple[list[Row], str]:
    """A page of rows, the latest first, and the id after which the next begins; "" at the end. 倒序取页。"""
    if page.after:
        rows = rows.filter(id__lt=page.after)
    found = list(rows.order_by("-id")[: page.limit + 1])
    more = found[page.limit - 1].pk if len(found) > page.limit else ""
    return found[: page.limit], more


class Reason(Schema):
    """Why. 原因。"""

    reason: str = Field(min_length=1, max_length=300)


def _mark(operation: Operation, access: Access) -> Operation:
    operation.access = access  # type: ignore[attr-defined]
    return operation


__all__ = [
    "MAX_PAGE",
    "PageQuery",
    "Reason",
    "api_needs",
    "api_open_query",
    "api_own_login",
    "api_public",
    "api_signed_in",
    "take_newest",
]
