"""The boxes as lists: what each shows, and what narrows it. 待办箱列表。"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ui.access import actor_of
from yiwang.kernel.ui.addresses import find_one
from yiwang.kernel.ui.labels import in_language
from yiwang.kernel.ui.lists import (
    Column,
    Empty,
    Filter,
    Light,
    ListQuery,
    ListSlice,
    ListSpec,
    Provider,
)
from yiwang.kernel.ui.lists.keyset import bad_cursor
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.types.boxes import BoxLine, BoxName, Place, Wanted

from .words import ACTIONS, LIGHTS, TASK_KINDS, light_of_moments

START = "/cases/start/"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a box with the names of its people. 列表行。"""

    line: BoxLine
    names: dict[str, str]
    at: datetime

    @property
    def starter(self) -> str:
        """Who started it. 发起人。"""
        return self.names.get(self.line.starter, "")

    @property
    def by(self) -> str:
        """Who copied it to the reader. 抄送人。"""
        return self.names.get(self.line.by, "")

    @property
    def kind(self) -> str:
        """What kind of case. 流程种类。"""
        return in_language(self.line.type_title)

    @property
    def step(self) -> str:
        """At which step, what is asked there where it is not deciding, in whose name. 环节。"""
        line = self.line
        told = [in_language(line.node_title)]
        told += [gettext(TASK_KINDS[line.task_kind])] if line.task_kind not in ("", "main") else []
        behalf = self.names.get(line.on_behalf_of, "")
        told += [gettext("for %(name)s") % {"name": behalf}] if behalf else []
        return " · ".join(told)

    @property
    def action(self) -> str:
        """What was decided. 办理结果。"""
        line = self.line
        return in_language(line.action_title or {}) or gettext(
            ACTIONS.get(line.action, line.action)
        )

    @property
    def due(self) -> Light | None:
        """How its next limit stands. 时限灯。"""
        return light_of_moments(self.line.status, self.line.due_at, self.line.yellow_at, self.at)

    @property
    def state(self) -> Light:
        """How the case stands; once closed, how it ended. 流程状态灯。"""
        if self.line.status == "closed":
            return Light(in_language(self.line.node_title), "green")
        return LIGHTS[self.line.status]

    @property
    def read(self) -> Light | None:
        """Whether a copy was opened yet. 阅读状态。"""
        return Light(msg("Unread"), "blue") if self.line.is_unread else None


def case_url(row: Row) -> str:
    """The page of a case. 流程地址。"""
    return find_one("workflow:case", row.line.case_id)


TITLE = Column("title", msg("Case"), "line.title", link=case_url)
# As dates are, numbers are kept on one line.
NUMBER = Column("number", msg("Case number"), "line.number", kind="date")
KIND, STEP = Column("kind", msg("Kind of case")), Column("step", msg("Step"))
STARTER = Column("starter", msg("Started by"))
STATE = Column("state", msg("State"), kind="light")
DUE = Column("due", msg("Due"), kind="light")
SORTED_DUE = Column("due", msg("Due"), kind="light", sort="due")


def since(label: str) -> Column:
    """When a line came into the box. 入箱时间列。"""
    return Column("since", label, "line.since", kind="datetime", sort="since")


def list_kinds(request: HttpRequest, box: BoxName) -> list[tuple[str, str]]:
    """The kinds of cases that stand in a box, by their names. 种类选项。"""
    found = services.list_kinds(actor_of(request), box, beside=request.GET.get("kind", "")[:122])
    named = [(one.code, in_language(one.title)) for one in found]
    return sorted(named, key=lambda pair: pair[1])


def list_steps(request: HttpRequest, box: BoxName) -> list[tuple[str, str]]:
    """The steps of the kind that is chosen: where people decide, or where a case may stand. 环节选项。"""
    code = request.GET.get("kind", "")[:122]
    case_type = services.find_newest_of([code]).get(code) if code else None
    nodes = list(case_type.nodes.values()) if case_type else []
    if box in ("todo", "done"):
        nodes = [one for one in nodes if one.decides]
    return [(one.key, in_language(one.title)) for one in nodes if not one.passes]


def filters(box: BoxName) -> list[Filter]:
    """What narrows a box. 筛选项。"""
    return [
        Filter("light", msg("Limit"), choices=[
            ("red", msg("Overdue")), ("today", msg("Due today")), ("yellow", msg("Due soon")),
        ]),
        Filter("kind", msg("Kind of case"), choices=lambda request: list_kinds(request, box)),
        Filter(
            "step", msg("Step"), choices=lambda request: list_steps(request, box), follows="kind"
        ),
        Filter("starter", msg("Started by"), kind="text", folded=True),
        Filter("organization", msg("Organization of who started it"), kind="text", folded=True),
        Filter("since_from", msg("From the day"), kind="date", folded=True),
        Filter("since_until", msg("Until the day"), kind="date", folded=True),
        Filter("due_from", msg("Due from"), kind="date", folded=True),
        Filter("due_until", msg("Due until"), kind="date", folded=True),
    ]  # fmt: skip


