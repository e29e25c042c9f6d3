"""Giving tasks to others: 转办 委派 加签 减签, and what an absence moves. 转交。"""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.workflow.types import (
    ADDED,
    ASIDE,
    BEFORE,
    CANCELLED,
    DELEGATED,
    MAIN,
    REQUESTS,
    SUPPLEMENT,
    WAITING,
    Holder,
    TaskState,
)

from .deciding import act, is_open, wake_parent
from .draft import Draft, require_open, require_reason
from .moving import settle

SIGNERS_AT_MOST = 200


def transfer(
    draft: Draft, task_id: str, to: Holder, *, reason: str, oversees: bool = False
) -> None:
    """转办: the task becomes another's, who then decides. 转办。 Overseers may move any task."""
    task = _find_any_task(draft, task_id) if oversees else draft.find_own_task(task_id)
    if not oversees:
        draft.require_verb("transfer")
    _require_other(task, to)
    _require_one_vote(draft, task, to)
    move(draft, task, to, why="transfer", reason=require_reason(reason))


def move(draft: Draft, task: TaskState, to: Holder, *, why: str, reason: str = "") -> None:
    """Change the holder of a task, and say from whom. 变更办理人。"""
    body = {"reason": reason} if reason else {}
    draft.say(
        "task_moved",
        task=task.id,
        holder=draft.world.stand_in(to).to_json(),
        was=task.holder.to_json(),
        why=why,
        **body,
    )


def delegate(draft: Draft, task_id: str, to: Holder, *, reason: str = "") -> None:
    """委派: another prepares it, and it comes back to be decided. 委派。"""
    task = draft.find_deciding_task(task_id)
    draft.require_verb("delegate")
    _require_other(task, to)
    _ask_beneath(draft, task, [to], DELEGATED, reason)


def add_signers(
    draft: Draft, task_id: str, people: Sequence[Holder], *, mode: str, reason: str = ""
) -> None:
    """加签: ask more people. 加签。

    `before`: they answer first and the task waits; `with`: they sign beside, with a veto; `after`:
    the task is agreed to and they sign then.
    """
    task = draft.find_deciding_task(task_id)
    draft.require_verb("add_signers")
    _check_people(draft, people)
    if mode == "before":
        _ask_beneath(draft, task, people, BEFORE, reason)
        return
    if mode not in ("with", "after") or task.kind in ASIDE:
        raise InvalidInput("workflow.signers.mode", "Signers are added before, with or after")
    for person in people:
        draft.open_task(person, kind=ADDED)
    if mode == "after":
        act(draft, task_id, draft.node.positive, opinion=reason)


def remove_signer(draft: Draft, task_id: str, *, reason: str, oversees: bool = False) -> None:
    """减签: ask somebody no more who has not signed yet. 减签。

    Who holds a task of the node may remove those added; overseers anybody, but one must be left.
    """
    draft.require_running()
    task = draft.get_task(task_id)
    if not is_open(task):
        require_open(task)
    if task.kind in {SUPPLEMENT, *REQUESTS} or (task.kind == MAIN and not oversees):
        raise NotPermitted(
            "workflow.signers.not_added", "Only signers who were added can be removed"
        )
    if not oversees and not _holds_one(draft, beside=task):
        raise NotPermitted("workflow.task.not_yours", "This task is not yours")
    _require_one_left(draft, task)
    draft.say("task_cancelled", task=task.id, why="removed", reason=require_reason(reason))
    draft.cancel(draft.list_beneath(task), "removed")
    if task.parent:
        wake_parent(draft, task)
    else:
        settle(draft)


def _ask_beneath(
    draft: Draft, task: TaskState, people: Sequence[Holder], kind: str, reason: str
) -> None:
    _require_room(draft, people)
    body = {"reason": reason} if reason else {}
    draft.say("task_waits", task=task.id, **body)
    for person in people:
        draft.open_task(person, kind=kind, parent=task.id)


def _find_any_task(draft: Draft, task_id: str) -> TaskState:
    draft.require_live()
    task = draft.get_task(task_id)
    if task.status != WAITING:
        require_open(task)
    return task


def _require_other(task: TaskState, to: Holder) -> None:
    if to.account and to.account == task.holder.account:
        raise InvalidInput("workflow.handing.same", "They hold this task already")
    if to.account and to.account == task.holder.apart:
        raise InvalidInput("workflow.handing.apart", "Nobody decides about what they asked for")


def _check_people(draft: Draft, people: Sequence[Holder]) -> None:
    asked = {task.holder.account for task in draft.state.tasks.values() if is_open(task)}
    names = [person.account for person in people]
    _require_room(draft, people)
    if len(set(names)) < len(names) or asked & set(names):
        raise InvalidInput("workflow.signers.twice", "Somebody named here is asked already")


def _require_room(draft: Draft, people: Sequence[Holder]) -> None:
    """Handing to and fro ends somewhere too."""
    added = [task for task in draft.state.tasks.values() if task.kind != MAIN]
    if not people or len(added) + len(people) > SIGNERS_AT_MOST:
        raise InvalidInput(
            "workflow.signers.count", "Name from one to %(most)s people", most=SIGNERS_AT_MOST
        )


def _require_one_vote(draft: Draft, task: TaskState, to: Holder) -> None:
    """Where several decide together nobody is given a second voice."""
    if not draft.node.votes or task.kind in ASIDE:
        return
    for other in draft.state.tasks.values():
        theirs = to.account in (other.holder.account, other.by)
        if theirs and other.kind not in ASIDE and other.status != CANCELLED:
            raise InvalidInput("workflow.signers.twice", "Somebody named here is asked already")


def _holds_one(draft: Draft, *, beside: TaskState) -> bool:
    beneath = ASIDE | REQUESTS
    others = (t for t in draft.state.tasks.values() if t.id != beside.id and t.kind not in beneath)
    return any(is_open(task) and draft.person.is_asked(task.holder) for task in others)


def _require_one_left(draft: Draft, task: TaskState) -> None:
    main = [t for t in draft.state.tasks.values() if t.kind == MAIN and t.status != CANCELLED]
    if task.kind == MAIN and len(main) < 2:
        raise Conflict("workflow.signers.last", "The last signer of a step cannot be removed")
