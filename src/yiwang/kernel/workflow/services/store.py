"""Cases as rows: read under lock, written with their log in one transaction. 流程存储。

A step is few statements whatever the age of the case: the case, the tasks of its present node, and
the new lines of the log. Two who act at once are told apart by `seq`: the row is read for update,
and written only where `seq` is still what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.errors import Conflict, NotFound
from yiwang.kernel.query.rows import Statement, rows_of, run_together
from yiwang.kernel.workflow.models import Case, CaseCopy, CaseEntry, Task
from yiwang.kernel.workflow.types import (
    DONE,
    NEVER,
    CaseState,
    ChildState,
    Event,
    Handled,
    Holder,
    TaskState,
)

from .machine.clocks import Moments, moments_of
from .machine.deciding import is_open
from .machine.draft import Draft


def lock_case(case_id: str) -> Case:
    """The row of a case, for update; NotFound. 锁定。

    The topmost case of a tree is locked before any other of it, so that two never wait for each
    other.
    """
    found = _lock("%s", case_id)
    if not found or found[-1].pk != case_id:
        raise NotFound("workflow.case.unknown", "There is no such case")
    return found[-1]


def lock_case_of(task_id: str) -> Case:
    """The row of the case of a task, for update; NotFound. 锁定任务所属流程。"""
    found = _lock("(SELECT case_id FROM workflow_task WHERE id = %s)", task_id)
    if not found:
        raise NotFound("workflow.task.unknown", "There is no such task")
    return found[-1]


def _lock(which: str, value: str) -> list[Case]:
    """A case after its root, which has none of its own and so comes first."""
    where = (
        f"{{id}} = {which} OR {{id}} IN (SELECT {{root}} FROM {{table}} WHERE {{id}} = {which})"  # noqa: S608 - texts of this file
        " ORDER BY {root}, {id}"
    )
    update = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    return rows_of(Case).select(where + update, [value, value])


def load_state(case: Case) -> CaseState:
    """The state of a case from its rows. 载入状态。"""
    memo = case.memo
    children = [ChildState(**one) for one in memo.get("children", ())]
    return CaseState(
        type=case.code,
        version=case.version,
        seq=case.seq,
        status=case.status,
        outcome=case.outcome,
        node=case.node,
        visit=case.visit,
        starter=case.starter,
        organization=case.organization,
        data=case.data,
        tasks={task.pk: _task_state(task) for task in _tasks(case)},
        handled={key: Handled(one[0], tuple(one[1])) for key, one in memo["handled"].items()},
        children={child.id: child for child in children},
        came_from=memo["came_from"],
        moved_by=memo["moved_by"],
        jump_back=memo["jump_back"],
        jump_by=memo["jump_by"],
        asked=tuple(memo["asked"]),
        clocks=memo.get("clocks", {}),
        told=memo.get("told", {}),
        attached=memo.get("attached", {}),
        number=case.number,
        title=case.title,
        assigner=memo.get("assigner", ""),
        depth=memo.get("depth", 0),
        requests=memo.get("requests", {}),
        rung=memo.get("rung", 0),
    )


def _tasks(case: Case) -> Iterable[Task]:
    return rows_of(Task).select(
        "{case_id} = %s AND {visit} = %s ORDER BY {id}", [case.pk, case.visit]
    )


def _task_state(task: Task) -> TaskState:
    holder = Holder(task.account, task.role, task.organization, task.on_behalf_of, task.apart)
    return TaskState(task.pk, holder, task.kind, task.status, task.parent, task.action, task.by)


def save_new(act: Act, case: Case, draft: Draft) -> None:
    """Write a case that has just been opened. 新建入库。"""
    _apply(case, draft.state, act.at)
    rows_of(Case).insert([case])
    run_together(
        _entries(act, case, draft.events, 0), *_task_rows(case, CaseState(), draft, act.at)
    )
    _copy(act, case, draft.events)


def save_step(act: Act, case: Case, old: CaseState, draft: Draft) -> None:
    """Write what an act did to a case; Conflict when somebody was faster. 步骤入库。"""
    before, events = (case.next_due_at, case.yellow_at), draft.events
    _apply(case, draft.state, act.at)
    written = [
        _change(case, old.seq),
        _entries(act, case, events, old.seq),
        *_task_rows(case, old, draft, act.at),
    ]
    if before != (case.next_due_at, case.yellow_at):
        written += _move_due(case, draft.state, events)
    try:
        met = run_together(*written)
    except IntegrityError as error:
        raise Conflict(*CHANGED) from error
    if not met:
        raise Conflict(*CHANGED)
    _copy(act, case, events)


CHANGED = ("workflow.case.changed", "Somebody else has just changed this case; look again")


def _change(case: Case, seq: int) -> Statement:
    """Only from the state that was read; else somebody was faster."""
    values = {name: getattr(case, name) for name in COLUMNS}
    return rows_of(Case).updating(case.pk, values, seq=seq)


def _copy(act: Act, case: Case, events: Sequence[Event]) -> None:
    """A copy anew is unread anew."""
    people = [one for event in events for one in event.body.get("people", ())]
    if people:
        CaseCopy.objects.bulk_create(
            [
                CaseCopy(case=case, account=one, by=act.actor.id, at=act.at)
                for one in dict.fromkeys(people)
            ],
            update_conflicts=True,
            unique_fields=["case", "account"],
            update_fields=["by", "at", "read_at"],
        )


COLUMNS = (
    "type_id",
    "version",
    "status",
    "outcome",
    "node",
    "visit",
    "seq",
    "data",
    "memo",
    "due_at",
    "node_due_at",
    "tick_at",
    "next_due_at",
    "yellow_at",
    "closed_at",
)


def _apply(case: Case, state: CaseState, at: datetime) -> None:
    case.code, case.version = state.type, state.version
    case.status, case.outcome = state.status, state.outcome
    case.node, case.visit, case.seq = state.node, state.visit, state.seq
    case.data = dict(state.data)
    case.memo = _memo(state)
    moments = moments_of(state)
    for name in Moments.__slots__:
        setattr(case, name, getattr(moments, name))
    if not state.live and case.closed_at is None:
        case.closed_at = at


LATER = ("assigner", "depth", "requests", "rung")
"""Of these the memo keeps only what is there: most cases have none. 按需保存。"""


def _memo(state: CaseState) -> dict[str, Any]:
    memo: dict[str, Any] = {
        "handled": {key: [one.visit, list(one.by)] for key, one in state.handled.items()},
        "came_from": state.came_from,
        "moved_by": state.moved_by,
        "jump_back": state.jump_back,
        "jump_by": state.jump_by,
        "asked": list(state.asked),
    }
    if state.clocks:
        memo |= {"clocks": dict(state.clocks), "told": dict(state.told)}
    if state.children:
        memo["children"] = [asdict(child) for child in state.children.values()]
    if state.attached:
        memo["attached"] = dict(state.attached)
    memo |= {name: value for name in LATER if (value := getattr(state, name))}
    return memo


def _entries(act: Act, case: Case, events: Sequence[Event], seq: int) -> Statement:
    entries = [
        {
            "case_id": case.pk,
            "seq": seq + place,
            "kind": event.kind,
            "actor": act.actor.id,
            "on_behalf_of": event.body.get("on_behalf_of", ""),
            "at": act.at,
            "act_id": act.id,
            "body": event.body,
        }
        for place, event in enumerate(events, 1)
    ]
    return rows_of(CaseEntry).inserting_values(entries)


@dataclass(slots=True)
class _Touched:
    """A task that events touched, as they left it, and where the case stood then."""

    task: TaskState
    node: str
    visit: int
    opinion: str | None = None


def _task_rows(case: Case, old: CaseState, draft: Draft, at: datetime) -> Iterator[Statement]:
    """Task rows follow the log: those opened and left again within one act too."""
    new = []
    for task_id, touched in _walk(draft).items():
        values = _values(case, touched, at)
        if task_id in old.tasks:
            yield rows_of(Task).updating(task_id, values)
        else:
            new.append(
                {
                    **UNTOUCHED,
                    "id": task_id,
                    "case_id": case.pk,
                    "node": touched.node,
                    "visit": touched.visit,
                    "kind": touched.task.kind,
                    "parent": touched.task.parent,
                    "opened_at": at,
                    "code": case.code,
                    **values,
                }
            )
    if new:
        yield rows_of(Task).inserting_values(new)


UNTOUCHED = {"opinion": "", "due_at": NEVER, "yellow_at": NEVER}
"""What a new task has of what not every change of one writes. 新任务默认值。"""


def _move_due(case: Case, state: CaseState, events: Sequence[Event]) -> Iterator[Statement]:
    """Open tasks that the act did not touch are due when their case is."""
    touched = {event.body.get("task") for event in events}
    ids = [one.id for one in state.tasks.values() if is_open(one) and one.id not in touched]
    if ids:
        yield rows_of(Task).updating_all(ids, due_at=case.next_due_at, yellow_at=case.yellow_at)


def _walk(draft: Draft) -> dict[str, _Touched]:
    found: dict[str, _Touched] = {}
    for event, state in zip(draft.events, draft.states, strict=True):
        task = state.tasks.get(event.body.get("task", ""))
        if task is None:
            continue
        before = found.get(task.id)
        opinion = event.body.get("opinion", before.opinion if before else None)
        found[task.id] = _Touched(task, state.node, state.visit, opinion)
    return found


def _values(case: Case, touched: _Touched, at: datetime) -> dict[str, Any]:
    """The columns of a task that may change."""
    task = touched.task
    values: dict[str, Any] = {
        "account": "",
        "role": "",
        "organization": "",
        "on_behalf_of": "",
        "apart": "",
        **task.holder.to_json(),
        "status": task.status,
        "action": task.action,
        "by": task.by,
        "done_at": at if task.status == DONE else None,
    }
    if touched.opinion is not None:
        values["opinion"] = touched.opinion
    if is_open(task):
        values |= {"due_at": case.next_due_at, "yellow_at": case.yellow_at}
    return values


def load_events(case_id: str) -> list[Event]:
    """The whole log of a case. 载入日志。"""
    rows = CaseEntry.objects.filter(case_id=case_id).order_by("seq").values_list("kind", "body")
    return [Event(kind, body) for kind, body in rows]
