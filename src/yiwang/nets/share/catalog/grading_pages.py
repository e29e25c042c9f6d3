"""The grade of an entry, and the rule behind it. 分级页面。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from yiwang.kernel.base.text import msg
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import KINDS
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash

from . import services
from .forms import GradeForm, RuleForm
from .services.permissions import GRADE, GRADE_RULE, READ
from .types import GRADES, GradeReason


@needs(READ)
def show_grade(request: HttpRequest, resource_id: str) -> HttpResponseBase:
    """The grade and why; a person's word on it. 级别与依据。"""
    actor = actor_of(request)
    resource = services.get_resource(actor, resource_id)
    form = GradeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.set_grade(
            actor, resource.id, grade=form.chosen, reason=form.cleaned_data["reason"]
        )
        flash(request, msg("Saved, with your reason on record"))
        return redirect("catalog:grade", resource.id)
    context = services.frame_of(actor, resource) | {
        "form": form,
        "grade": GRADES[resource.grade],
        "computed": GRADES[resource.grade_computed],
        "lowered": resource.grade < resource.grade_computed,
        "reasons": [describe_reason(one) for one in services.reasons_of(resource)],
        "rule": services.get_grade_rule(),
        "may_grade": actor.may(GRADE, organization=resource.owner),
    }
    return render(request, "catalog/grade.html", context, status=422 if form.errors else 200)


@needs(GRADE_RULE)
def show_rule(request: HttpRequest) -> HttpResponseBase:
    """From how many persons a register is one level higher, with every version. 定级规则。"""
    actor = actor_of(request)
    form = RuleForm(request.POST or None, initial={"persons": services.get_grade_rule().persons})
    if request.method == "POST" and form.is_valid():
        services.set_grade_rule(actor, **form.cleaned_data)
        flash(request, msg("Saved; a worker now grades every resource anew"))
        return redirect("catalog:grade_rule")
    context = {"form": form, "rules": services.list_grade_rules()}
    return render(request, "catalog/grade_rule.html", context, status=422 if form.errors else 200)


def describe_reason(reason: GradeReason) -> dict[str, Any]:
    """A reason with the names of what it is about. 依据说明。"""
    chinese = (get_language() or "zh").startswith("zh")
    element = standards.find_element(reason.code) if reason.kind == "element" else None
    kind = KINDS.get(reason.code) if reason.kind == "found" else None
    named = element or kind
    name = (named.zh if chinese else named.en) if named else reason.code
    return {"reason": reason, "name": name, "grade": GRADES[reason.grade]}
