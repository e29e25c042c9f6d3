"""How far what was sent to many organizations is. 下发完成情况页面。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import CITY_ZONE, now
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.flash import flash
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    Filter,
    Light,
    ListQuery,
    ListSlice,
    ListSpec,
    Provider,
    render_list,
)
from yiwang.kernel.ui.lists.keyset import bad_cursor
from yiwang.kernel.workflow.models import Push, PushTarget
from yiwang.kernel.workflow.services import USE
from yiwang.kernel.workflow.services.pushing import counting, reminding
from yiwang.kernel.workflow.services.pushing.counting import Completion, Row
from yiwang.kernel.workflow.services.sight import find_visible
from yiwang.kernel.workflow.types import NEVER

from .words import explain_failure

STATES = {
    PushTarget.WAITING: Light(msg("Being sent")),
    PushTarget.SENT: Light(msg("Not begun"), "blue"),
    PushTarget.SEEN: Light(msg("Opened"), "yellow"),
    PushTarget.DONE: Light(msg("Have answered"), "green"),
    PushTarget.DROPPED: Light(msg("Ended without an answer")),
}
OVERDUE = Light(msg("Answers overdue"), "red")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page, with where it leads. 完成情况行。"""

    row: Row
    url: str
    light: Light | None
    case: str


def last_moment(due_at: datetime | None) -> date | datetime | None:
    """The last day in time where it ends with a day, else the moment. 截止日期或时间。"""
    if due_at is None:
        return None
    local = due_at.astimezone(CITY_ZONE)
    return local if local.time() != time() else (local - timedelta(days=1)).date()


def address(found: Completion, code: str) -> str:
    """The same page below another organization. 下钻地址。"""
    return (
        f"?{urlencode({'under': code})}"
        if code
        else reverse("workflow:answers", args=[found.push.pk])
    )


def draw(actor: Actor, found: Completion) -> dict[str, Any]:
    """What the template shows. 模板内容。"""
    seen = find_visible(actor, [row.case for row in found.rows if row.case])
    here = reverse("workflow:answers", args=[found.push.pk])
    query = f"?{urlencode({'under': found.under})}" if found.under else ""
    links = [(reverse("workflow:sent"), msg("Sent to many"))]
    links += [(address(found, code), name) for code, name in (("", found.case.title), *found.path)]
    return {
        "found": found,
        "title": found.path[-1][1] if found.under and found.path else gettext("The whole city"),
        "lines": [_line(found, row, seen) for row in found.rows],
        "links": links[:-1] if found.under else links,
        "rows_url": f"{here}rows/?{urlencode({'under': found.under, 'since': found.since})}",
        "list_url": f"{here}list/{query}",
        "due": last_moment(found.push.due_at),
        "is_over": bool(found.push.due_at and found.push.due_at <= now()),
        "may_remind": reminding.may_remind(actor, found) and found.tally.is_open,
        "sending": found.tally.waiting > 0,
        "at": now().astimezone(CITY_ZONE),
    }


def _line(found: Completion, row: Row, seen: set[str]) -> Line:
    light = STATES.get(row.state) if row.is_leaf else None
    if light and row.tally.late:
        light = OVERDUE
    goes_on = not row.is_leaf and row.code != found.under
    case = reverse("workflow:case", args=[row.case]) if row.case in seen else ""
    return Line(row, address(found, row.code) if goes_on else "", light, case)


@needs(USE)
@require_safe
def show_answers(request: HttpRequest, push_id: str) -> HttpResponseBase:
    """How far it is, below one organization. 完成情况。"""
    actor = actor_of(request)
    found = counting.describe_completion(actor, push_id, request.GET.get("under", "")[:40])
    return render(request, "workflow/answers.html", draw(actor, found))


@needs(USE)
@require_safe
def show_rows(request: HttpRequest, push_id: str) -> HttpResponseBase:
    """The counts anew for a page that stands open; nothing where nothing has changed. 刷新完成情况。"""
    actor = actor_of(request)
    counting.find_push(actor, push_id)
    if counting.is_unchanged(push_id, request.GET.get("since", "")):
        return HttpResponse(status=204)
    found = counting.describe_completion(actor, push_id, request.GET.get("under", "")[:40])
    return render(request, "workflow/_answers.html", draw(actor, found))


