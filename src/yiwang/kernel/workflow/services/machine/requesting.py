"""Reporting, and asking whoever assigned it for more time or to be let off: 反馈 延期 撤销. 反馈与申请。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from yiwang.kernel.base.errors import Conflict, InvalidInput, NotPermitted
from yiwang.kernel.calendar.services import clock_from_json
from yiwang.kernel.workflow.types import (
    DELAY,
    MAIN,
    REQUESTS,
    Holder,
    TaskState,
    Who,
)

from .clocks import PROMISED, delayed
from .draft import Draft, require_reason
from .moving import handlers_of
from .pausing import terminate

AGREE, REFUSE = "agree", "refuse"
DAYS_AT_MOST = 365
LET_OFF = "同意撤销申请"


def report(draft: Draft, task_id: str, *, data: Mapping[str, Any], note: str = "") -> None:
    """反馈: say how far it is; the task stays, and the next report is due later. 反馈。"""
    task = _own_main_task(draft, task_id)
    if draft.node.feedback is None:
        raise NotPermitted("workflow.verb.not_here", "This is not possible at this step")
    if data:
        draft.say("filled", data=dict(data))
    draft.say("reported", task=task.id, by=draft.person.account, **({"note": note} if note else {}))


def request(draft: Draft, task_id: str, kind: str, *, reason: str, days: int = 0) -> None:
    """延期 or 撤销: ask whoever assigned it; the work goes on meanwhile. 申请。"""
    _own_main_task(draft, task_id)
    _request(draft, kind, reason=reason, days=days)


def request_for_parts(draft: Draft, *, reason: str, days: int) -> None:
    """延期 for a case while its parts run: who split it asks; no part's own limit moves. 分办延期申请。"""
    draft.require_running()
    if not split_it(draft):
        raise NotPermitted(
            "workflow.request.not_split", "Only who split this can ask for more time"
        )
    _request(draft, DELAY, reason=reason, days=days)


def split_it(draft: Draft) -> bool:
    """Whether who acts decided the step before, or is asked there today, and parts run now. 是否分办人。"""
    if not draft.node.children or not draft.state.live:
        return False
    before = next(iter(draft.state.earlier()), "")
    if not before:
        return False
    who = draft.type.nodes[before].who
    holders = [*handlers_of(draft.state.handled, before)]
    holders += draft.world.find_holders(who, draft.state) if who else []
    return any(draft.person.is_asked(one) for one in holders)


def _request(draft: Draft, kind: str, *, reason: str, days: int) -> None:
    if kind not in draft.node.requests:
        raise NotPermitted("workflow.verb.not_here", "This is not possible at this step")
    reason = require_reason(reason)
    if kind in draft.state.requests:
        raise Conflict("workflow.request.open", "This was asked already and is not answered yet")
    told = {"days": _check_days(draft, days)} if kind == DELAY else {}
    asked = draft.open_task(_whom(draft), kind=kind)
    draft.say("requested", request=kind, task=asked, by=draft.person.account, reason=reason, **told)


def answer(draft: Draft, task_id: str, action: str, *, opinion: str = "") -> None:
    """Agree to what was asked, or not: the limit moves, or the case ends. 答复申请。"""
    task = draft.find_own_task(task_id)
    if task.kind not in draft.state.requests:
        raise Conflict("workflow.task.gone", "The case has moved on; this task is no longer open")
    if action not in (AGREE, REFUSE):
        raise InvalidInput(
            "workflow.action.unknown", "This step knows no action %(action)s", action=action
        )
    if action == REFUSE:
        opinion = require_reason(opinion)
    agreed, asked = action == AGREE, draft.state.requests[task.kind]
    body = {"opinion": opinion} if opinion else {}
    if task.holder.on_behalf_of:
        body["on_behalf_of"] = task.holder.on_behalf_of
    draft.say("task_done", task=task.id, action=action, by=draft.person.account, **body)
    told = {"days": asked["days"]} if "days" in asked else {}
    draft.say("answered", request=task.kind, agreed=agreed, by=draft.person.account, **told)
    if agreed and task.kind != DELAY:
        terminate(draft, reason=opinion or LET_OFF)


def _own_main_task(draft: Draft, task_id: str) -> TaskState:
    task = draft.find_own_task(task_id)
    if task.kind != MAIN:
        raise NotPermitted("workflow.verb.not_here", "This is not possible at this step")
    return task


def _whom(draft: Draft) -> Holder:
    """Who assigned it; where that is who asks, or can no more, who oversees, never oneself."""
    me = draft.person.account
    rules = [Who(assigner=True), *(Who(role=one) for one in sorted(draft.type.oversees))]
    for who in rules:
        for one in draft.world.keep_able(draft.world.find_holders(who, draft.state)):
            if one.account != me:
                return replace(one, apart=me)
    raise Conflict("workflow.request.nobody", "There is nobody else who could agree to it")


def _check_days(draft: Draft, days: int) -> int:
    if not 0 < days <= DAYS_AT_MOST:
        raise InvalidInput("workflow.request.days", "Ask for 1 to %(most)s days", most=DAYS_AT_MOST)
    clock, legal = (draft.state.clocks.get(name) for name in (PROMISED, "legal"))
    if clock is None:
        raise Conflict("workflow.request.no_limit", "There is no limit that could be moved")
    moved = delayed(clock_from_json(clock), days, draft.world.calendar).due_at
    if legal and moved > datetime.fromisoformat(legal["due_at"]):
        raise Conflict("workflow.request.legal", "The law does not allow so much time")
    return days


def is_request(task: TaskState) -> bool:
    """Whether a task answers a request instead of deciding the step. 是否申请任务。"""
    return task.kind in REQUESTS
