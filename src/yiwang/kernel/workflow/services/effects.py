"""What steps of shipped types do to the things that their cases are about. 流程效果。"""

from __future__ import annotations

from collections.abc import Iterable

from yiwang.kernel.base.act import Act
from yiwang.kernel.workflow.models import Case, CaseSubject
from yiwang.kernel.workflow.types import SHIPPED_TYPES, Arrival, Event

from .machine.draft import Draft


def find_subject(case_id: str) -> tuple[str, str]:
    """The type and the thing that a case is about; empty where it is about none. 办理对象。"""
    return CaseSubject.objects.filter(pk=case_id).values_list("code", "subject").first() or ("", "")


def follow_subject(act: Act, case: Case, draft: Draft) -> None:
    """Do what the steps that were entered do, in the transaction of the act. 执行流程效果。"""
    shipped = SHIPPED_TYPES.find(case.code)
    if shipped is None:
        return
    if not draft.state.live:
        CaseSubject.objects.filter(pk=case.pk).update(is_open=False)
    for event in draft.events:
        effect = shipped.effects.get(event.body["node"]) if event.kind == "entered" else None
        if effect:
            _, subject = find_subject(case.pk)
            opinion = _opinion(draft.events)
            effect(act, Arrival(subject, event.body["node"], draft.state.data, opinion))
    if shipped.ended and not draft.state.live:
        shipped.ended(act, find_subject(case.pk)[1], draft.state.outcome)


def _opinion(events: Iterable[Event]) -> str:
    written = [one.body.get("opinion", "") for one in events if one.kind == "task_done"]
    return str(written[-1]) if written else ""
