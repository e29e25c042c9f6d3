"""The boxes of whoever is signed in: to do, done, started. 待办箱。"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of, needs
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    ListQuery,
    ListSlice,
    ListSpec,
    Provider,
    render_list,
)
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import USE, CaseLine, TaskLine

from .case import light_of_line
from .words import ACTIONS, TASK_KINDS, in_language, light_of_due

START = "/cases/start/"


@dataclass(frozen=True, slots=True)
class Row:
    """A task or a case with the names of its people. 列表行。"""

    line: Any
    names: dict[str, str]

    @property
    def starter(self) -> str:
        """Who started it. 发起人。"""
        return self.names.get(self.line.starter, "")

    @property
    def behalf(self) -> str:
        """In whose name the reader is asked. 代理何人。"""
        return self.names.get(getattr(self.line, "on_behalf_of", ""), "")


def task_url(row: Row) -> str:
    """The case of a task. 流程地址。"""
    return reverse("workflow:case", args=[row.line.case_id])


def case_url(row: Row) -> str:
    """The page of a case. 流程地址。"""
    return reverse("workflow:case", args=[row.line.id])


def kind_of(row: Row) -> str:
    """What kind of case. 流程种类。"""
    return in_language(row.line.type_title)


def step_of(row: Row) -> str:
    """At which step, what is asked there where it is not deciding, in whose name. 环节。"""
    told = [in_language(row.line.node_title)]
    kind = getattr(row.line, "kind", "main")
    told += [gettext(TASK_KINDS[kind])] if kind != "main" else []
    told += [gettext("for %(name)s") % {"name": row.behalf}] if row.behalf else []
    return " · ".join(told)


def action_of(row: Row) -> str:
    """What was decided. 办理结果。"""
    line: TaskLine = row.line
    return in_language(line.action_title) or gettext(ACTIONS.get(line.action, line.action))


def number_of(row: Row) -> str:
    """The number of the case. 编号。"""
    return str(row.line.number)


def columns(link: Callable[[Row], str]) -> list[Column]:
    """What all boxes show. 公共列。"""
    return [
        Column("title", msg("Case"), "line.title", link=link),
        # As dates are, numbers are kept on one line.
        Column("number", msg("Case number"), number_of, kind="date"),
        Column("kind", msg("Kind of case"), kind_of),
        Column("step", msg("Step"), step_of),
    ]


STARTER = Column("starter", msg("Started by"))
TODO = ListSpec(
    "workflow.todo",
    [
        *columns(task_url),
        STARTER,
        Column("opened", msg("Asked since"), "line.opened_at", kind="datetime"),
        Column("due", msg("Due"), lambda row: light_of_due(row.line.due), kind="light"),
    ],
    empty=Empty(
        msg("Nothing waits for you"),
        msg("What you are asked to decide or to supply is shown here."),
        msg("Start something"),
        START,
    ),
)
DONE = ListSpec(
    "workflow.done",
    [
        *columns(task_url),
        STARTER,
        Column("action", msg("Decision"), action_of),
        Column("done", msg("Decided at"), "line.done_at", kind="datetime"),
    ],
    empty=Empty(
        msg("You have not decided anything yet"),
        msg("What you decide stays here, so that you can see what became of it."),
        msg("See what waits"),
        "/cases/",
    ),
)
STARTED = ListSpec(
    "workflow.started",
    [
        *columns(case_url),
        Column("state", msg("State"), lambda row: light_of_line(row.line), kind="light"),
        Column("opened", msg("Started"), "line.opened_at", kind="datetime"),
        Column("due", msg("Due"), lambda row: light_of_due(row.line.due), kind="light"),
        Column("closed", msg("Ended"), "line.closed_at", kind="datetime"),
    ],
    empty=Empty(
        msg("You have not started anything yet"),
        msg("Start an application or an instruction, and follow here how far it is."),
        msg("Start something"),
        START,
    ),
)


def rows_of(read: Callable[[str, int], Sequence[TaskLine | CaseLine]]) -> Provider:
    """A provider over a service that reads so many lines before an id. 行提供者。"""

    def rows(query: ListQuery) -> ListSlice:
        found = read(str(query.after[0]) if query.after else "", query.limit + 1)
        shown = found[: query.limit]
        names = name_people(shown)
        more = [shown[-1].id] if len(found) > query.limit else None
        return ListSlice([Row(line, names) for line in shown], more)

    return rows


def tasks_of(request: HttpRequest, box: str) -> Provider:
    """The reader's tasks of one box. 任务行提供者。"""
    actor = actor_of(request)
    return rows_of(lambda after, limit: services.list_tasks(actor, box, after=after, limit=limit))


def name_people(lines: Iterable[TaskLine | CaseLine]) -> dict[str, str]:
    """The names of all people in some lines, in one go. 姓名。"""
    ids = {name for line in lines for name in (line.starter, getattr(line, "on_behalf_of", ""))}
    return {one.id: one.label for one in identity.get_accounts(ids - {""}).values()}


def list_tabs(actor: Actor) -> list[tuple[str, str]]:
    """The boxes as tabs, with how many wait. 待办箱标签。"""
    waiting = services.count_boxes(actor)["todo"]
    todo = gettext("To do (%(count)s)") % {"count": waiting} if waiting else gettext("To do")
    return [
        (reverse("workflow:inbox"), todo),
        (reverse("workflow:done"), msg("Done by me")),
        (reverse("workflow:started"), msg("Started by me")),
    ]


def show_box(request: HttpRequest, spec: ListSpec, rows: Provider, title: str) -> HttpResponseBase:
    """One box below the tabs. 待办箱。"""
    context = {"tabs": list_tabs(actor_of(request))}
    return render_list(
        request, spec, rows, title=title, template="workflow/inbox.html", context=context
    )


@needs(USE)
@require_safe
def show_todo(request: HttpRequest) -> HttpResponseBase:
    """What waits for me. 待办。"""
    return show_box(request, TODO, tasks_of(request, "todo"), msg("Inbox"))


@needs(USE)
@require_safe
def show_done(request: HttpRequest) -> HttpResponseBase:
    """What I decided. 已办。"""
    return show_box(request, DONE, tasks_of(request, "done"), msg("Done by me"))


@needs(USE)
@require_safe
def show_started(request: HttpRequest) -> HttpResponseBase:
    """What I started. 我发起的。"""
    actor = actor_of(request)
    rows = rows_of(lambda after, limit: services.list_cases(actor, after=after, limit=limit))
    return show_box(request, STARTED, rows, msg("Started by me"))
