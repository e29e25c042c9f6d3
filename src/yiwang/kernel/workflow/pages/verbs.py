"""What can be done on the page of a case, and doing it. 流程操作。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import CaseView
from yiwang.kernel.workflow.types import (
    ASIDE,
    CANCELLED,
    MAIN,
    OPEN,
    RUNNING,
    SUPPLEMENT,
    SUPPLEMENTING,
    SUSPENDED,
    WAITING,
    Holder,
    TaskState,
)

from . import forms

Do = Callable[[Actor, Any], None]


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to do: its form, what does it, and the words around. 操作。

    `own`: it is done with a task that must be the reader's own and open.
    """

    form: type[forms.CaseForm]
    do: Do
    label: str
    button: str
    done: str
    help: str = ""
    own: bool = False
    danger: bool = False


def _decide(actor: Actor, form: Any) -> None:
    action = form.data.get("action", "")[:40]
    opinion = form.cleaned_data["opinion"]
    services.act_on_task(actor, form.means, action, opinion=opinion, data=form.filled)


def _return(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.send_back(
        actor, form.means, told["to"], reason=told["reason"], straight=told["straight"]
    )


def _transfer(actor: Actor, form: Any) -> None:
    services.transfer_task(
        actor, form.means, form.cleaned_data["to"], reason=form.cleaned_data["reason"]
    )


def _delegate(actor: Actor, form: Any) -> None:
    services.delegate_task(
        actor, form.means, form.cleaned_data["to"], reason=form.cleaned_data["reason"]
    )


def _signers(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.add_signers(
        actor, form.means, told["people"], mode=told["mode"], reason=told["reason"]
    )


def _remove(actor: Actor, form: Any) -> None:
    services.remove_signer(actor, form.means, reason=form.cleaned_data["reason"])


def _supplement(actor: Actor, form: Any) -> None:
    services.ask_supplement(
        actor, form.means, form.cleaned_data["fields"], note=form.cleaned_data["note"]
    )


def _supply(actor: Actor, form: Any) -> None:
    services.supply(actor, form.means, form.filled, note=form.cleaned_data["note"])


def _cancel_supplement(actor: Actor, form: Any) -> None:
    services.cancel_supplement(actor, form.means, reason=form.cleaned_data["reason"])


def _withdraw(actor: Actor, form: Any) -> None:
    services.withdraw(actor, form.view.case.pk, reason=form.cleaned_data["reason"])


def _urge(actor: Actor, form: Any) -> None:
    services.urge(actor, form.view.case.pk, note=form.cleaned_data["reason"])


def _suspend(actor: Actor, form: Any) -> None:
    services.suspend(actor, form.view.case.pk, reason=form.cleaned_data["reason"])


def _resume(actor: Actor, form: Any) -> None:
    services.resume(actor, form.view.case.pk, reason=form.cleaned_data["reason"])


def _terminate(actor: Actor, form: Any) -> None:
    services.terminate(actor, form.view.case.pk, reason=form.cleaned_data["reason"])


def _migrate(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.migrate_case(
        actor, form.view.case.pk, told["version"], told["node"], reason=told["reason"]
    )


VERBS: Mapping[str, Verb] = {
    "decide": Verb(
        forms.DecideForm, _decide, msg("Your task"), msg("Your task"),
        msg("Your decision is recorded."), own=True,
    ),
    "supply": Verb(
        forms.SupplyForm, _supply, msg("Supply what is missing"), msg("Send it in"),
        msg("It is sent in, and the case goes on."),
    ),
    "return": Verb(
        forms.ReturnForm, _return, msg("Send back"), msg("Send back"),
        msg("The case is sent back."), own=True,
    ),
    "transfer": Verb(
        forms.PersonForm, _transfer, msg("Hand on"), msg("Hand on"),
        msg("The task is handed on."), msg("Somebody else decides instead of you."), own=True,
    ),
    "delegate": Verb(
        forms.DelegateForm, _delegate, msg("Let somebody prepare it"), msg("Let them prepare it"),
        msg("They are asked to prepare it."),
        msg("Somebody else prepares it, then it comes back to you to be decided."), own=True,
    ),
    "signers": Verb(
        forms.SignersForm, _signers, msg("Add people who sign"), msg("Add them"),
        msg("They are asked."), own=True,
    ),
    "supplement": Verb(
        forms.SupplementForm, _supplement, msg("Ask the applicant for more"), msg("Ask for it"),
        msg("The applicant is told what is missing."),
        msg("Name everything that is missing at once. The case stands still until it comes in."),
        own=True,
    ),
    "cancel_supplement": Verb(
        forms.WhyForm, _cancel_supplement, msg("It is needed no more"), msg("Go on without it"),
        msg("The case goes on."),
    ),
    "withdraw": Verb(
        forms.MaybeWhyForm, _withdraw, msg("Take my decision back"), msg("Take it back"),
        msg("Your decision is taken back."),
        msg("This is possible until somebody acts on it."),
    ),
    "urge": Verb(
        forms.MaybeWhyForm, _urge, msg("Urge"), msg("Urge"), msg("They are urged."),
        msg("Whoever is asked hears of it again, at most once an hour."),
    ),
    "suspend": Verb(
        forms.WhyForm, _suspend, msg("Suspend"), msg("Suspend"), msg("The case is suspended."),
        msg("Nothing can be done until it is resumed."),
    ),
    "resume": Verb(
        forms.MaybeWhyForm, _resume, msg("Resume"), msg("Resume"), msg("The case goes on."),
    ),
    "terminate": Verb(
        forms.WhyForm, _terminate, msg("Terminate"), msg("Terminate"),
        msg("The case is terminated."),
        msg("The case and its parts end without an outcome. This cannot be undone."), danger=True,
    ),
    "migrate": Verb(
        forms.MigrateForm, _migrate, msg("Move to the newest version"), msg("Move it"),
        msg("The case goes on under the newest version."),
        msg("There is a newer version of this kind of case. Whoever holds the step is asked anew."),
    ),
    "hand_over": Verb(
        forms.PersonForm, _transfer, msg("Hand on"), msg("Hand on"), msg("The task is handed on."),
    ),
    "remove": Verb(
        forms.WhyForm, _remove, msg("Ask them no more"), msg("Ask them no more"), msg("They are asked no more."),
        msg("They need not sign any more."),
    ),
}  # fmt: skip


def list_own_verbs(view: CaseView) -> Iterator[str]:
    """What may be done with the reader's own task beside deciding. 可用操作。"""
    own, state = view.own, view.state
    if own is None or state.status != RUNNING or own.kind == SUPPLEMENT:
        return
    verbs = view.type.nodes[state.node].verbs
    if "return" in verbs and own.kind not in ASIDE and state.earlier():
        yield "return"
    yield from (one for one in ("transfer", "delegate") if one in verbs)
    if "add_signers" in verbs:
        yield "signers"
    if "supplement" in verbs and view.type.fields:
        yield "supplement"


def list_case_verbs(view: CaseView, actor: Actor) -> Iterator[str]:
    """What may be done with the case as a whole. 流程级操作。"""
    state = view.state
    if view.may_withdraw:
        yield "withdraw"
    if not state.live:
        return
    starts = actor.id == view.case.starter
    untouched = not state.handled and not any(one.by for one in state.tasks.values())
    asked = any(one.status == OPEN for one in state.tasks.values())
    if state.status == RUNNING and asked and (starts or view.may_oversee):
        yield "urge"
    if view.may_oversee:
        yield "resume" if state.status == SUSPENDED else "suspend"
    if view.newer is not None and view.may_oversee:
        yield "migrate"
    if view.may_oversee or (starts and untouched):
        yield "terminate"


def list_task_verbs(
    view: CaseView, task: TaskState, asks: Callable[[Holder], bool]
) -> Iterator[str]:
    """What may be done with a task in the table: by its holder's colleagues, or from above. 任务操作。"""
    if task.status not in (OPEN, WAITING):
        return
    mine = asks(task.holder)
    if view.state.status == SUPPLEMENTING and mine and _waits_for_more(view, task):
        yield "cancel_supplement"
    if view.may_oversee and not mine and task.kind != SUPPLEMENT:
        yield "hand_over"
    if view.state.status == RUNNING and _is_removable(view, task, asks):
        yield "remove"


def _waits_for_more(view: CaseView, task: TaskState) -> bool:
    beneath = [one for one in view.state.tasks.values() if one.parent == task.id]
    return any(one.kind == SUPPLEMENT and one.status == OPEN for one in beneath)


def _is_removable(view: CaseView, task: TaskState, asks: Callable[[Holder], bool]) -> bool:
    tasks = view.state.tasks.values()
    if task.kind == SUPPLEMENT:
        return False
    if task.kind == MAIN:
        main = [one for one in tasks if one.kind == MAIN and one.status != CANCELLED]
        return view.may_oversee and len(main) > 1
    beside = (one for one in tasks if one.id != task.id and one.kind not in ASIDE)
    return view.may_oversee or any(
        one.status in (OPEN, WAITING) and asks(one.holder) for one in beside
    )
