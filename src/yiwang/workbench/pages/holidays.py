"""The official notices by which working days are counted. 节假日安排页面。"""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.calendar import services
from yiwang.kernel.calendar.types import EDIT_YEARS, YearPlan
from yiwang.kernel.ui.access import actor_of, signed_in
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import ReasonForm, add_failure

HEADING = "date,kind,name\n"


class YearForm(ReasonForm):
    """The notice of one year. 年度安排表单。"""

    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)
    notice = forms.CharField(
        label=gettext_lazy("Notice"),
        max_length=300,
        help_text=gettext_lazy("Title and number of the State Council's notice"),
    )
    text = forms.CharField(
        label=gettext_lazy("Changed days"),
        widget=forms.Textarea(attrs={"rows": 12, "class": "code", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One day a line after the heading: date, 休 (off) or 班 (worked), name of the holiday. "
            "Only days that differ from the week."
        ),
    )
    field_order = ("year", "notice", "text", "reason")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def holidays(request: HttpRequest) -> HttpResponseBase:
    """The years known, and for the system administrator a form for one more. 年度安排。"""
    actor = actor_of(request)
    years = services.list_years()
    context: dict[str, Any] = {"years": years, "missing": missing_year(years)}
    if not actor.may(EDIT_YEARS):
        return render(request, "workbench/holidays.html", context)
    first = {"year": context["missing"], "text": HEADING}
    form = YearForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.import_year(actor, **form.cleaned_data)
        except YiwangError as error:
            add_failure(form, error, "text")
        else:
            flash(request, msg("The days are entered; open deadlines are counted anew"), "green")
            return redirect("workbench:holidays_of", form.cleaned_data["year"])
    context["form"] = form
    return render(request, "workbench/holidays.html", context, status=422 if form.errors else 200)


@signed_in
@require_safe
def holidays_of(request: HttpRequest, year: int) -> HttpResponse:
    """The days of one year that differ from the week. 某年安排。"""
    plan = next((one for one in services.list_years() if one.year == year), None)
    if plan is None:
        raise Http404
    if request.GET.get("format") == "csv":
        answer = HttpResponse(services.export_year(year), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="holidays-{year}.csv"'
        return answer
    days = [(day, worked, name) for day, (worked, name) in sorted(plan.days.items())]
    return render(request, "workbench/holidays_of.html", {"plan": plan, "days": days})


def missing_year(years: list[YearPlan]) -> int:
    """The first year from this one on whose notice is not known. 缺失年度。"""
    known = {one.year for one in years}
    year = today().year
    while year in known:
        year += 1
    return year
