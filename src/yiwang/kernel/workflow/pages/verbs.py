"""What can be done on the page of a case, and doing it. 流程操作。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.workflow import services
from yiwang.kernel.workflow.services import CaseView
from yiwang.kernel.workflow.services.attachments import ERASED
from yiwang.kernel.workflow.types import (
    ASIDE,
    CANCEL,
    CANCELLED,
    DELAY,
    MAIN,
    OPEN,
    REQUESTS,
    RUNNING,
    SUPPLEMENT,
    SUPPLEMENTING,
    SUSPENDED,
    WAITING,
    Holder,
    TaskState,
)

from . import forms, forms_requests

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
    copies = form.cleaned_data["copies"]
    services.act_on_task(
        actor, form.means, action, opinion=opinion, data=form.filled, copies=copies, files=form.sent
    )


def _return(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.send_back(
        actor,
        form.means,
        told["to"],
        reason=told["reason"],
        straight=told["straight"],
        files=form.sent,
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
    services.supply(actor, form.means, form.filled, note=form.cleaned_data["note"], files=form.sent)


def _attach(actor: Actor, form: Any) -> None:
    services.attach_files(actor, form.view.case.pk, form.sent)


def _detach(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.withdraw_attachment(actor, form.view.case.pk, told["file"], reason=told["reason"])


def _erase(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.erase_attachment(actor, form.view.case.pk, told["file"], reason=told["reason"])


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


def _report(actor: Actor, form: Any) -> None:
    services.report(actor, form.means, form.filled, note=form.cleaned_data["note"])


def _ask_delay(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.request(actor, form.means, DELAY, reason=told["reason"], days=told["days"])


def _ask_cancel(actor: Actor, form: Any) -> None:
    services.request(actor, form.means, CANCEL, reason=form.cleaned_data["reason"])


def _ask_delay_for_parts(actor: Actor, form: Any) -> None:
    told = form.cleaned_data
    services.request_for_parts(actor, form.view.case.pk, reason=told["reason"], days=told["days"])


def _answer(actor: Actor, form: Any) -> None:
    action = form.data.get("action", "")[:40]
    services.act_on_task(actor, form.means, action, opinion=form.cleaned_data["opinion"])


VERBS: Mapping[str, Verb] = {
    "decide": Verb(
        forms.DecideForm, _decide, msg("Your task"), msg("Your task"),
        msg("Your decision is recorded."), own=True,
    ),
    "supply": Verb(
        forms.SupplyForm, _supply, msg("Supply what is missing"), msg("Send it in"),
        msg("It is sent in, and the case goes on."),
    ),
    "answer": Verb(
        forms_requests.AnswerForm, _answer, msg("Answer the request"), msg("Answer"),
        msg("Your answer is recorded."), own=True,
    ),
    "report": Verb(
        forms_requests.ReportForm, _report, msg("Report progress"), msg("Report"),
        msg("Your report is recorded."),
        msg("The task stays yours; the next report is due later."), own=True,
    ),
    "delay": Verb(
        forms_requests.DelayForm, _ask_delay, msg("Ask for more time"), msg("Ask"),
        msg("Whoever assigned it is asked."),
        msg("The limit moves once whoever assigned it agrees; the old one stays on record."), own=True,
    ),
    "delay_parts": Verb(
        forms_requests.DelayForm, _ask_delay_for_parts, msg("Ask for more time"), msg("Ask"),
        msg("Whoever assigned it is asked."),
        msg("The limit of this case moves once whoever assigned it agrees; those of its parts stay."),
    ),
    "cancel": Verb(
        forms.WhyForm, _ask_cancel, msg("Ask to be let off"), msg("Ask"),
        msg("Whoever assigned it is asked."),
        msg("The case ends without an outcome once whoever assigned it agrees."), own=True,
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
    "attach": Verb(
        forms.AttachForm, _attach, msg("Attach files"), msg("Attach them"),
        msg("The files are attached."),
        msg("Whoever may read the case may open them, unless its kind says who. Nothing is decided with it."),
    ),
    "detach": Verb(
        forms.FileForm, _detach, msg("Withdraw an attachment"), msg("Withdraw it"),
        msg("The attachment is withdrawn."),
        msg("It stays in the log, marked; only who sent it and who oversees the case can open it."),
    ),
    "erase": Verb(
        forms.EraseForm, _erase, msg("Destroy the content of a file"), msg("Destroy it for good"),
        msg("The content is destroyed."),
        msg("Its name and digest stay in the log; nobody can open it again. This cannot be undone."),
        danger=True,
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
    if own is None or state.status != RUNNING or own.kind in {SUPPLEMENT, *REQUESTS}:
        return
    node = view.type.nodes[state.node]
    verbs = node.verbs
    if own.kind == MAIN:
        yield from ("report",) if node.feedback else ()
        yield from (one for one in (DELAY, CANCEL) if one in node.requests - state.requests.keys())
    if "return" in verbs and own.kind not in ASIDE and state.earlier():
        yield "return"
    yield from (one for one in ("transfer", "delegate") if one in verbs)
    if "add_signers" in verbs:
        yield "signers"
    if "supplement" in verbs and view.type.fields and not (node.supplements and state.supplied):
        yield "supplement"


def list_case_verbs(view: CaseView, actor: Actor) -> Iterator[str]:
    """What may be done with the case as a whole. 流程级操作。"""
    state = view.state
    if view.may_withdraw:
        yield "withdraw"
    if view.may_delay:
        yield "delay_parts"
    if state.live:
        yield from _list_live_verbs(view, actor)
    if view.may_oversee and any(
        one.status != ERASED for one in services.list_attachments(view.entries)
    ):
        yield "erase"


def _list_live_verbs(view: CaseView, actor: Actor) -> Iterator[str]:
    state, starts = view.state, actor.id == view.case.starter
    untouched = not state.handled and not any(one.by for one in state.tasks.values())
    asked = any(one.status == OPEN for one in state.tasks.values())
    if state.status == RUNNING and asked and (starts or view.may_oversee):
        yield "urge"
    if starts or view.own or view.may_oversee:
        yield "attach"
    seen = {one.file["id"] for one in services.list_attachments(view.entries)}
    if any(
        by == actor.id or (view.may_oversee and one in seen) for one, by in state.attached.items()
    ):
        yield "detach"
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
    if task.kind in {SUPPLEMENT, *REQUESTS}:
        return False
    if task.kind == MAIN:
        main = [one for one in tasks if one.kind == MAIN and one.status != CANCELLED]
        return view.may_oversee and len(main) > 1
    beside = (one for one in tasks if one.id != task.id and one.kind not in ASIDE)
    return view.may_oversee or any(
        one.status in (OPEN, WAITING) and asks(one.holder) for one in beside
    )
