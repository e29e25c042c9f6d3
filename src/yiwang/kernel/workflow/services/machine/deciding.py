"""What a holder does with a task: decide, send back, take back. 办理、退回、撤回。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.workflow.types import (
    ASIDE,
    CANCELLED,
    DONE,
    OPEN,
    REQUESTS,
    WAITING,
    Holder,
    TaskState,
)

from .copying import copy_by_hand
from .draft import Draft, find_node, require_reason
from .moving import enter, handlers_of, settle

REPLY, RETURN = "reply", "return"


def act(
    draft: Draft,
    task_id: str,
    action: str,
    *,
    opinion: str = "",
    data: Mapping[str, Any] | None = None,
    copies: Sequence[str] = (),
) -> None:
    """Decide on a task; 同意 is the first action of a node. 办理。

    Who was asked aside (加签 before, 委派) only replies, and the one who asked decides. `copies`
    are accounts that are told of it.
    """
    task = draft.find_deciding_task(task_id)
    if task.kind in ASIDE:
        action = REPLY
    else:
        _check_action(draft, action, opinion)
    if data:
        draft.say("filled", data=dict(data))
    finish(draft, task, action, opinion)
    copy_by_hand(draft, copies)
    if task.kind in ASIDE:
        wake_parent(draft, task)
    else:
        settle(draft)


def finish(draft: Draft, task: TaskState, action: str, opinion: str) -> None:
    """Mark a task done, in whose name it was done, and what stands beneath it not needed. 完成任务。"""
    draft.cancel(draft.list_beneath(task), "decided")
    body = {"opinion": opinion} if opinion else {}
    if task.holder.on_behalf_of:
        body["on_behalf_of"] = task.holder.on_behalf_of
    draft.say("task_done", task=task.id, action=action, by=draft.person.account, **body)


def wake_parent(draft: Draft, task: TaskState) -> None:
    """Give the task back to who asked, once all who were asked have answered. 唤醒上级任务。"""
    beneath = [one for one in draft.state.tasks.values() if one.parent == task.parent]
    if any(one.status in (OPEN, WAITING) for one in beneath):
        return
    if draft.state.tasks[task.parent].status == WAITING:
        draft.say("task_reopened", task=task.parent)


def send_back(draft: Draft, task_id: str, to: str, *, reason: str, straight: bool = False) -> None:
    """退回: bring the case back to a node decided before, to those who decided it. 退回。

    `straight`: once they agree the case comes directly back here instead of going every step again.
    """
    task = draft.find_deciding_task(task_id)
    draft.require_verb("return")
    reason = require_reason(reason)
    find_node(draft, to)
    if to not in draft.state.earlier() or task.kind in ASIDE:
        raise Conflict("workflow.return.not_before", "The case has not been decided there before")
    here = draft.state.node
    finish(draft, task, RETURN, reason)
    draft.say("returned", to=to, reason=reason, straight=straight)
    holders = handlers_of(draft.state.handled, to)
    jump: dict[str, Any] = {"jump_back": here if straight else ""}
    if straight:
        jump["jump_by"] = draft.person.account
    enter(draft, to, holders=holders, **jump)


def withdraw(draft: Draft, *, reason: str = "") -> None:
    """撤回: take back one's own last decision while nobody has acted on it. 撤回。"""
    draft.require_running()
    own = _own_vote(draft)
    if own:
        draft.require_verb("withdraw")
        draft.say("withdrawn", task=own.id, reason=reason)
        draft.say("task_reopened", task=own.id)
        return
    state = draft.state
    if not state.came_from or state.moved_by != draft.person.account:
        raise NotPermitted("workflow.withdraw.not_yours", "Only who decided last may take it back")
    _require_untouched(draft)
    draft.say("withdrawn", reason=reason)
    enter(draft, state.came_from, holders=[Holder(account=draft.person.account)])


def _own_vote(draft: Draft) -> TaskState | None:
    """A vote of theirs in the present node, which others still have to complete."""
    for task in draft.state.tasks.values():
        voted = task.status == DONE and task.kind not in ASIDE | REQUESTS
        if voted and task.by == draft.person.account:
            return task
    return None


def _require_untouched(draft: Draft) -> None:
    touched = {DONE, WAITING}
    if draft.state.children or any(t.status in touched for t in draft.state.tasks.values()):
        raise Conflict(
            "workflow.withdraw.too_late", "It is too late to take it back: others have acted on it"
        )
    node = draft.type.nodes[draft.state.came_from]
    if "withdraw" not in node.verbs:
        raise NotPermitted("workflow.verb.not_here", "This is not possible at this step")


def _check_action(draft: Draft, action: str, opinion: str) -> None:
    found = draft.node.actions.get(action)
    if found is None:
        raise InvalidInput(
            "workflow.action.unknown", "This step knows no action %(action)s", action=action
        )
    if found.asks_opinion and not opinion.strip():
        raise InvalidInput("workflow.opinion.missing", "Write an opinion with this decision")


def is_open(task: TaskState) -> bool:
    """Whether somebody is still asked. 是否未结。"""
    return task.status not in (DONE, CANCELLED)
