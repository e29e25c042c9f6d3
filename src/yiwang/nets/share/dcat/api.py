"""The catalogue for harvesters: DCAT-AP 3.0.1 as JSON-LD or Turtle. 目录采集接口。"""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from ninja import Field, Query, Router, Schema

from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.endpoints import api_public

from . import services

router = Router(tags=["dcat"])
JSONLD, TURTLE = "application/ld+json", "text/turtle"
KINDS = {"jsonld": JSONLD, "turtle": TURTLE}
CONTENT = {JSONLD: {"schema": {"type": "object"}}, TURTLE: {"schema": {"type": "string"}}}


class SheetQuery(Schema):
    """Which page, and in which form where the Accept header does not say. 采集参数。"""

    limit: int = Field(services.MOST, ge=1, le=services.MOST, description="How many at most")
    after: str = Field("", max_length=40, description="From the `next` link of the page before")
    format: Literal["", "jsonld", "turtle"] = ""


@router.get(
    "/catalog",
    operation_id="dcat_catalog",
    summary="Published resources as DCAT-AP",
    openapi_extra={"responses": {200: {"description": "A page", "content": CONTENT}}},
)
@api_public
def read_catalog(request: HttpRequest, wanted: Query[SheetQuery]) -> HttpResponse:
    """A page of what the caller may know of: published, and to the public only what is open. 采集目录。"""
    sheet = services.open_sheet(
        actor_of(request),
        base=request.build_absolute_uri("/").rstrip("/"),
        after=wanted.after,
        limit=wanted.limit,
        form=wanted.format,
    )
    form = wanted.format or _choose(request)
    write = services.write_turtle if form == "turtle" else services.write_jsonld
    said = {"Cache-Control": "no-store"} | (
        {"Link": f'<{sheet.more}>; rel="next"'} if sheet.more else {}
    )
    answer = HttpResponse(
        write(dict.fromkeys(services.describe_sheet(sheet))), content_type=f"{KINDS[form]}; charset=utf-8",
        headers=said,
    )  # fmt: skip
    patch_vary_headers(answer, ["Accept", "Authorization", "Cookie"])
    return answer


def _choose(request: HttpRequest) -> str:
    best = request.get_preferred_type([JSONLD, "application/json", TURTLE])
    return "turtle" if best == TURTLE else "jsonld"