@needs(USE)
@require_POST
def remind(request: HttpRequest, push_id: str) -> HttpResponseBase:
    """Urge who is late, or all who have not answered. 一键催办。"""
    actor, under = actor_of(request), request.POST.get("under", "")[:40]
    found = counting.describe_completion(actor, push_id, under)
    try:
        count = reminding.remind_late(
            actor, found, everybody=request.POST.get("who") == "everybody"
        )
        flash(request, msg("%(count)s organizations are being urged."), count=count)
    except Conflict as error:
        flash(request, explain_failure(error), "yellow")
    query = f"?{urlencode({'under': under})}" if under else ""
    return redirect(reverse("workflow:answers", args=[push_id]) + query)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """An organization that is asked, as the list shows it. 下发对象行。"""

    target: PushTarget
    names: dict[str, str]
    visible: bool

    @property
    def name(self) -> str:
        """What it is called. 名称。"""
        return self.names.get(self.target.organization, self.target.organization)

    @property
    def above(self) -> str:
        """Those above it, the topmost first. 上级。"""
        one = self.target
        chain = [code for code in (one.r1, one.r2, one.r3, one.r4, one.r5) if code]
        return " / ".join(self.names.get(code, code) for code in chain[:-1])

    @property
    def state(self) -> Light:
        """How far it is. 状态灯。"""
        late = self.target.state in PushTarget.OPEN and self.target.due_at <= now()
        return OVERDUE if late else STATES[self.target.state]

    @property
    def due(self) -> date | datetime | None:
        """Until when an answer is in time. 截止时间。"""
        return last_moment(self.target.due_at if self.target.due_at < NEVER else None)


def _case_url(row: TargetRow) -> str:
    return reverse("workflow:case", args=[row.target.case]) if row.visible else ""


TARGETS = ListSpec(
    "workflow.targets",
    [
        Column("name", msg("Organization"), link=_case_url),
        Column("above", msg("Above it")),
        Column("state", msg("State"), kind="light"),
        Column("due", msg("Answers until"), kind="date"),
        Column("sent", msg("Sent at"), "target.sent_at", kind="datetime"),
        Column("seen", msg("Opened at"), "target.seen_at", kind="datetime"),
        Column("done", msg("Answered at"), "target.done_at", kind="datetime"),
        Column("urged", msg("Urged at"), "target.urged_at", kind="datetime"),
    ],
    [
        Filter("state", msg("State"), choices=[
            ("late", msg("Answers overdue")), ("open", msg("Not answered")), ("done", msg("Have answered")),
        ]),
    ],
    order=["pk"],
    export="answers",
    empty=Empty(msg("Nobody is asked here")),
)  # fmt: skip
CHOSEN = {"open": Q(state__in=PushTarget.OPEN), "done": Q(state=PushTarget.DONE)}


@needs(USE)
@require_safe
def list_targets(request: HttpRequest, push_id: str) -> HttpResponseBase:
    """Everybody who is asked, narrowed, to read or to take away. 下发对象清单。"""
    actor, under = actor_of(request), request.GET.get("under", "")[:40]
    push, _ = counting.find_push(actor, push_id)
    context = {"push": push, "under": under}
    return render_list(
        request, TARGETS, _targets(actor, push_id, under), title=msg("Who is asked"),
        template="workflow/targets.html", context=context,
    )  # fmt: skip


def _targets(actor: Actor, push_id: str, under: str) -> Provider:
    rows = counting.targets_of(actor, push_id, under).filter(passed=False)

    def provide(query: ListQuery) -> ListSlice:
        state, found = query.filters.get("state"), rows
        if state == "late":
            found = rows.filter(counting.late_ones())
        elif state:
            found = rows.filter(CHOSEN[state])
        if query.after is not None:
            found = found.filter(pk__gt=_place(query.after))
        part = list(found.order_by("pk")[: query.limit])
        after = [part[-1].pk] if len(part) == query.limit else None
        return ListSlice(_named(actor, part), after)

    return provide


def _place(after: list[Any]) -> str:
    if len(after) != 1 or not isinstance(after[0], str):
        raise bad_cursor()
    return after[0]


def _named(actor: Actor, part: Iterable[PushTarget]) -> list[TargetRow]:
    targets = list(part)
    codes = {code for one in targets for code in (one.r1, one.r2, one.r3, one.r4, one.r5) if code}
    codes |= {one.organization for one in targets}
    names = {code: one.label for code, one in identity.get_organizations(codes).items()}
    seen = find_visible(actor, [one.case for one in targets if one.case])
    return [TargetRow(one, names, one.case in seen) for one in targets]


def _state(push: Push) -> Light:
    if push.ended_at:
        return Light(msg("Ended"))
    return Light(msg("Running"), "blue") if push.spread_at else Light(msg("Being sent"))


SENT = ListSpec(
    "workflow.sent",
    [
        Column(
            "title", msg("Case"), "case.title",
            link=lambda row: reverse("workflow:answers", args=[row.pk]),
        ),
        Column("number", msg("Case number"), "case.number", kind="code"),
        Column("total", msg("Organizations"), kind="number"),
        Column("opened", msg("Sent at"), "opened_at", kind="datetime"),
        Column("due", msg("Answers until"), lambda row: last_moment(row.due_at), kind="date"),
        Column("state", msg("State"), _state, kind="light"),
    ],
    empty=Empty(
        msg("Nothing was sent to many"),
        msg("When a case asks many organizations at once, how far they are is shown here."),
    ),
)  # fmt: skip


@needs(USE)
@require_safe
def show_sent(request: HttpRequest) -> HttpResponseBase:
    """What was sent to the reader's organization or below it, or by the reader. 下发清单。"""
    pushes = counting.list_pushes(actor_of(request))
    return render_list(request, SENT, lambda _: ListSlice(pushes), title=msg("Sent to many"))
