"""Taking records in from a sheet: a file, a preview of what would change, the deed. 导入页。"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.base.errors import YiwangError, fill
from yiwang.kernel.base.text import msg
from yiwang.kernel.files import services as files
from yiwang.kernel.files.services.sheets import LIMITS
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.records.services.headings import ID_HEADING, list_headings
from yiwang.kernel.records.services.importing import (
    LONGEST_CELL,
    SheetPlan,
    import_rows,
    importable,
    plan_import,
    score_headings,
)
from yiwang.kernel.records.services.templating import open_template
from yiwang.kernel.records.types import InvalidValues
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import DropZone, FilesField, add_failure
from yiwang.kernel.ui.imports import Rows, SheetForm, pack_rows, unpack_rows
from yiwang.kernel.ui.labels import in_language

LONG_CELLS = replace(LIMITS, cell=LONGEST_CELL)
SHOWN = 200
"""Changes and problems of one preview. 预览条数。"""
ADD, UPDATE = "add", "update"
HOW = [
    (UPDATE, gettext_lazy("Add new records, and change those that are there already")),
    (ADD, gettext_lazy("Only add new records")),
]


class RecordsForm(SheetForm):
    """A sheet, and how it is taken in. 导入表单。"""

    file = FilesField(
        label=gettext_lazy("File with the list"),
        widget=DropZone(multiple=False),
        help_text=gettext_lazy("CSV, Excel or ODS, headings in the first row, at most 5 MB"),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("What to do"), choices=HOW, widget=forms.RadioSelect, initial=UPDATE
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)
    field_order = ("file", "how", "reason")


@needs(USE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_records(request: HttpRequest, code: str) -> HttpResponseBase:
    """Records from a sheet. 导入记录。"""
    desk = services.at_desk(actor_of(request))
    desk.require(code, "import")
    if request.method != "POST":
        return draw_form(request, desk, code, RecordsForm())
    form = RecordsForm(request.POST, request.FILES)
    try:
        if "rows" in request.POST:
            return take(request, desk, code, unpack_rows(request.POST["rows"]))
        if not form.is_valid():
            return draw_form(request, desk, code, form, 422)
        score = score_headings(desk, code)
        rows = files.read_sheet(form.cleaned_data["file"][0], score=score, limits=LONG_CELLS)
        return draw_plan(request, desk, code, rows, form.cleaned_data)
    except InvalidValues as error:
        return refuse(request, desk, code, error, told=_first(error))
    except YiwangError as error:
        return refuse(request, desk, code, error)


def take(request: HttpRequest, desk: services.Desk, code: str, rows: Rows) -> HttpResponse:
    """Do what was previewed. 执行导入。"""
    asked = request.POST
    plan = import_rows(
        desk, code, rows, update=asked.get("how") == UPDATE, reason=asked.get("reason", "")[:300]
    )
    flash(
        request, msg("%(created)s added, %(changed)s changed, %(kept)s as they were."),
        created=plan.count("create"), changed=plan.count("change"), kept=plan.count("keep"),
    )  # fmt: skip
    return redirect("records:entity", code)


def refuse(
    request: HttpRequest, desk: services.Desk, code: str, error: YiwangError, told: str = ""
) -> HttpResponse:
    """The form again, with why nothing was taken in. 导入被拒。"""
    form = RecordsForm(
        {"how": request.POST.get("how", UPDATE), "reason": request.POST.get("reason", "")},
        request.FILES or MultiValueDict(),
    )
    form.is_valid()
    form.errors.pop("file", None)
    add_failure(form, error)
    if told:
        form.add_error(None, told)
    return draw_form(request, desk, code, form, error.status)


def _first(error: InvalidValues) -> str:
    """The first thing that the service found wrong, with its field."""
    one = error.problems[0]
    return f"{one.path}: {fill(gettext(one.message), dict(one.extra))}"


def draw_form(
    request: HttpRequest, desk: services.Desk, code: str, form: RecordsForm, status: int = 200
) -> HttpResponse:
    """The page that asks for the sheet. 选择表格。"""
    entity = desk.entity(code)
    fields = importable(desk, entity)
    context = {
        "entity": entity,
        "title": in_language(entity.title),
        "form": form,
        "headings": [ID_HEADING, *list_headings(fields).values()],
    }
    return render(request, "records/import.html", context, status=status)


def draw_plan(
    request: HttpRequest, desk: services.Desk, code: str, rows: Rows, asked: dict[str, Any]
) -> HttpResponse:
    """What the sheet would change. 导入预览。"""
    plan = plan_import(desk, code, rows, update=asked["how"] == UPDATE)
    changes = [change for change in plan.changes if change.action != "keep"]
    context = {
        "entity": desk.entity(code),
        "title": in_language(desk.entity(code).title),
        "plan": plan,
        "asked": asked,
        "counts": count_up(plan),
        "changes": changes[:SHOWN],
        "more": max(0, len(changes) - SHOWN),
        "problems": [
            (one, fill(gettext(one.message), dict(one.extra))) for one in plan.problems[:SHOWN]
        ],
        "more_problems": max(0, len(plan.problems) - SHOWN),
        "rows": "" if plan.problems or not changes else pack_rows(rows),
    }
    status = 422 if plan.problems else 200
    return render(request, "records/import_plan.html", context, status=status)


def count_up(plan: SheetPlan) -> list[tuple[str, int]]:
    """What the preview counts: label and number. 预览计数。"""
    return [
        (msg("New"), plan.count("create")),
        (msg("Changed"), plan.count("change")),
        (msg("Unchanged"), plan.count("keep")),
        (msg("Wrong cells"), len(plan.problems)),
    ]


@needs(USE)
@require_safe
def fetch_template(request: HttpRequest, code: str) -> HttpResponseBase:
    """A workbook to fill in. 下载模板。"""
    desk = services.at_desk(actor_of(request))
    stream = open_template(desk, code)
    name = f"{in_language(desk.entity(code).title)}.xlsx"
    return FileResponse(stream, as_attachment=True, filename=name)
