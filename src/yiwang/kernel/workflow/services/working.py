"""What people do with their tasks. 办理任务。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow.models import Task
from yiwang.kernel.workflow.types import DONE, SUPPLEMENTING, Holder

from .filling import check_filled, check_text
from .machine import deciding, handing, pausing
from .overseeing import may_oversee
from .permissions import USE
from .steps import Step, stepping


def act_on_task(
    actor: Actor,
    task_id: str,
    action: str,
    *,
    opinion: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Decide: 同意, or another action of the step; or reply where one was asked aside. 办理。

    Who the task is for. Of several at once one wins; the others get Conflict naming who did it.
    """
    with stepping(actor, "workflow.task.act", task=task_id) as step:
        _tell_who_was_first(step, task_id)
        task = step.draft.find_own_task(task_id)
        filled = _fill(step, data or {}, positive=_is_positive(step, action, task.kind))
        deciding.act(step.draft, task_id, action, opinion=check_text(opinion).strip(), data=filled)


def send_back(actor: Actor, task_id: str, to: str, *, reason: str, straight: bool = False) -> None:
    """退回 to a step decided before; `straight` brings it directly back afterwards. 退回。"""
    with stepping(actor, "workflow.task.return", task=task_id, reason=reason) as step:
        deciding.send_back(step.draft, task_id, to, reason=reason, straight=straight)


def withdraw(actor: Actor, case_id: str, *, reason: str = "") -> None:
    """撤回 one's own last decision while nobody has acted on it. 撤回。"""
    with stepping(actor, "workflow.case.withdraw", case_id, reason=reason) as step:
        deciding.withdraw(step.draft, reason=reason)


def transfer_task(actor: Actor, task_id: str, to: str, *, reason: str) -> None:
    """转办: another account decides instead. 转办。 The holder, or who oversees."""
    with stepping(actor, "workflow.task.transfer", task=task_id, reason=reason) as step:
        task = step.draft.get_task(task_id)
        oversees = not step.draft.person.is_asked(task.holder) and may_oversee(actor, step)
        handing.transfer(step.draft, task_id, _person(to), reason=reason, oversees=oversees)


def delegate_task(actor: Actor, task_id: str, to: str, *, reason: str = "") -> None:
    """委派: another prepares it, then it comes back to be decided. 委派。"""
    with stepping(actor, "workflow.task.delegate", task=task_id, reason=reason) as step:
        handing.delegate(step.draft, task_id, _person(to), reason=reason)


def add_signers(
    actor: Actor, task_id: str, people: Sequence[str], *, mode: str, reason: str = ""
) -> None:
    """加签 `before`, `with` or `after` one's own signature. 加签。"""
    with stepping(actor, "workflow.task.add_signers", task=task_id, reason=reason) as step:
        holders = [_person(one) for one in people]
        if mode == "after":
            _fill(step, {}, positive=True)
        handing.add_signers(step.draft, task_id, holders, mode=mode, reason=reason)


def remove_signer(actor: Actor, task_id: str, *, reason: str) -> None:
    """减签: somebody who has not signed is asked no more. 减签。"""
    with stepping(actor, "workflow.task.remove_signer", task=task_id, reason=reason) as step:
        oversees = may_oversee(actor, step)
        handing.remove_signer(step.draft, task_id, reason=reason, oversees=oversees)


def ask_supplement(actor: Actor, task_id: str, fields: Sequence[str], *, note: str) -> None:
    """补正: the starter is told once what is missing, and the clock stands still. 补正。"""
    with stepping(actor, "workflow.task.ask_supplement", task=task_id, reason=note) as step:
        pausing.ask_supplement(step.draft, task_id, fields, note=note)


def supply(actor: Actor, task_id: str, data: Mapping[str, Any], *, note: str = "") -> None:
    """What was asked for comes in; the case goes on. 补正提交。"""
    with stepping(actor, "workflow.task.supply", task=task_id) as step:
        asked = step.draft.state.asked
        filled = dict(data)
        if step.draft.state.status == SUPPLEMENTING:
            filled = check_filled(
                step.type, data, edits=asked, needs=asked, standing=step.draft.state.data
            )
        pausing.supply(step.draft, task_id, filled, opinion=check_text(note).strip())


def cancel_supplement(actor: Actor, task_id: str, *, reason: str) -> None:
    """Whoever asked for more needs it no more. 撤销补正。"""
    with stepping(actor, "workflow.task.cancel_supplement", task=task_id, reason=reason) as step:
        pausing.cancel_supplement(step.draft, task_id, reason=reason)


def _tell_who_was_first(step: Step, task_id: str) -> None:
    """The case has moved on over a task that they were asked too: say who decided it."""
    if task_id in step.draft.state.tasks:
        return
    row = Task.objects.filter(pk=task_id, case_id=step.case.pk, status=DONE).first()
    if row and step.draft.person.is_asked(
        Holder(row.account, row.role, row.organization, apart=row.apart)
    ):
        raise Conflict(
            "workflow.task.done", "Somebody has done this task already",
            by=row.by, action=row.action,
        )  # fmt: skip


def _fill(step: Step, data: Mapping[str, Any], *, positive: bool) -> dict[str, Any]:
    """Fields that must be filled must be there only to agree: a refusal needs no form."""
    node = step.draft.node
    if not data and not node.edits:
        return {}
    needs = node.needs if positive else ()
    return check_filled(
        step.type, data, edits=node.edits, needs=needs, standing=step.draft.state.data
    )


def _is_positive(step: Step, action: str, kind: str) -> bool:
    return kind in ("main", "added") and action == step.draft.node.positive


def _person(account_id: str) -> Holder:
    found = identity.get_accounts([account_id]).get(account_id)
    if found is None or found.locked_at is not None:
        raise NotFound("workflow.person.unknown", "There is no such person to ask")
    if USE not in identity.find_permissions(found.roles):
        raise InvalidInput("workflow.person.cannot", "This account cannot be asked")
    return Holder(account=account_id)
