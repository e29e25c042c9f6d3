"""Cases about a thing of a module: opened, moved and closed together with it. 业务对象流程。

The module asks its own permission before it calls; what a step changes in the thing is done by the
effect of the step, whichever door it came through.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.base.ids import new_id
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Case, CaseSubject
from yiwang.kernel.workflow.types import TERMINATED, AboutCase

from .filling import check_text
from .machine.hearing import hear
from .publishing import get_type
from .shipped import find_shipped
from .sight import find_visible
from .steps import TITLE_AT_MOST, close_step, open_case, open_step
from .store import lock_case


def open_about(
    act: Act,
    code: str,
    subject: str,
    *,
    title: str,
    organization: str,
    data: Mapping[str, Any] | None = None,
    starter: str = SYSTEM.id,
) -> str:
    """Open a case of a shipped type about a thing, unless one is open; its id. 立案。

    At most one case of a type is open about a thing, however many
    ask at once.
    """
    found = _find_open(code, subject)
    if found:
        return found
    told = {"title": " ".join(title.split())[:TITLE_AT_MOST], "organization": organization}
    try:
        with transaction.atomic():
            return _open(act, code, subject, data or {}, starter=starter, **told)
    except IntegrityError:
        found = _find_open(code, subject)
        if not found:
            raise
        return found


def _open(act: Act, code: str, subject: str, data: Mapping[str, Any], **told: str) -> str:
    type_id, case_type = find_shipped(act, code)
    case_id = new_id()
    with acting(act.actor, "workflow.case.open", on=Ref("workflow.case", case_id)) as inner:
        # First, so that of two who open one at once the second goes no further.
        CaseSubject.objects.create(case_id=case_id, code=code, subject=subject)
        open_case(inner, type_id, case_type, data, case_id=case_id, **told)  # type: ignore[arg-type]
    return case_id


def decide_about(actor: Actor, code: str, subject: str, word: str, *, opinion: str = "") -> bool:
    """What somebody decided about a thing, said to its open case; whether there was one. 办理业务流程。

    `word` is an action of the present step or news that the step hears: Conflict where it knows no
    such word or the case stands still.
    """
    case_id = _find_open(code, subject)
    if not case_id:
        return False
    with acting(actor, "workflow.case.decide", on=Ref("workflow.case", case_id)) as act:
        step = open_step(act, case_id)
        act.on = Ref("workflow.case", step.case.pk, step.case.number)
        hear(step.draft, word, by=actor.id, opinion=check_text(opinion).strip())
        close_step(step)
    return True


def tell_about(act: Act, code: str, subject: str, word: str, **data: Any) -> bool:
    """News of a thing for its open case; whether there is one. 通知业务流程。

    A step that does not hear the word stays where it is. `data` are fields that are known anew.
    """
    case_id = _find_open(code, subject)
    if not case_id:
        return False
    with acting(act.actor, "workflow.case.hear", on=Ref("workflow.case", case_id)) as inner:
        step = open_step(inner, case_id)
        inner.on = Ref("workflow.case", step.case.pk, step.case.number)
        state = step.draft.state
        if not state.live:
            return False
        changed = {key: one for key, one in data.items() if state.data.get(key) != one}
        if changed:
            step.draft.say("filled", data=changed)
        if word in step.draft.node.hears:
            hear(step.draft, word)
        close_step(step)
    return True


def hold_about(code: str, subject: str) -> None:
    """Lock the open case about a thing before rows that its steps change. 锁定业务流程。"""
    case_id = _find_open(code, subject)
    if case_id:
        lock_case(case_id)


def find_last_number(code: str, subject: str) -> str:
    """The number of the last case about a thing; empty where there was none. 前次流程编号。"""
    rows = CaseSubject.objects.filter(code=code, subject=subject).order_by("-case_id")
    return rows.values_list("case__number", flat=True).first() or ""


def _find_open(code: str, subject: str) -> str:
    rows = CaseSubject.objects.filter(code=code, subject=subject, is_open=True)
    return rows.values_list("case_id", flat=True).first() or ""


def list_open_subjects(code: str) -> set[str]:
    """Everything that a case of a type is open about. 在办对象。"""
    rows = CaseSubject.objects.filter(code=code, is_open=True)
    return set(rows.values_list("subject", flat=True))


def find_last_ended(code: str, subjects: Iterable[str]) -> dict[str, tuple[str, datetime]]:
    """How and when the last case about each thing ended; `terminated` without an outcome. 末次办结。"""
    rows = CaseSubject.objects.filter(code=code, subject__in=list(subjects), is_open=False)
    told = rows.order_by("case_id").values_list("subject", "case__outcome", "case__closed_at")
    return {subject: (outcome or TERMINATED, at) for subject, outcome, at in told if at}


def list_about(
    actor: Actor, codes: Collection[str], subjects: Iterable[str]
) -> dict[str, list[AboutCase]]:
    """The open cases about things, by thing, in a constant number of queries. 在办流程清单。"""
    rows = CaseSubject.objects.filter(code__in=codes, subject__in=set(subjects), is_open=True)
    about = dict(rows.values_list("case_id", "subject"))
    visible = find_visible(actor, about) if about else set()
    found: dict[str, list[AboutCase]] = {}
    for case in Case.objects.filter(pk__in=about).order_by("pk"):
        told = _describe(case, visible=case.pk in visible)
        found.setdefault(about[case.pk], []).append(told)
    return found


def _describe(case: Case, *, visible: bool) -> AboutCase:
    case_type = get_type(case.type_id)
    return AboutCase(
        id=case.pk,
        number=case.number,
        code=case.code,
        title=case_type.title,
        node=case_type.nodes[case.node].title,
        status=case.status,
        due_at=case.next_due_at,
        yellow_at=case.yellow_at,
        visible=visible,
    )
