"""Several lines of a box at once: what to do with them, and what came of it. 批量办理页面。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, NotFound, YiwangError
from yiwang.kernel.base.ids import new_ulid
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.forms import add_failure
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Light
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.models import BulkLine, BulkRun
from yiwang.kernel.workflow.services import USE, BulkGroup, BulkResult, Chosen
from yiwang.kernel.workflow.services.bulk import CHOSEN_AT_MOST

from .case import warn_of_away
from .choices import Choices
from .fields import PersonField
from .forms import write_reason
from .opinions import OpinionField
from .words import explain_failure, label_done


class BulkForm(forms.Form):
    """What is said of all lines that were chosen. 批量表单。 The key is drawn here, so that it acts once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=40, initial=new_ulid)

    def __init__(self, choices: Choices, data: Any = None, *, at: int = 0) -> None:
        super().__init__(data, auto_id=f"bulk-{at}-%s")
        self.choices = choices
        self.build()

    def build(self) -> None:
        """Add the fields of the verb. 动态字段。"""


class DecideForm(BulkForm):
    """One opinion. 批量办理表单。"""

    def build(self) -> None:
        self.fields["opinion"] = OpinionField(self.choices.phrases)


class TransferForm(BulkForm):
    """Who decides instead, and why. 批量转办表单。"""

    needs_reason = True

    def build(self) -> None:
        self.fields["to"] = PersonField(self.choices, label=gettext("Whom to ask"))
        self.fields["reason"] = write_reason(required=self.needs_reason)


class DelegateForm(TransferForm):
    """Who prepares it. 批量委派表单。"""

    needs_reason = False


class UrgeForm(BulkForm):
    """A remark. 批量催办表单。"""

    def build(self) -> None:
        self.fields["note"] = write_reason(required=False, label=gettext("Remark"))


def _decide(actor: Actor, chosen: Sequence[str], told: Any, action: str) -> BulkRun:
    return services.decide_tasks(actor, chosen, action, opinion=told["opinion"], key=told["key"])


def _transfer(actor: Actor, chosen: Sequence[str], told: Any, _action: str) -> BulkRun:
    return services.transfer_tasks(
        actor, chosen, told["to"], reason=told["reason"], key=told["key"]
    )


def _delegate(actor: Actor, chosen: Sequence[str], told: Any, _action: str) -> BulkRun:
    return services.delegate_tasks(
        actor, chosen, told["to"], reason=told["reason"], key=told["key"]
    )


def _urge(actor: Actor, chosen: Sequence[str], told: Any, _action: str) -> BulkRun:
    return services.urge_cases(actor, chosen, note=told["note"], key=told["key"])


@dataclass(frozen=True, slots=True)
class BulkVerb:
    """One thing to do with several lines: its form, what does it, the words around. 批量操作。"""

    form: type[BulkForm]
    do: Callable[[Actor, Sequence[str], Any, str], BulkRun]
    title: str
    button: str
    help: str = ""
    box: str = "inbox"


