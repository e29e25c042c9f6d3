"""Starting a case: choosing a kind, filling in its form. 发起页面。"""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE
from yiwang.kernel.workflow.types import CaseType

from .choices import Choices, mark_away
from .forms import StartForm
from .instead import choose_instead, list_instead
from .knowing import KNOWN
from .words import explain_failure, place_failure


@needs(USE)
@require_safe
def show_start(request: HttpRequest) -> HttpResponseBase:
    """Everything I may start. 发起。"""
    wanted = request.GET.get("q", "").strip()[:80]
    found = services.list_startable(actor_of(request))
    shown = [one for one in found if fits(one, wanted)]
    kinds = [
        (one.code, in_language(one.title), [in_language(one.fields[key].label) for key in one.asks])
        for one in shown
    ]
    context = {"kinds": kinds, "wanted": wanted, "any": bool(found)}
    return render(request, "workflow/start.html", context)


def fits(case_type: CaseType, wanted: str) -> bool:
    """Whether a type is called so, in either language. 是否匹配。"""
    names = [case_type.code, *case_type.title.values()]
    return any(wanted.lower() in name.lower() for name in names)


@needs(USE)
@require_http_methods(["GET", "HEAD", "POST"])
def fill_start(request: HttpRequest, code: str) -> HttpResponseBase:
    """The form of one kind, and starting it. 填报发起。"""
    actor = actor_of(request)
    case_type = find_startable(actor, code)
    choices = Choices(actor, code=code)
    sent = (
        (choose_instead(request.POST), request.FILES) if request.method == "POST" else (None, None)
    )
    form = StartForm(case_type, choices, *sent, given=request.GET.dict())
    status = 200
    if request.POST.get("do") == KNOWN:
        form.know_again()
    elif form.is_bound:
        status = InvalidInput.status
        if form.is_valid():
            try:
                return start(request, actor, form)
            except (InvalidInput, Conflict) as error:
                status = error.status
                title = error.code == "workflow.case.title"
                name = "title" if title else f"f_{error.extra.get('key')}"
                place_failure(form, error, explain_failure(error, case_type), [name])
                form.instead = list_instead(error, form.keys)
    return draw(request, case_type, form, choices, status)


def start(request: HttpRequest, actor: Actor, form: StartForm) -> HttpResponse:
    """Start what was filled in, and lead to it. 发起。"""
    told = form.cleaned_data
    case = services.start_case(
        actor, form.case_type.code, form.filled, title=told["title"], key=told["key"]
    )
    flash(request, msg("Started as %(number)s."), number=case.number)
    return redirect("workflow:case", case.pk)


@needs(USE)
@require_safe
def suggest(request: HttpRequest, field: str) -> HttpResponse:
    """Names to choose from while somebody types one into a field. 人员提示。"""
    people = mark_away(identity.suggest_people(request.GET.get(field, "")))
    return render(request, "ui/forms/options.html", {"people": people})


def draw(
    request: HttpRequest, case_type: CaseType, form: StartForm, choices: Choices, status: int
) -> HttpResponse:
    """The page of the form. 绘制表单。"""
    context = {
        "kind": in_language(case_type.title),
        "form": form,
        "directory": choices,
    }
    return render(request, "workflow/start_form.html", context, status=status)


def find_startable(actor: Actor, code: str) -> CaseType:
    """A type that the actor may start; NotFound for any other. 取可发起流程。"""
    found = next((one for one in services.list_startable(actor) if one.code == code), None)
    if found is None:
        raise NotFound("workflow.type.not_startable", "There is nothing of this kind to start")
    return found
