"""The page of a case. 流程详情页。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, TooMany, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import Light
from yiwang.kernel.ui.lists.cells import show
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE, CaseLine, CaseView
from yiwang.kernel.workflow.services.looking import check_own_task, record_look, require_task_of
from yiwang.kernel.workflow.services.pushing.counting import find_pushed
from yiwang.kernel.workflow.services.pushing.opening import note_seen
from yiwang.kernel.workflow.services.reading import list_limits
from yiwang.kernel.workflow.services.seeing import WORDS
from yiwang.kernel.workflow.services.watching import read_copy
from yiwang.kernel.workflow.services.world import person_of
from yiwang.kernel.workflow.types import (
    ASIDE,
    REQUESTS,
    RUNNING,
    SUPPLEMENT,
    SUPPLEMENTING,
    TaskState,
)

from .choices import Choices
from .diagram import draw_case
from .files import list_rows
from .forms import CaseForm
from .heading import find_page, light_of, light_of_line, name_starter
from .instead import choose_instead, list_instead
from .knowing import KNOWN
from .steps import draw_steps
from .story import tell_story
from .story_requests import say_request
from .trace import SHOWN_AT_MOST, trace
from .verbs import VERBS, Verb, list_case_verbs, list_own_verbs, list_task_verbs
from .words import (
    LIMITS,
    TASK_KINDS,
    TASK_LIGHTS,
    explain_failure,
    label_action,
    light_of_due,
    name_holder,
    place_failure,
    say_duration,
    show_value,
)

REFUSALS = (InvalidInput, Conflict, TooMany)
# Where a refusal without a field of the type is shown.
FAULTY = {
    "workflow.opinion.missing": ("opinion",),
    "workflow.return.not_before": ("to",),
    "workflow.handing.same": ("to",),
    "workflow.person.cannot": ("to", "people", "copies"),
    "workflow.copies.count": ("copies",),
    "workflow.attachment.many": ("files",),
    "files.upload.foreign": ("files",),
    "workflow.signers.count": ("people", "to"),
    "workflow.signers.twice": ("people", "to"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A verb that the page offers, with its form; open where the form was just refused. 可用操作。"""

    name: str
    verb: Verb
    form: CaseForm
    opened: bool = False


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task of the present step as the table shows it. 任务行。"""

    holder: str
    kind: str
    light: Light
    since: datetime | None
    waited: str
    action: str
    offers: list[Offer]


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A case that this one opened, as the table shows it. 子流程行。"""

    line: CaseLine
    place: str
    light: Light
    progress: str

    @property
    def step(self) -> str:
        """Where it stands. 环节。"""
        return in_language(self.line.node_title)


