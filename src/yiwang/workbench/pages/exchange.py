"""Data elements and code sets in and out as files. 数据元与代码集导入导出。"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services
from yiwang.kernel.standards.types import EDIT_ELEMENTS
from yiwang.kernel.ui.access import actor_of, needs, signed_in
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import DropZone, FileForm, FilesField, add_failure

LARGEST = 4 * 1024 * 1024


class ImportForm(FileForm):
    """A file of definitions and why. 导入表单。"""

    upload = FilesField(
        label=_("File"),
        widget=DropZone(multiple=False),
        help_text=_("As exported here: YAML, or CSV for data elements; UTF-8"),
    )


@signed_in
@require_safe
def export_elements(request: HttpRequest) -> HttpResponse:
    """Every data element as a file. 导出数据元。"""
    wanted = request.GET.get("format", "yaml")
    return as_file(services.export_elements(format=wanted), f"elements.{wanted}")


@signed_in
@require_safe
def export_code_set(request: HttpRequest, code_set: str, version: str) -> HttpResponse:
    """One version of a code set as a file. 导出代码集。"""
    wanted = request.GET.get("format", "yaml")
    text = services.export_code_set(code_set, version, format=wanted)
    return as_file(text, f"{code_set}-{version}.{wanted}")


@needs(EDIT_ELEMENTS)
def import_elements(request: HttpRequest) -> HttpResponseBase:
    """Take data elements from a file, all or none. 导入数据元。"""

    def take(form: ImportForm) -> int:
        text, ending = read_upload(form)
        reason = form.cleaned_data["reason"]
        return len(services.import_elements(actor_of(request), text, format=ending, reason=reason))

    return take_in(request, take, title=msg("Import data elements"), back="workbench:elements")


@needs(EDIT_ELEMENTS)
def import_code_sets(request: HttpRequest) -> HttpResponseBase:
    """Add versions of code sets from a YAML file. 导入代码集。"""

    def take(form: ImportForm) -> int:
        text, ending = read_upload(form)
        reason = form.cleaned_data["reason"]
        return len(services.import_code_set(actor_of(request), text, format=ending, reason=reason))

    return take_in(request, take, title=msg("Import code sets"), back="workbench:code_sets")


def take_in(
    request: HttpRequest, take: Callable[[ImportForm], int], *, title: str, back: str
) -> HttpResponseBase:
    """The page of an import: the form, what was wrong with it, or the way back. 导入页。"""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = take(form)
        except YiwangError as error:
            add_failure(form, error)
        else:
            flash(request, msg("%(count)s definitions taken in"), count=changed)
            return redirect(back)
    context: dict[str, Any] = {"form": form, "title": title, "back": back}
    status = 422 if form.errors else 200
    return render(request, "workbench/exchange.html", context, status=status)


def read_upload(form: ImportForm) -> tuple[str, str]:
    """The text of the sent file and its format by its ending. 读取上传文件。"""
    [file] = form.cleaned_data["upload"]
    if file.size > LARGEST:
        raise InvalidInput("workbench.import.too_large", "The file is larger than 4 MB")
    ending = PurePath(file.name or "").suffix.lower().lstrip(".").replace("yml", "yaml")
    try:
        return file.read().decode("utf-8-sig"), ending
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "workbench.import.not_utf8",
            "The file is not UTF-8: byte %(place)s does not fit",
            place=error.start,
        ) from error


def as_file(text: str, name: str) -> HttpResponse:
    """A text as a download. 文件应答。"""
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
