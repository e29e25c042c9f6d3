"""What people do with their tasks. 办理任务。"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow.models import Task
from yiwang.kernel.workflow.types import DONE, SUPPLEMENTING, Holder

from .attachments import attach, claim_fields
from .borrowing import check_chosen
from .filling import check_filled, check_text
from .machine import deciding, handing, pausing, requesting
from .overseeing import may_oversee
from .permissions import USE
from .places import check_places
from .steps import Step, stepping


def act_on_task(
    actor: Actor,
    task_id: str,
    action: str,
    *,
    opinion: str = "",
    data: Mapping[str, Any] | None = None,
    copies: Sequence[str] = (),
    files: Collection[str] = (),
) -> None:
    """Decide: 同意, or another action of the step; or reply where one was asked aside. 办理。

    Who the task is for. Of several at once one wins; the others get Conflict naming who did it.
    `copies` are accounts that are told, and may read the case from then on (抄送). `files` are ids
    of files that were sent with the opinion (`keep_upload`).
    """
    with stepping(actor, "workflow.task.act", task=task_id) as step:
        _tell_who_was_first(step, task_id)
        task = step.draft.find_own_task(task_id)
        attach(step, files)
        if requesting.is_request(task):
            requesting.answer(step.draft, task_id, action, opinion=check_text(opinion).strip())
            return
        filled = _fill(step, data or {}, positive=_is_positive(step, action, task.kind))
        deciding.act(
            step.draft, task_id, action, opinion=check_text(opinion).strip(), data=filled,
            copies=[_person(one).account for one in dict.fromkeys(copies)],
        )  # fmt: skip


def report(actor: Actor, task_id: str, data: Mapping[str, Any], *, note: str = "") -> None:
    """反馈: say how far one's task is, within the time that the step gives for it. 反馈。

    Who the task is for. InvalidInput names the field that must be filled in.
    """
    with stepping(actor, "workflow.task.report", task=task_id) as step:
        feedback, filled = step.draft.node.feedback, dict(data)
        if feedback:
            filled = _take(step, data, feedback.edits, feedback.needs)
        requesting.report(step.draft, task_id, data=filled, note=check_text(note).strip())


def request(actor: Actor, task_id: str, kind: str, *, reason: str, days: int = 0) -> None:
    """Ask whoever assigned it for `days` more (延期, `delay`), or to be let off (撤销, `cancel`). 申请。

    Who the task is for, where the step offers it. The answer is `act_on_task`, `agree` or `refuse`.
    """
    with stepping(actor, f"workflow.task.ask_{kind[:6]}", task=task_id, reason=reason) as step:
        requesting.request(step.draft, task_id, kind, reason=reason, days=days)


def request_for_parts(actor: Actor, case_id: str, *, reason: str, days: int) -> None:
    """Ask whoever assigned a case for `days` more (延期) while its parts run. 分办延期申请。

    Who split it, or who holds that post today. The limits of the parts stay as they are.
    """
    with stepping(actor, "workflow.case.ask_delay", case_id, reason=reason) as step:
        requesting.request_for_parts(step.draft, reason=reason, days=days)


def send_back(
    actor: Actor,
    task_id: str,
    to: str,
    *,
    reason: str,
    straight: bool = False,
    files: Collection[str] = (),
) -> None:
    """退回 to a step decided before; `straight` brings it directly back afterwards. 退回。"""
    with stepping(actor, "workflow.task.return", task=task_id, reason=reason) as step:
        step.draft.find_own_task(task_id)
        attach(step, files)
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


def supply(
    actor: Actor,
    task_id: str,
    data: Mapping[str, Any],
    *,
    note: str = "",
    files: Collection[str] = (),
) -> None:
    """What was asked for comes in; the case goes on. 补正提交。"""
    with stepping(actor, "workflow.task.supply", task=task_id) as step:
        asked = step.draft.state.asked
        filled = dict(data)
        if step.draft.state.status == SUPPLEMENTING:
            filled = _take(step, data, asked, asked)
        pausing.supply(step.draft, task_id, filled, opinion=check_text(note).strip())
        attach(step, files)


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
    return _take(step, data, node.edits, node.needs if positive else ())


def _take(
    step: Step, data: Mapping[str, Any], edits: Collection[str], needs: Collection[str]
) -> dict[str, Any]:
    """What was filled in, once it is what may be chosen here, its files claimed."""
    standing, actor = step.draft.state.data, step.act.actor
    filled = check_filled(step.type, data, edits=edits, needs=needs, standing=standing)
    check_chosen(actor, step.type, filled)
    check_places(actor, step.type, filled, standing)
    return claim_fields(step.act, step.type, step.case.pk, filled, standing)


def _is_positive(step: Step, action: str, kind: str) -> bool:
    return kind in ("main", "added") and action == step.draft.node.positive


def _person(account_id: str) -> Holder:
    found = identity.get_accounts([account_id]).get(account_id)
    if found is None or found.locked_at is not None:
        raise NotFound("workflow.person.unknown", "There is no such person to ask")
    if USE not in identity.find_permissions(found.roles):
        raise InvalidInput("workflow.person.cannot", "This account cannot be asked")
    return Holder(account=account_id)