VERBS: Mapping[str, BulkVerb] = {
    "decide": BulkVerb(
        DecideForm, _decide, msg("Decide together"), msg("Decide"),
        msg("Each case is decided for itself: what one is refused holds up no other."),
    ),
    "transfer": BulkVerb(
        TransferForm, _transfer, msg("Hand on together"), msg("Hand on"),
        msg("Somebody else decides instead of you."),
    ),
    "delegate": BulkVerb(
        DelegateForm, _delegate, msg("Let somebody prepare them"), msg("Let them prepare it"),
        msg("Somebody else prepares it, then it comes back to you to be decided."),
    ),
    "urge": BulkVerb(
        UrgeForm, _urge, msg("Urge together"), msg("Urge"),
        msg("Whoever is asked hears of it again, at most once an hour."), box="started",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """Chosen lines with the one form that is for all of them. 同类所选事项。"""

    chosen: Sequence[Chosen]
    form: BulkForm
    group: BulkGroup | None = None

    @property
    def title(self) -> str:
        """Kind and step. 种类与环节。"""
        if self.group is None:
            return ""
        return f"{in_language(self.group.type.title)} · {in_language(self.group.node.title)}"

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """What can be decided: key and label. 办理按钮。"""
        if self.group is None:
            return []
        if self.group.aside:
            return [("reply", gettext("Reply"))]
        return [(one.key, in_language(one.label)) for one in self.group.actions]


def read_chosen(request: HttpRequest) -> list[str]:
    """The lines that were chosen. 所选行。"""
    return [one[:40] for one in request.POST.getlist("chosen") if one][: CHOSEN_AT_MOST + 1]


@needs(USE)
@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """What was chosen in a box, and the form for all of it; nothing is done yet. 批量确认。"""
    verb = find_verb(request.POST.get("verb", ""))
    chosen = read_chosen(request)
    if not 0 < len(chosen) <= CHOSEN_AT_MOST:
        text = msg("Choose from one to %(most)s lines, then what to do with them.")
        flash(request, text, "yellow", most=CHOSEN_AT_MOST)
        return redirect(f"workflow:{VERBS[verb].box}")
    return draw(request, verb, chosen)


def find_verb(name: str) -> str:
    """The name of a verb that there is. 校验批量操作。"""
    if name not in VERBS:
        raise Http404
    return name


@needs(USE)
@require_POST
def do_together(request: HttpRequest, verb: str) -> HttpResponseBase:
    """Do it to each, and lead to what came of it. 批量办理。"""
    actor, chosen = actor_of(request), read_chosen(request)
    told = VERBS[find_verb(verb)]
    form = told.form(Choices(actor), request.POST)
    action = request.POST.get("action", "")[:40]
    if form.is_valid():
        try:
            check_opinion(actor, verb, chosen, action, form)
            run = told.do(actor, chosen, form.cleaned_data, action)
            warn_of_away(request, form.cleaned_data)
            return redirect("workflow:bulk", run.pk)
        except (InvalidInput, NotFound) as error:
            add_failure(form, error, "opinion" if "opinion" in error.code else "to")
    return draw(request, verb, chosen, refused=form, status=InvalidInput.status)


def check_opinion(
    actor: Actor, verb: str, chosen: Sequence[str], action: str, form: forms.Form
) -> None:
    """What every one of them would be refused for is said before any of them is tried. 校验意见。"""
    if verb != "decide" or form.cleaned_data["opinion"].strip():
        return
    for group in services.group_tasks(actor, chosen):
        found = group.node.actions.get(action)
        if found and found.asks_opinion and not group.aside:
            raise InvalidInput("workflow.opinion.missing", "Write an opinion with this decision")


def draw(
    request: HttpRequest, verb: str, chosen: Sequence[str], *, refused: BulkForm | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page with the form, for decisions one for each kind and step. 绘制批量确认页。"""
    actor = actor_of(request)
    choices = refused.choices if refused else Choices(actor)
    parts = list_parts(actor, verb, chosen, choices, refused)
    known = {one.id for part in parts for one in part.chosen}
    context = {
        "name": verb, "verb": VERBS[verb], "parts": parts, "directory": choices,
        "left_out": len(set(chosen) - known), "box": f"workflow:{VERBS[verb].box}",
    }  # fmt: skip
    return render(request, "workflow/together.html", context, status=status)


def list_parts(
    actor: Actor, verb: str, chosen: Sequence[str], choices: Choices, refused: BulkForm | None
) -> list[Part]:
    """What was chosen, in parts that take one form each. 分组。"""
    make = VERBS[verb].form
    if verb == "urge":
        found = services.list_urgeable(actor, chosen)
        return [Part(found, refused or make(choices))] if found else []
    groups = services.group_tasks(actor, chosen)
    if verb == "decide":
        return [
            Part(group.tasks, refused if refused and not at else make(choices, at=at), group)
            for at, group in enumerate(groups)
        ]
    tasks = [one for group in groups for one in group.tasks]
    return [Part(tasks, refused or make(choices))] if tasks else []


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What came of one line. 结果行。"""

    chosen: Chosen | None
    light: Light
    why: str


@needs(USE)
@require_safe
def show_result(request: HttpRequest, run_id: str) -> HttpResponseBase:
    """Which went through, which did not, and why. 批量办理结果。"""
    found = services.get_bulk_result(actor_of(request), run_id)
    rows = list_results(found)
    context = {
        "run": found.run, "rows": rows, "verb": VERBS[found.run.verb],
        "done": sum(not line.code for line in found.lines.values()), "all": len(rows),
        "box": f"workflow:{VERBS[found.run.verb].box}",
    }  # fmt: skip
    return render(request, "workflow/result.html", context)


def list_results(found: BulkResult) -> list[ResultRow]:
    """The lines in the order in which they were chosen, what was refused first. 结果列表。"""
    people = {str(one.extra.get("by", "")) for one in found.lines.values()} - {""}
    names = identity.name_accounts(people)
    rows = []
    for subject in found.run.asked:
        line = found.lines.get(subject)
        rows.append(ResultRow(found.chosen.get(subject), light_of(line), say_why(line, names)))
    return sorted(rows, key=lambda row: row.light.color == "green")


def light_of(line: BulkLine | None) -> Light:
    """How a line ended. 结果灯。"""
    if line is None:
        return Light(msg("Not tried"))
    return Light(msg("Not done"), "red") if line.code else Light(msg("Done"), "green")


def say_why(line: BulkLine | None, names: Mapping[str, str]) -> str:
    """Why a line was refused, who was faster by name. 未成功原因。"""
    if line is None or not line.code:
        return ""
    if line.code == "workflow.task.done" and line.extra.get("by") in names:
        return label_done(names[line.extra["by"]])
    return explain_failure(YiwangError(line.code, line.message, **line.extra))
