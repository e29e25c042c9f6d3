"""Standing still and ending early: 挂起 恢复 补正 终止. 中止与终止。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.workflow.types import (
    MAIN,
    OPEN,
    SUPPLEMENT,
    SUPPLEMENTING,
    SUSPENDED,
    WAITING,
    Holder,
    TaskState,
)

from .deciding import REPLY, finish
from .draft import Draft, require_open, require_reason
from .joining import join
from .moving import enter


def suspend(draft: Draft, *, reason: str) -> None:
    """挂起: nothing can be done and no clock runs until it is resumed. 挂起。"""
    draft.require_live()
    if draft.state.status == SUSPENDED:
        draft.require_running()
    draft.say("suspended", reason=require_reason(reason))


def resume(draft: Draft, *, reason: str = "") -> None:
    """恢复: go on where it stood still. 恢复。"""
    if draft.state.status != SUSPENDED:
        raise Conflict("workflow.case.not_suspended", "The case is not suspended")
    draft.say("resumed", **({"reason": reason} if reason else {}))
    # Children may have ended meanwhile.
    join(draft)


def terminate(draft: Draft, *, reason: str) -> None:
    """终止: end the case without an outcome. 终止。"""
    draft.require_live()
    reason = require_reason(reason)
    draft.cancel(draft.state.tasks.values(), "terminated")
    draft.say("terminated", reason=reason)


def ask_supplement(draft: Draft, task_id: str, fields: Sequence[str], *, note: str) -> None:
    """补正: ask the starter, once and for all, for what is missing; the clock stands still. 补正。"""
    task = draft.find_own_task(task_id)
    draft.require_verb("supplement")
    if task.kind != MAIN:
        raise NotPermitted(
            "workflow.supplement.not_main", "Only who decides this step can ask for more"
        )
    known = draft.node.supplements or tuple(draft.type.fields)
    unknown = [key for key in fields if key not in known]
    if not fields or unknown:
        raise InvalidInput(
            "workflow.supplement.fields",
            "Name the fields that must be supplied; unknown: %(unknown)s",
            unknown=", ".join(unknown) or "—",
        )
    if draft.node.supplements and draft.state.supplied:
        raise Conflict(
            "workflow.supplement.once", "At this step it is asked once for all that is missing"
        )
    note = require_reason(note)
    draft.say("task_waits", task=task.id)
    draft.open_task(Holder(account=draft.state.starter), kind=SUPPLEMENT, parent=task.id)
    draft.say("supplement_asked", fields=list(fields), note=note)


def supply(draft: Draft, task_id: str, data: Mapping[str, Any], *, opinion: str = "") -> None:
    """What was asked for comes in, and the case goes on. 补正提交。"""
    if draft.state.status != SUPPLEMENTING:
        draft.require_running()
        raise Conflict("workflow.supplement.none", "Nothing was asked for")
    task = _supplement_task(draft, task_id)
    extra = set(data) - set(draft.state.asked)
    if extra:
        raise InvalidInput(
            "workflow.supplement.extra", "Only what was asked for can be changed: %(fields)s",
            fields=", ".join(sorted(extra)),
        )  # fmt: skip
    draft.say("filled", data=dict(data))
    finish(draft, task, REPLY, opinion)
    draft.say("supplemented")
    draft.say("task_reopened", task=task.parent)


def cancel_supplement(draft: Draft, task_id: str, *, reason: str) -> None:
    """Whoever asked needs it no more. 撤销补正。"""
    waiting = draft.get_task(task_id)
    beneath = [task for task in draft.state.tasks.values() if task.parent == task_id]
    asked = any(task.kind == SUPPLEMENT and task.status == OPEN for task in beneath)
    if draft.state.status != SUPPLEMENTING or waiting.status != WAITING or not asked:
        raise Conflict("workflow.supplement.none", "Nothing was asked for")
    if not draft.person.is_asked(waiting.holder):
        raise NotPermitted("workflow.task.not_yours", "This task is not yours")
    draft.cancel(beneath, "withdrawn")
    draft.say("supplemented", cancelled=True, reason=require_reason(reason))
    draft.say("task_reopened", task=task_id)


def migrate(draft: Draft, version: int, node: str, *, reason: str, title: str = "") -> None:
    """Go on under another version of the type, at a node of it. 迁移版本。

    `draft.type` is the version to go on under, `title` what the case is called from then on. Whoever held
    the node is asked anew.
    """
    draft.require_live()
    if node not in draft.type.nodes:
        raise InvalidInput("workflow.node.unknown", "There is no step %(node)s", node=node)
    draft.cancel(draft.state.tasks.values(), "migrated")
    called = {"title": title} if title not in ("", draft.state.title) else {}
    draft.say(
        "migrated",
        version=version,
        was=draft.state.version,
        reason=require_reason(reason),
        **called,
    )
    if draft.state.asked:
        draft.say("supplemented", cancelled=True)
    enter(draft, node, jump_back="")


def _supplement_task(draft: Draft, task_id: str) -> TaskState:
    task = draft.get_task(task_id)
    if task.kind != SUPPLEMENT or not draft.person.is_asked(task.holder):
        raise NotPermitted("workflow.task.not_yours", "This task is not yours")
    if task.status != OPEN:
        require_open(task)
    return task
