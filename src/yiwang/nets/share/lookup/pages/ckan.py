"""Actions of CKAN's API: what open data tools ask by. CKAN 动作接口。"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.ui.access import Access, actor_of
from yiwang.kernel.ui.failures import explain
from yiwang.nets.share.lookup import services
from yiwang.nets.share.lookup.types import MethodNotAllowed, Unreadable

from .doors import door, read_basic, read_bearer

MOST = 100_000
"""Bytes of what is sent to an action. 请求上限。"""
LIKE = "2.11"
"""The version of the API that these actions answer like; no version of this node. 兼容版本。"""
ACTIONS: Mapping[str, Callable[[Actor, Mapping[str, Any]], Any]] = {
    "package_list": services.list_packages,
    "package_search": services.search_packages,
    "package_show": services.show_package,
    "organization_list": services.list_organizations,
    "organization_show": services.show_organization,
    "datastore_search": services.search_datastore,
}
KINDS: Mapping[int, tuple[int, str]] = {
    401: (403, "Authorization Error"), 403: (403, "Authorization Error"),
    404: (404, "Not Found Error"), 409: (409, "Validation Error"), 422: (409, "Validation Error"),
    429: (429, "Too Many Requests"), 501: (409, "Validation Error"),
}  # fmt: skip


def refuse(request: HttpRequest, error: YiwangError) -> HttpResponse:
    """An error in the shape of CKAN, so that its clients raise their own. 错误应答。"""
    status, kind = KINDS.get(error.status, (error.status, "Bad Request"))
    found: dict[str, Any] = {
        "__type": kind,
        "message": _say(kind, explain(error)),
        "code": error.code,
    }
    if kind == "Validation Error":
        found[str(error.extra.get("field", "message"))] = [explain(error)]
    body = {"help": _help(request), "success": False, "error": found}
    answer = HttpResponse(_write(body), status=status, content_type=JSON)
    if "seconds" in error.extra:
        answer["Retry-After"] = str(error.extra["seconds"])
    return answer


JSON = "application/json; charset=utf-8"


def _say(kind: str, text: str) -> str:
    """CKAN's clients cut off what stands before the first colon."""
    starts = {"Not Found Error": "Not found: ", "Authorization Error": "Access denied: "}
    return starts.get(kind, "") + text


def read_token(header: str) -> str:
    """The plain token that CKAN's clients send, or the same after Bearer. 读取令牌。"""
    plain = header if " " not in header else ""
    return plain or read_bearer(header) or read_basic(header)


@door(Access(public=True), token=read_token, refuse=refuse)
def show_status(request: HttpRequest) -> HttpResponseBase:
    """That something is here, and what it answers like. 状态。"""
    found = {
        "ckan_version": LIKE, "site_url": request.build_absolute_uri("/ckan"),
        "site_title": "Yiwang 一网", "site_description": "", "error_emails_to": None,
        "locale_default": "zh_Hans_CN", "extensions": ["datastore"],
    }  # fmt: skip
    return _succeed(request, found)


@door(Access(), token=read_token, refuse=refuse)
def run_action(request: HttpRequest, action: str) -> HttpResponseBase:
    """One action by its name. 执行动作。"""
    given = read_given(request)
    if action not in ACTIONS:
        raise Unreadable(
            "lookup.action.unknown", "Action name not known: %(name)s", name=action[:60]
        )
    found = ACTIONS[action](actor_of(request), given)
    if action == "datastore_search":
        found["_links"] = _links(request, given, found)
    return _succeed(request, found)


def read_given(request: HttpRequest) -> dict[str, Any]:
    """What an action is given: the query, or a JSON object. 动作参数。"""
    if request.method in ("GET", "HEAD"):
        return {
            name: texts if len(texts) > 1 else texts[0]
            for name, texts in request.GET.lists()
            if texts
        }
    if request.method != "POST":
        raise MethodNotAllowed("lookup.method", "Rows are read here, by GET")
    return _load(_read_body(request))


def _read_body(request: HttpRequest) -> bytes:
    try:
        body = b"" if request.content_type == "multipart/form-data" else request.body
    except (RequestDataTooBig, OSError):
        body = b""
    if not body or len(body) > MOST:
        raise Unreadable("lookup.body.invalid", "Send one JSON object, of at most 100 kB")
    return body


def _load(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or b"\\u0000" in body:
        raise Unreadable("lookup.body.invalid", "Send one JSON object, of at most 100 kB")
    return found


def _links(
    request: HttpRequest, given: Mapping[str, Any], found: Mapping[str, Any]
) -> dict[str, str]:
    """The first page and the next, as addresses, whichever way this one was asked for. 翻页地址。"""
    data = request.GET.copy()
    for name, value in given.items():
        data[name] = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    data.pop("offset", None)
    start = f"{request.path}?{data.urlencode()}"
    data["offset"] = str(found["offset"] + len(found["records"]))
    return {"start": start, "next": f"{request.path}?{data.urlencode()}"}


def _succeed(request: HttpRequest, found: Any) -> HttpResponse:
    body = {"help": _help(request), "success": True, "result": found}
    return HttpResponse(_write(body), content_type=JSON)


def _help(request: HttpRequest) -> str:
    name = request.path.rpartition("/")[2]
    return request.build_absolute_uri(f"/ckan/api/3/action/help_show?name={name}")


def _write(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