class CasePage:
    """Everything the page of a case shows. 流程页内容。 `refused` is a form that was just sent."""

    def __init__(
        self, actor: Actor, view: CaseView, refused: tuple[str, CaseForm] | None = None
    ) -> None:
        self.actor, self.view, self.refused = actor, view, refused
        self.choices = Choices(actor, view.places, code=view.type.code)
        self.placed = False

    def offer(self, name: str, task: str = "") -> Offer:
        """A verb with its form, the refused one where it is that. 操作及表单。"""
        verb = VERBS[name]
        if self.refused and self.refused[0] == name:
            form = self.refused[1]
            if str(form["task"].value() or "") == task:
                self.placed = True
                return Offer(name, verb, form, opened=True)
        return Offer(name, verb, verb.form(self.view, self.choices, name, task))

    def offer_all(self, names: Iterable[str], task: str = "") -> list[Offer]:
        """Several verbs with their forms. 多个操作。"""
        return [self.offer(name, task) for name in names]

    @property
    def mine(self) -> Offer | None:
        """What the reader is asked for here: to decide, or to supply. 本人待办。"""
        own, state = self.view.own, self.view.state
        if own is None:
            return None
        if own.kind == SUPPLEMENT:
            return self.offer("supply", own.id) if state.status == SUPPLEMENTING else None
        if state.status != RUNNING:
            return None
        return self.offer("answer" if own.kind in REQUESTS else "decide", own.id)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        """The decisions that the reader can take: key and label. 办理按钮。"""
        own, node = self.view.own, self.view.type.nodes[self.view.state.node]
        if own and own.kind in ASIDE:
            return [("reply", gettext("Reply"))]
        if own and own.kind in REQUESTS:
            return [("agree", gettext("Agree to it")), ("refuse", gettext("Refuse it"))]
        return [(key, in_language(one.label)) for key, one in node.actions.items()]

    @property
    def children(self) -> list[ChildRow]:
        """The cases that this one opened, and for whom. 子流程。"""
        members = {
            entry.body["child"]: str(entry.body.get("member", ""))
            for entry in self.view.entries
            if entry.kind == "child_opened"
        }
        places = self.view.places
        return [
            ChildRow(
                one,
                places.get(members.get(one.id, ""), ""),
                light_of_line(one),
                self._progress_of(one),
            )
            for one in self.view.children
        ]

    def _progress_of(self, line: CaseLine) -> str:
        """How far a part is, while its parent waits for it. 进度。"""
        child = self.view.state.children.get(line.id)
        return f"{round(child.progress * 100)}%" if child else ""

    @property
    def tasks(self) -> list[TaskRow]:
        """Whoever is or was asked at the present step. 当前任务。"""
        opened = {
            entry.body["task"]: entry.at
            for entry in self.view.entries
            if entry.kind == "task_opened"
        }
        return [self._row(task, opened.get(task.id)) for task in self.view.state.tasks.values()]

    def _row(self, task: TaskState, since: datetime | None) -> TaskRow:
        waits = task.status in ("open", "waiting") and since
        verbs = list_task_verbs(self.view, task, person_of(self.actor).is_asked)
        node = self.view.type.nodes.get(self.view.state.node)
        return TaskRow(
            holder=name_holder(task.holder, self.view),
            kind=TASK_KINDS.get(task.kind, ""),
            light=TASK_LIGHTS[task.status],
            since=since,
            waited=say_duration(now() - since) if waits and since else "",
            action=label_action(node, task.action) if task.action else "",
            offers=self.offer_all(verbs, task.id),
        )

    def context(self, failure: str = "") -> dict[str, Any]:
        """What the template asks for. 模板内容。"""
        view = self.view
        mine = self.mine
        own = view.own.id if view.own else ""
        found = {
            "view": view,
            "light": light_of(view),
            "step": in_language(view.type.nodes[view.state.node].title),
            "kind": in_language(view.type.title),
            "limits": [
                (LIMITS[one.name], light_of_due(one), one.clock) for one in list_limits(view.case)
            ],
            "facts": list_facts(view),
            "unmaskable": self.unmaskable,
            "files": list_rows(self.actor, view),
            "mine": mine,
            "own": view.own,
            "behalf": self._behalf(),
            "note": self._asked_note(),
            "request_told": say_request(view),
            "buttons": self.buttons,
            "positive": view.type.nodes[view.state.node].positive,
            "more": self.offer_all(list_own_verbs(view), own),
            "over": self.offer_all(list_case_verbs(view, self.actor)),
            "tasks": self.tasks,
            "story": tell_story(view),
            "diagram": draw_case(view),
            **self._trace(),
            "steps": draw_steps(view),
            "children": self.children,
            "pushed": self._pushed(),
            "starter": name_starter(view),
            "about": find_page(view),
            "place": view.places.get(view.case.organization, view.case.organization),
        }
        return found | {
            "failure": "" if self.placed else failure,
            "directory": self.choices,
        }

    @property
    def unmaskable(self) -> list[tuple[str, str]]:
        """What the reader can see whole with a reason: name and label. 可查看明文项。"""
        labels = {key: in_language(one.label) for key, one in self.view.type.fields.items()}
        labels[WORDS] = gettext("Opinions and reasons")
        return [(name, labels[name]) for name in services.list_unmaskable(self.actor, self.view)]

    def _pushed(self) -> str:
        """Where it is shown how far those are whom the case asks. 完成情况地址。"""
        if not any(node.push for node in self.view.type.nodes.values()):
            return ""
        root, under = find_pushed(self.view.case)
        query = f"?{urlencode({'under': under})}" if under else ""
        return reverse("workflow:answers", args=[root]) + query if root else ""

    def _trace(self) -> dict[str, Any]:
        """Who had it in hand, the newest where there are very many. 流转记录。"""
        rows = trace(self.view)
        return {"trace": rows[-SHOWN_AT_MOST:], "trace_more": max(0, len(rows) - SHOWN_AT_MOST)}

    def _behalf(self) -> str:
        holder = self.view.own.holder if self.view.own else None
        absent = holder.on_behalf_of if holder else ""
        return self.view.names.get(absent, absent)

    def _asked_note(self) -> str:
        """What the applicant was told to supply. 补正说明。"""
        asked = [one for one in self.view.entries if one.kind == "supplement_asked"]
        return str(asked[-1].body.get("note", "")) if asked else ""


