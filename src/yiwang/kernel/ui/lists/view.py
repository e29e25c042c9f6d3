"""A list as an answer: a page, or a file. 列表应答。"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext

from yiwang.kernel.base.text import defuse_formula

from .build import ListState, Rows, build_list
from .cells import read_value, show_plain
from .spec import ListSpec

CHUNK = 1000


def render_list(
    request: HttpRequest,
    spec: ListSpec,
    rows: Rows,
    *,
    title: str = "",
    template: str = "ui/list_page.html",
    context: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """A page with the list as `list`, or its CSV where `format=csv` is asked. 列表页。

    `title` is a message id, drawn by the default template; a template of the page's own extends
    `ui/page.html` and says `{% include "ui/list.html" %}`.
    """
    if spec.export and request.GET.get("format") == "csv":
        return export_csv(request, spec, rows)
    shown = {"title": gettext(title) if title else "", "list": build_list(request, spec, rows)}
    return render(request, template, shown | (context or {}))


def export_csv(
    request: HttpRequest, spec: ListSpec, rows: Rows, *, prefix: str = ""
) -> StreamingHttpResponse:
    """The whole list as it is narrowed now, UTF-8 with a mark that Excel reads. 导出。"""
    lines = write_lines(spec, ListState(request, spec, prefix), rows)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    disposition = content_disposition_header(as_attachment=True, filename=f"{spec.export}.csv")
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


def write_lines(spec: ListSpec, state: ListState, rows: Rows) -> Iterator[str]:
    """The lines of the file, header first. 文件行。"""
    columns = [column for column in spec.columns if column.export]
    state.after = ""
    yield "\ufeff" + write_line([gettext(column.label) for column in columns])
    for row in state.take_all(rows, CHUNK):
        yield write_line([show_plain(read_value(column, row)) for column in columns])


def write_line(cells: list[str]) -> str:
    """One line of CSV, formulas defused. CSV 行。"""
    out = io.StringIO()
    csv.writer(out).writerow([defuse_formula(cell) for cell in cells])
    return out.getvalue()
