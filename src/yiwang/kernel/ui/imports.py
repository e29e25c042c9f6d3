"""Importing a sheet: a file, a preview of what would change, the deed. 表格导入。

The pieces that know files and plans are handed in, for pages stand lower than both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext, gettext_lazy

from yiwang.kernel.base.errors import InvalidInput, YiwangError, fill
from yiwang.kernel.base.text import msg

from .access import actor_of
from .flash import flash
from .forms import DropZone, FilesField, add_failure

SALT = "yiwang.workbench.sheet"
KEPT_SECONDS = 3600
SHOWN_AT_MOST = 200

Rows = list[dict[str, str | None]]


class Plan(Protocol):
    """What a sheet would change, and which cells stand against it. 导入预览。"""

    @property
    def changes(self) -> Sequence[Any]: ...

    @property
    def problems(self) -> Sequence[Any]: ...

    def count(self, action: str) -> int: ...


class SheetForm(forms.Form):
    """A sheet to import. 导入表单。"""

    file = FilesField(
        label=gettext_lazy("File with the list"),
        widget=DropZone(multiple=False),
        help_text=gettext_lazy("CSV or Excel, headings in the first row, at most 5 MB"),
    )


@dataclass(frozen=True, slots=True)
class Import:
    """What an import page is about. 导入项。"""

    title: str
    help: str
    headings: str
    back: str
    plan: Callable[..., Plan]
    read: Callable[[UploadedFile[bytes]], Rows]
    example: tuple[tuple[str, ...], ...]


def serve_import(
    request: HttpRequest, about: Import, take: Callable[[Rows], HttpResponseBase]
) -> HttpResponseBase:
    """The file's form, then the preview, then what `take` answers. 三步导入。"""
    if request.method != "POST":
        return _draw_form(request, about, SheetForm())
    form = SheetForm(request.POST, request.FILES)
    try:
        if "rows" in request.POST:
            return take(unpack_rows(request.POST["rows"]))
        if not form.is_valid():
            return _draw_form(request, about, form, 422)
        rows = about.read(form.cleaned_data["file"][0])
        return _draw_plan(request, about, rows, about.plan(actor_of(request), rows))
    except YiwangError as error:
        form = SheetForm({}, MultiValueDict()) if "rows" in request.POST else form
        form.is_valid()
        add_failure(form, error)
        return _draw_form(request, about, form, error.status)


def _draw_form(
    request: HttpRequest, about: Import, form: SheetForm, status: int = 200
) -> HttpResponse:
    context = {"about": about, "form": form}
    return render(request, "ui/import.html", context, status=status)


def _draw_plan(request: HttpRequest, about: Import, rows: Rows, plan: Plan) -> HttpResponse:
    changes = [change for change in plan.changes if change.action != "keep"]
    counts = [
        (msg("New"), plan.count("create")),
        (msg("Changed"), plan.count("change")),
        (msg("Unchanged"), plan.count("keep")),
        (msg("Wrong cells"), len(plan.problems)),
    ]
    context: dict[str, Any] = {
        "about": about,
        "counts": counts,
        "changes": changes[:SHOWN_AT_MOST],
        "more": max(0, len(changes) - SHOWN_AT_MOST),
        "problems": [(one, fill(gettext(one.message), dict(one.extra))) for one in plan.problems],
        "rows": "" if plan.problems or not changes else pack_rows(rows),
    }
    return render(request, "ui/import_plan.html", context, status=422 if plan.problems else 200)


def say_done(request: HttpRequest, plan: Plan) -> None:
    """Tell what an import did. 导入结果提示。"""
    flash(
        request,
        msg("%(created)s added, %(changed)s changed, %(kept)s as they were."),
        created=plan.count("create"),
        changed=plan.count("change"),
        kept=plan.count("keep"),
    )


def pack_rows(rows: Rows) -> str:
    """Rows as a signed text that a form carries from the preview to the deed. 封装。"""
    return signing.dumps(rows, salt=SALT, compress=True)


def unpack_rows(text: str) -> Rows:
    """The rows of a previewed sheet; InvalidInput where the preview is too old. 取回。"""
    try:
        rows: Any = signing.loads(text, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        raise InvalidInput(
            "workbench.sheet.preview", "The preview is too old; choose the file once more"
        ) from None
    return list(rows)