def list_facts(view: CaseView) -> list[tuple[str, str, bool]]:
    """What was filled in, field by field, and whether it is masked; those left empty left out. 填报内容。"""
    found = [
        (
            in_language(one.label),
            show_value(one, view.state.data.get(key), view),
            key in view.altered,
        )
        for key, one in view.type.fields.items()
    ]
    return [told for told in found if told[1]]


@needs(USE)
@require_safe
def show_case(request: HttpRequest, case_id: str) -> HttpResponseBase:
    """A case: how it stands, what I can do, what happened. 流程详情。"""
    actor = actor_of(request)
    view = services.describe_case(actor, case_id)
    return draw(request, CasePage(actor, view))


def draw(
    request: HttpRequest, page: CasePage, *, failure: str = "", status: int = 200
) -> HttpResponse:
    """The page, once the look is on record. 绘制页面。"""
    record_look(page.actor, page.view)
    if page.view.own:
        note_seen(page.view.case)
    read_copy(page.actor, page.view.case.pk)
    return render(request, "workflow/case.html", page.context(failure), status=status)


@needs(USE)
@require_POST
def act(request: HttpRequest, case_id: str, verb: str) -> HttpResponseBase:
    """Do one of the verbs, and come back to the case. 办理。"""
    if verb not in VERBS:
        raise Http404
    actor = actor_of(request)
    view = services.describe_case(actor, case_id)
    sent = choose_instead(request.POST)
    task = sent.get("task", "")
    require_task_of(case_id, task)
    choices = Choices(actor, view.places, code=view.type.code)
    form = VERBS[verb].form(view, choices, verb, task, sent, files=request.FILES)
    if sent.get("do") == KNOWN:
        form.know_again()
        return draw(request, CasePage(actor, view, (verb, form)))
    try:
        if form.is_valid():
            VERBS[verb].do(actor, form)
            flash(request, VERBS[verb].done)
            warn_of_away(request, form.cleaned_data)
            return redirect("workflow:case", case_id)
        if VERBS[verb].own:
            check_own_task(actor, view, task)
    except REFUSALS as error:
        return refuse(request, verb, form, error)
    page = CasePage(actor, view, (verb, form))
    return draw(request, page, failure=first_error(form), status=InvalidInput.status)


@needs(USE)
@require_POST
def watch(request: HttpRequest, case_id: str) -> HttpResponseBase:
    """Follow a case, or follow it no more, and come back to it. 关注。"""
    actor = actor_of(request)
    if request.POST.get("on"):
        try:
            services.watch_case(actor, case_id)
            flash(request, msg("You are told when this case ends, goes back or is overdue."))
        except Conflict as error:
            flash(request, explain_failure(error), "yellow")
    else:
        services.unwatch_case(actor, case_id)
        flash(request, msg("You watch this case no more."))
    return redirect("workflow:case", case_id)


def warn_of_away(request: HttpRequest, told: Mapping[str, Any]) -> None:
    """Whoever was named may be away: then somebody else was asked. 不在岗提醒。"""
    named = [told.get("to"), *(told.get("people") or [])]
    for away in services.find_away(one for one in named if one).values():
        text = msg("%(name)s is away, back on %(day)s; %(agent)s stands in and was asked.")
        flash(request, text, "yellow", name=away.name, day=show(away.back_on), agent=away.agent)


def refuse(request: HttpRequest, verb: str, form: CaseForm, error: YiwangError) -> HttpResponse:
    """The page as the case stands now, with why it could not be done. 操作被拒。"""
    actor = actor_of(request)
    view = services.describe_case(actor, form.view.case.pk)
    text = explain_failure(error, view.type, view)
    form.full_clean()
    names = (f"f_{error.extra.get('key')}", *FAULTY.get(error.code, ()))
    place_failure(form, error, text, names)
    form.instead = list_instead(error, form.keys, form.data.get("action", ""))
    page = CasePage(actor, view, (verb, form))
    return draw(request, page, failure=text, status=error.status)


def first_error(form: CaseForm) -> str:
    """What is wrong with a form that the page does not offer any more. 首个错误。"""
    texts = [text for errors in form.errors.values() for text in errors]
    return str(texts[0]) if texts else gettext(msg("What was sent cannot be taken"))
