"""Pages of lineage. 数据血缘页面。"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.nets.share.catalog import services as catalog

from . import services
from .types import HOPS

COLUMNS_A_PAGE = 40
ENDS_SHOWN = 12


@needs(services.SEE)
def show_of_resource(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """Where each column of an entry comes from, and where it goes. 资源血缘。"""
    actor = actor_of(request)
    hops, after = _read_hops(request), _read_number(request, "after", 0)
    chosen = [one for one in request.GET.getlist("column") if one][:1]
    found = services.look_lineage(
        actor, resource_id, columns=chosen, hops=hops, after=after, limit=COLUMNS_A_PAGE
    )
    last = after + COLUMNS_A_PAGE
    context = catalog.frame_of(actor, found.resource) | {
        "found": found,
        "chosen": chosen[0] if chosen else "",
        "shown": ENDS_SHOWN,
        "hops": hops,
        "farther": range(1, services.MOST_HOPS + 1),
        "next_after": last if not chosen and len(found.names) > last else 0,
    }
    return render(request, "lineage/of_resource.html", context)


@needs(services.SEE)
def export(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """The lineage of an entry as CSV or JSON. 导出血缘。"""
    found = services.look_lineage(actor_of(request), resource_id, hops=_read_hops(request))
    rows = list(services.list_rows(found))
    name = f"lineage-{found.resource.code.replace('/', '-')}"
    if request.GET.get("format", "csv") == "json":
        answer: HttpResponse = JsonResponse(
            {"resource": found.resource.code, "cut": found.cut, "rows": rows},
            json_dumps_params={"ensure_ascii": False},
        )
        ending = "json"
    else:
        answer = HttpResponse(write_csv(rows), content_type="text/csv; charset=utf-8")
        ending = "csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return answer


def write_csv(rows: Sequence[dict[str, object]]) -> bytes:
    """Rows as CSV that a spreadsheet opens as text, not as formulas. 写 CSV。"""
    out = io.StringIO()
    if rows:
        writer = csv.writer(out)
        writer.writerow(rows[0])
        writer.writerows([_safe(value) for value in row.values()] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(value: object) -> object:
    text = isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}
    return f"'{value}" if text else value


def _read_hops(request: HttpRequest) -> int:
    return _read_number(request, "hops", HOPS)


def _read_number(request: HttpRequest, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "") or str(otherwise)
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise InvalidInput("lineage.number.invalid", "%(name)s must be a number", name=name)
    return int(text)


urlpatterns = [
    path("resource/<str:resource_id>/", show_of_resource, name="of_resource"),
    path("resource/<str:resource_id>/export/", export, name="export"),
]
