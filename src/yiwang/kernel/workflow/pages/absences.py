"""Who stands in while somebody is away. 请假代理页面。"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.failures import explain
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import OVERSEE, USE

from .choices import Choices
from .forms import AbsenceForm


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def show_absences(request: HttpRequest) -> HttpResponseBase:
    """Absences of mine and those I stand in for; setting one. 请假代理。"""
    actor = actor_of(request)
    choices = Choices(actor)
    data = request.POST if request.method == "POST" else None
    form = AbsenceForm(choices, data, others=actor.may(OVERSEE))
    status = 200
    if form.is_bound:
        status = InvalidInput.status
        if form.is_valid():
            try:
                return set_absence(request, actor, form)
            except InvalidInput as error:
                period = error.code == "workflow.absence.period"
                form.add_error("until_date" if period else "agent", explain(error))
    return draw(request, form, choices, status)


def set_absence(request: HttpRequest, actor: Actor, form: AbsenceForm) -> HttpResponse:
    """Set what was filled in. 设置代理。"""
    told = form.cleaned_data
    services.set_absence(
        actor,
        account=told.get("account") or actor.id,
        agent=told["agent"],
        from_date=told["from_date"],
        until_date=told["until_date"],
        reason=told["reason"],
    )
    flash(request, msg("From the first day away on, tasks go to who stands in."))
    return redirect("workflow:away")


def draw(request: HttpRequest, form: AbsenceForm, choices: Choices, status: int) -> HttpResponse:
    """The page: what holds, and the form. 绘制页面。"""
    actor = actor_of(request)
    rows = services.list_absences(actor)
    people = identity.name_accounts({name for row in rows for name in (row.account, row.agent)})
    lines = [
        {
            "row": row,
            "account": people.get(row.account, row.account),
            "agent": people.get(row.agent, row.agent),
            "may_end": row.account == actor.id or actor.may(OVERSEE),
        }
        for row in rows
    ]
    context = {"lines": lines, "form": form, "directory": choices}
    return render(request, "workflow/absences.html", context, status=status)


@needs(USE)
@require_POST
def end_absence(request: HttpRequest, absence_id: str) -> HttpResponseBase:
    """Somebody is back early. 结束代理。"""
    try:
        services.end_absence(actor_of(request), absence_id)
    except NotFound:
        # Ended before, in another window: what was asked for holds.
        flash(request, msg("This absence has ended already."), "yellow")
    else:
        flash(request, msg("The absence has ended. What was handed on stays where it is."))
    return redirect("workflow:away")
