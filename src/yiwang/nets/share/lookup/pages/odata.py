"""OData 4.0, reading only: what spreadsheets and reporting tools ask by. OData 接口。"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.ui.access import Access, actor_of
from yiwang.kernel.ui.failures import explain
from yiwang.nets.share.lookup import services
from yiwang.nets.share.lookup.types import (
    ROW,
    MethodNotAllowed,
    NotAcceptable,
    Options,
    Page,
    Source,
)

from .doors import door, read_basic, read_bearer

JSON = "application/json;odata.metadata=minimal"
PAGE_SIZE = re.compile(r"(?:odata\.)?maxpagesize\s*=\s*\"?([0-9]{1,6})\"?")
STATUS = {422: 400}
"""What the house answers otherwise than OData does. 状态码对照。"""


def refuse(request: HttpRequest, error: YiwangError) -> HttpResponse:  # noqa: ARG001
    """An error in the shape of OData. 错误应答。"""
    status = STATUS.get(error.status, error.status)
    answer = _answer({"error": {"code": error.code, "message": explain(error)}}, status=status)
    if status == 401:
        answer["WWW-Authenticate"] = 'Basic realm="yiwang", charset="UTF-8"'
    if "seconds" in error.extra:
        answer["Retry-After"] = str(error.extra["seconds"])
    return answer


granted = door(
    Access(permission=services.USE),
    token=lambda header: read_bearer(header) or read_basic(header),
    refuse=refuse,
)


@granted
def show_service(request: HttpRequest, grant: str) -> HttpResponseBase:
    """What a grant offers: one set of rows. 服务文档。"""
    _check(request)
    source = services.find_source(actor_of(request), grant)
    _refuse_query(request)
    found = {"name": services.SET, "kind": "EntitySet", "url": services.SET, "title": source.title}
    return _answer({"@odata.context": f"{_root(request, grant)}$metadata", "value": [found]})


@granted
def show_metadata(request: HttpRequest, grant: str) -> HttpResponseBase:
    """The columns of a grant, their names for programs and for people. 元数据。"""
    _check(request, any_form=True)
    source = services.find_source(actor_of(request), grant)
    _refuse_query(request, "$format")
    said = services.write_metadata(services.with_masks(source))
    return _versioned(HttpResponse(said, content_type="application/xml"))


@granted
def show_rows(request: HttpRequest, grant: str) -> HttpResponseBase:
    """A page of the rows of a grant; each counts against rate and quota. 取数。"""
    _check(request)
    source = services.find_source(actor_of(request), grant)
    said = _read_query(request)
    wanted = replace(services.read_options(said, source), size=_page_size(request))
    page = services.read_rows(actor_of(request), source, wanted)
    body: dict[str, Any] = {"@odata.context": _context(request, grant, source, wanted)}
    if page.total is not None:
        body["@odata.count"] = page.total
    body["value"] = list(
        _rows(source, wanted, page, as_text="ieee754compatible=true" in _accept(request))
    )
    following = services.next_options(said, wanted, page)
    if following is not None:
        link = urlencode(following, quote_via=quote, safe="$,*'()")
        body["@odata.nextLink"] = f"{_root(request, grant)}{services.SET}?{link}"
    answer = _answer(body, form=_form(request))
    if wanted.size:
        answer["Preference-Applied"] = f"odata.maxpagesize={wanted.size}"
    return answer


@granted
def show_count(request: HttpRequest, grant: str) -> HttpResponseBase:
    """How many rows a grant gives. 计数。"""
    _check(request, any_form=True)
    source = services.find_source(actor_of(request), grant)
    said = _read_query(request)
    wanted = services.read_options({n: t for n, t in said.items() if n == "$filter"}, source)
    if set(said) - {"$filter", "$format"}:
        raise InvalidInput("lookup.count.options", "A count takes $filter only")
    found = services.count_rows(actor_of(request), source, wanted)
    return _versioned(HttpResponse(str(found), content_type="text/plain; charset=utf-8"))


def _rows(
    source: Source, wanted: Options, page: Page, *, as_text: bool
) -> Iterator[Mapping[str, Any]]:
    shorts, chosen = source.shorts, set(wanted.select)
    for number, cells in page.rows:
        row: dict[str, Any] = {ROW: str(number) if as_text else number} if ROW in chosen else {}
        for name, cell in zip(page.columns, cells, strict=True):
            if name in chosen:
                row[shorts[name]] = cell
        yield row


def _context(request: HttpRequest, grant: str, source: Source, wanted: Options) -> str:
    whole = len(wanted.select) == len(source.columns) + 1
    listed = ",".join({ROW: ROW, **source.shorts}[name] for name in wanted.select)
    return f"{_root(request, grant)}$metadata#{services.SET}" + ("" if whole else f"({listed})")


def _root(request: HttpRequest, grant: str) -> str:
    return request.build_absolute_uri(f"/odata/{quote(grant)}/")


def _check(request: HttpRequest, *, any_form: bool = False) -> None:
    """The method, the version of the protocol and the form in which the answer is wanted."""
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed("lookup.method", "Rows are read here, by GET")
    most = request.headers.get("OData-MaxVersion", "4.0")
    if not re.fullmatch(r"4\.\d\d?|[5-9]\.\d", most):
        raise InvalidInput("lookup.odata.version", "This node speaks OData 4.0")
    if not any_form and not _takes_json(request):
        raise NotAcceptable(
            "lookup.odata.form", "Rows come as application/json with odata.metadata minimal or none"
        )


def _accept(request: HttpRequest) -> str:
    said = request.GET.get("$format") or request.headers.get("Accept") or "*/*"
    return said.lower().replace(" ", "")


def _takes_json(request: HttpRequest) -> bool:
    kinds = [one for one in _accept(request).split(",") if "metadata=full" not in one]
    known = ("json", "application/json", "application/*", "*/*")
    return any(one.split(";")[0] in known for one in kinds)


def _form(request: HttpRequest) -> str:
    found = "application/json;odata.metadata=none" if "metadata=none" in _accept(request) else JSON
    return (
        f"{found};IEEE754Compatible=true" if "ieee754compatible=true" in _accept(request) else found
    )


def _page_size(request: HttpRequest) -> int:
    found = PAGE_SIZE.search(request.headers.get("Prefer", ""))
    return int(found[1]) if found else 0


def _read_query(request: HttpRequest) -> dict[str, str]:
    twice = [name for name, texts in request.GET.lists() if len(texts) > 1]
    if twice:
        raise InvalidInput(
            "lookup.option.twice", "%(name)s stands there more than once", name=twice[0][:60]
        )
    return {name: request.GET[name] for name in request.GET}


def _refuse_query(request: HttpRequest, *known: str) -> None:
    strange = [name for name in request.GET if name not in ("$format", *known)]
    if strange:
        raise InvalidInput(
            "lookup.option.unknown", "There is no query option %(name)s; there are: %(known)s",
            name=strange[0][:60], known="$format",
        )  # fmt: skip


def _answer(body: Mapping[str, Any], *, status: int = 200, form: str = JSON) -> HttpResponse:
    if "metadata=none" in form:
        body = {name: value for name, value in body.items() if name != "@odata.context"}
    text = json.dumps(body, ensure_ascii=False)
    return _versioned(HttpResponse(text, status=status, content_type=form))


def _versioned(answer: HttpResponse) -> HttpResponse:
    answer["OData-Version"] = "4.0"
    return answer
