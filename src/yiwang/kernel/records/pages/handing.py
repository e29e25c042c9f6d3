"""Handing records out as a file. 导出页。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records import services
from yiwang.kernel.records.services import USE
from yiwang.kernel.records.types import Wanted
from yiwang.kernel.ui.access import needs
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.lists.build import ListState

from .filtering import read_filters
from .lists import spec_of
from .looks import Look, open_look


class ExportForm(forms.Form):
    """How the file should be, and what for. 导出表单。"""

    ending = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[("xlsx", gettext_lazy("Excel workbook")), ("csv", "CSV")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )
    purpose = forms.CharField(
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy(
            "Needed where personal data leave unmasked; kept with your name and the time."
        ),
        required=False,
        max_length=200,
    )


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    """Ask for format and purpose, then hand the records out. 导出。"""
    look = open_look(request, code)
    look.desk.require(code, "export")
    # One button is to be pressed as often as files are wanted: the answer is no page.
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return hand_out(look, form.cleaned_data)
        except InvalidInput as error:
            add_failure(form, error, "purpose" if error.code.endswith(".purpose") else None)
    state = ListState(request, spec_of(look))
    context = look.context() | {"form": form, "narrowed": state.is_narrowed}
    status = InvalidInput.status if form.errors else 200
    return render(request, "records/export.html", context, status=status)


def hand_out(look: Look, asked: dict[str, Any]) -> FileResponse:
    """The file with the records of a list, in its order. 导出文件。"""
    found = services.open_export(
        look.desk,
        look.entity.code,
        wanted_of(look),
        ending=asked["ending"],
        purpose=asked["purpose"],
    )
    return FileResponse(found.stream, as_attachment=True, filename=found.name)


def wanted_of(look: Look) -> Wanted:
    """What the address narrows the list to, and its order. 导出范围。"""
    state = ListState(look.request, spec_of(look))
    return look.want(read_filters(look, state.filters), search=state.search, order=state.order)