def chosen_task(row: Row) -> str:
    """The task that a box of the list chooses. 所选任务。"""
    return str(row.line.id)


def name_choice(row: Row) -> str:
    """What the box of a line is called. 选择框名称。"""
    return f"{row.line.number} {row.line.title}"


def make_spec(box: BoxName, columns: list[Column], empty: Empty, **more: Any) -> ListSpec:
    """A box as a list. 待办箱列表声明。"""
    return ListSpec(
        f"workflow.{box}", columns, filters(box), search=["title"],
        search_label=msg("Title or number"), order=["-since"], empty=empty, **more,
    )  # fmt: skip


SPECS: dict[BoxName, ListSpec] = {
    "todo": make_spec(
        "todo",
        [TITLE, NUMBER, KIND, STEP, STARTER, since(msg("Asked since")), SORTED_DUE],
        Empty(
            msg("Nothing waits for you"),
            msg("What you are asked to decide or to supply is shown here."),
            msg("Start something"), START,
        ),
        choice=chosen_task, choice_name=name_choice,
    ),
    "done": make_spec(
        "done",
        [
            TITLE, NUMBER, KIND, STEP, STARTER, Column("action", msg("Decision")),
            since(msg("Decided at")), STATE,
        ],
        Empty(
            msg("You have not decided anything yet"),
            msg("What you decide stays here, so that you can see what became of it."),
            msg("See what waits"), "/cases/",
        ),
    ),
    "started": make_spec(
        "started",
        [TITLE, NUMBER, KIND, STEP, STATE, since(msg("Started")), SORTED_DUE,
         Column("closed", msg("Ended"), "line.closed_at", kind="datetime")],
        Empty(
            msg("You have not started anything yet"),
            msg("Start an application or an instruction, and follow here how far it is."),
            msg("Start something"), START,
        ),
        choice=chosen_task, choice_name=name_choice,
    ),
    "copied": make_spec(
        "copied",
        [TITLE, Column("read", msg("Read"), kind="light"), NUMBER, KIND, STEP, STARTER,
         Column("by", msg("Copied by")), since(msg("Copied at")), STATE],
        Empty(
            msg("Nothing was copied to you"),
            msg("Cases that somebody lets you know of stand here; nobody waits for you over them."),
            msg("See what waits"), "/cases/",
        ),
    ),
    "watched": make_spec(
        "watched",
        [TITLE, NUMBER, KIND, STEP, STARTER, STATE, SORTED_DUE, since(msg("Watched since"))],
        Empty(
            msg("You watch no case"),
            msg("Press “Watch” on the page of a case: you are told when it ends, goes back or is overdue."),
            msg("See what waits"), "/cases/",
        ),
    ),
}  # fmt: skip


def rows_of(request: HttpRequest, box: BoxName) -> Provider:
    """A provider of the lines of a box. 行提供者。"""
    actor = actor_of(request)

    def rows(query: ListQuery) -> ListSlice:
        page = services.list_box(actor, box, read_wanted(box, query))
        names, at = name_people(page.lines), now()
        after = [page.after[0].isoformat(), page.after[1]] if page.after else None
        return ListSlice([Row(line, names, at) for line in page.lines], after)

    return rows


def read_wanted(box: BoxName, query: ListQuery) -> Wanted:
    """What a list asks of a box. 读取筛选条件。"""
    (order,) = query.order
    if query.filters.get("light") and order == "-since":
        # What is short of time stands in the order in which time runs out.
        order = "due"
    return Wanted(
        **query.filters, search=query.search, order=order,
        after=read_place(box, query.after), limit=query.limit,
    )  # fmt: skip


def read_place(box: BoxName, after: list[Any] | None) -> Place | None:
    """The place in a list that an address names. 读取翻页位置。"""
    if after is None:
        return None
    wanted: Callable[[Any], bool] = (
        (lambda key: isinstance(key, int) and abs(key) < 2**63)
        if box in ("copied", "watched")
        else (lambda key: isinstance(key, str))
    )
    if len(after) != 2 or not isinstance(after[0], str) or not wanted(after[1]):
        raise bad_cursor()
    try:
        moment = datetime.fromisoformat(after[0])
    except ValueError as error:
        raise bad_cursor() from error
    if moment.tzinfo is None:
        raise bad_cursor()
    return moment, after[1]


def name_people(lines: Iterable[BoxLine]) -> dict[str, str]:
    """The names of all people in some lines, in one go. 姓名。"""
    ids = {name for line in lines for name in (line.starter, line.on_behalf_of, line.by)}
    return identity.name_accounts(ids - {""})
