"""Looking at cases and tasks. 查阅流程与任务。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.calendar.services import clock_from_json, light_of
from yiwang.kernel.calendar.types import Clock
from yiwang.kernel.calendar.types import Light as ClockLight
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow.models import Case, CaseEntry, Task
from yiwang.kernel.workflow.types import (
    DONE,
    OPEN,
    CaseState,
    CaseType,
    Label,
    Person,
    TaskState,
)

from . import store
from .machine.evolving import replay
from .overseeing import oversees
from .permissions import USE
from .publishing import find_newest, get_type
from .steps import person_of

COUNT_AT_MOST = 99
CHILDREN_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A limit of a case as it stands now. 时限状态。 `name` is legal, promised or node."""

    name: str
    clock: Clock
    light: ClockLight


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task as a list shows it. 任务行。"""

    id: str
    case_id: str
    number: str
    title: str
    type_title: dict[str, str]
    node_title: dict[str, str]
    kind: str
    status: str
    action: str
    action_title: Label
    opened_at: datetime
    done_at: datetime | None
    starter: str
    on_behalf_of: str
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a list shows it. 流程行。"""

    id: str
    number: str
    title: str
    type_title: dict[str, str]
    node_title: dict[str, str]
    status: str
    outcome: str
    opened_at: datetime
    closed_at: datetime | None
    starter: str
    due: Due | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything its page shows. 流程详情。

    `own` is the task that the reader can act on now, `names` the names of all people in it,
    `places` those of all organizations. `newer` is the newest version of its type where that is not
    the case's own, for those who may move it there; `parent` is left out where it may not be seen.
    """

    case: Case
    type: CaseType
    state: CaseState
    entries: Sequence[CaseEntry]
    names: dict[str, str]
    own: TaskState | None
    may_oversee: bool
    may_withdraw: bool
    children: Sequence[CaseLine]
    places: dict[str, str]
    parent: CaseLine | None = None
    newer: CaseType | None = None


def list_tasks(actor: Actor, box: str, *, after: str = "", limit: int = 50) -> list[TaskLine]:
    """待办 (`todo`) or 已办 (`done`) of the actor, newest first, before `after`. 任务列表。

    A person's own tasks and those of their roles are read apart and merged: one condition with OR
    would walk all open tasks of the city.
    """
    actor.require(USE)
    found: list[Task] = []
    for branch in _branches(actor, box):
        rows = branch.filter(id__lt=after) if after else branch
        found += rows.select_related("case").order_by("-id")[:limit]
    newest = sorted({row.pk: row for row in found}.values(), key=lambda row: row.pk, reverse=True)
    return [_task_line(row) for row in newest[:limit]]


def count_boxes(actor: Actor) -> dict[str, int]:
    """How many wait, at most 99. 待办数。"""
    ids: set[str] = set()
    for branch in _branches(actor, "todo"):
        ids.update(branch.order_by("-id").values_list("pk", flat=True)[:COUNT_AT_MOST])
    return {"todo": min(len(ids), COUNT_AT_MOST)}


def _branches(actor: Actor, box: str) -> list[QuerySet[Task]]:
    if box == "done":
        return [Task.objects.filter(status=DONE, by=actor.id)]
    own = Task.objects.filter(status=OPEN, account=actor.id)
    pool = Task.objects.filter(status=OPEN, account="", role__in=actor.roles)
    pool = pool.exclude(apart=actor.id)
    codes = {"", *person_of(actor).organizations}
    return [own, *(pool.filter(organization=code) for code in sorted(codes))]


def list_cases(actor: Actor, *, after: str = "", limit: int = 50) -> list[CaseLine]:
    """我发起的: what the actor started, newest first. 我发起的。"""
    actor.require(USE)
    rows = Case.objects.filter(starter=actor.id, parent=None).order_by("-id")
    return [_case_line(row) for row in (rows.filter(id__lt=after) if after else rows)[:limit]]


def describe_case(actor: Actor, case_id: str) -> CaseView:
    """A case with its log, for those who may see it; else NotFound. 流程详情。

    Its starter, who was ever asked in it, who oversees, and the roles that the type lets read.
    """
    actor.require(USE)
    case = Case.objects.filter(pk=case_id).first()
    case_type = get_type(case.type_id) if case else None
    person = person_of(actor)
    if case is None or case_type is None or not _may_see(actor, person, case, case_type):
        raise NotFound("workflow.case.unknown", "There is no such case")
    state = store.load_state(case)
    entries = list(CaseEntry.objects.filter(case_id=case_id).order_by("seq"))
    children = Case.objects.filter(parent_id=case.pk).order_by("id")[:CHILDREN_AT_MOST]
    above = oversees(actor, case_type, case.organization)
    return CaseView(
        case=case,
        type=case_type,
        state=state,
        entries=entries,
        names=_names(case_type, case, entries),
        own=_own_task(person, state),
        may_oversee=above,
        may_withdraw=_may_withdraw(actor, case_type, state),
        children=[_case_line(row) for row in children],
        places=_places(case_type, case, entries),
        parent=_find_parent(actor, person, case),
        newer=_find_newer(case_type) if above and state.live else None,
    )


def _find_parent(actor: Actor, person: Person, case: Case) -> CaseLine | None:
    parent = Case.objects.filter(pk=case.parent_id).first() if case.parent_id else None
    if parent is None or not _may_see(actor, person, parent, get_type(parent.type_id)):
        return None
    return _case_line(parent)


def _find_newer(case_type: CaseType) -> CaseType | None:
    _, newest = find_newest(case_type.code)
    return newest if newest.version > case_type.version else None


def replay_case(case_id: str) -> CaseState:
    """The state that the log of a case gives, to hold its rows against. 重放流程。"""
    return replay(store.load_events(case_id))


def _may_see(actor: Actor, person: Person, case: Case, case_type: CaseType) -> bool:
    if case.starter == actor.id or oversees(actor, case_type, case.organization):
        return True
    if case_type.reads & actor.roles and case.organization in (
        actor.organizations | {actor.organization}
    ):
        return True
    mine = Q(account=actor.id) | Q(by=actor.id) | Q(on_behalf_of=actor.id)
    posts = ["", *person.organizations]
    pool = Q(account="", role__in=actor.roles, organization__in=posts)
    cases = [case.pk, *([case.root] if case.root else [])]
    if Task.objects.filter(mine | pool, case_id__in=cases).exists():
        return True
    # Who handed their task on is asked no more, yet may see what becomes of it.
    return CaseEntry.objects.filter(case_id=case.pk, actor=actor.id).exists()


def _own_task(person: Person, state: CaseState) -> TaskState | None:
    asked = (t for t in state.tasks.values() if t.status == OPEN and person.is_asked(t.holder))
    return next(asked, None) if state.live else None


def _may_withdraw(actor: Actor, case_type: CaseType, state: CaseState) -> bool:
    """Whether the button is worth showing; the verb decides."""
    if state.status != "running":
        return False
    offers = {key for key, node in case_type.nodes.items() if "withdraw" in node.verbs}
    voted = state.node in offers and any(
        task.by == actor.id and task.status == DONE for task in state.tasks.values()
    )
    fresh = not any(task.status == DONE for task in state.tasks.values()) and not state.children
    return voted or (state.came_from in offers and state.moved_by == actor.id and fresh)


def _names(case_type: CaseType, case: Case, entries: Iterable[CaseEntry]) -> dict[str, str]:
    """Names of all accounts that stand in a case, in one go. 姓名。"""
    ids = {case.starter, *_listed(case_type, case.data, ("person", "people"))}
    for entry in entries:
        ids |= {entry.actor, entry.on_behalf_of, str(entry.body.get("by", ""))}
        for holder in _holders_in(entry):
            ids |= {holder.get("account", ""), holder.get("on_behalf_of", "")}
    return {account.id: account.label for account in identity.get_accounts(ids - {""}).values()}


def _places(case_type: CaseType, case: Case, entries: Iterable[CaseEntry]) -> dict[str, str]:
    """Names of all organizations that stand in a case. 机构名称。"""
    codes = {case.organization, *_listed(case_type, case.data, ("organization", "organizations"))}
    for entry in entries:
        codes |= {holder.get("organization", "") for holder in _holders_in(entry)}
        codes.add(str(entry.body.get("member", "")))
    return {code: one.name for code, one in identity.get_organizations(codes - {""}).items()}


def _holders_in(entry: CaseEntry) -> list[dict[str, str]]:
    return [
        entry.body[name] for name in ("holder", "was") if isinstance(entry.body.get(name), dict)
    ]


def _listed(case_type: CaseType, data: Any, kinds: tuple[str, ...]) -> list[str]:
    """What the fields of some kinds hold, lists taken apart."""
    found = [data.get(key) for key, one in case_type.fields.items() if one.kind in kinds]
    lists = [value if isinstance(value, list) else [value] for value in found if value]
    return [str(one) for values in lists for one in values]


def list_limits(case: Case) -> list[Due]:
    """The limits of a case, the soonest first. 时限。"""
    clocks = {name: clock_from_json(told) for name, told in case.memo.get("clocks", {}).items()}
    found = [Due(name, clock, light_of(clock, now())) for name, clock in clocks.items()]
    return sorted(found, key=lambda one: one.clock.due_at)


def _next_due(case: Case) -> Due | None:
    return next((one for one in list_limits(case) if one.clock.stopped_at is None), None)


def _task_line(row: Task) -> TaskLine:
    case_type = get_type(row.case.type_id)
    node = case_type.nodes.get(row.node)
    return TaskLine(
        id=row.pk,
        case_id=row.case_id,
        number=row.case.number,
        title=row.case.title,
        type_title=dict(case_type.title),
        node_title=dict(node.title) if node else {"zh": row.node},
        kind=row.kind,
        status=row.status,
        action=row.action,
        action_title=node.actions[row.action].label if node and row.action in node.actions else {},
        opened_at=row.opened_at,
        done_at=row.done_at,
        starter=row.case.starter,
        on_behalf_of=row.on_behalf_of,
        due=_next_due(row.case) if row.status == OPEN else None,
    )


def _case_line(row: Case) -> CaseLine:
    case_type = get_type(row.type_id)
    node = case_type.nodes.get(row.node)
    return CaseLine(
        id=row.pk,
        number=row.number,
        title=row.title,
        type_title=dict(case_type.title),
        node_title=dict(node.title) if node else {"zh": row.node},
        status=row.status,
        outcome=row.outcome,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        starter=row.starter,
        due=_next_due(row),
    )
