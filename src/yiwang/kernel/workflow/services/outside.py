"""What addresses outside hear of a case: ids, numbers and codes, never what was filled in. 外发流程消息。"""

from __future__ import annotations

from collections.abc import Collection

from django.urls import reverse

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.notify.services import list_ears, tell_outside
from yiwang.kernel.notify.types import declare_hook
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.types import OPEN, CaseState

from .machine.draft import Draft

OPENED = declare_hook("workflow.case.opened", msg("A case was started"))
REACHED = declare_hook("workflow.case.reached", msg("A case reached an organization"))
CLOSED = declare_hook("workflow.case.closed", msg("A case ended"))
OVERDUE = declare_hook("workflow.case.overdue", msg("A case is overdue"))


def tell_of_step(act: Act, case: Case, draft: Draft) -> None:
    """Tell what became of a case within an act. 外发流程进展。"""
    if not list_ears():
        return
    kinds = {event.kind for event in draft.events}
    if "opened" in kinds:
        _tell(act, OPENED, case, draft.state, {draft.state.organization})
    reached = _list_reached(draft)
    for organization in sorted(reached):
        _tell(act, REACHED, case, draft.state, {organization})
    if kinds & {"closed", "terminated"}:
        _tell(act, CLOSED, case, draft.state, {draft.state.organization})


def tell_overdue(act: Act, case: Case, state: CaseState, limit: str) -> None:
    """A limit is over: those who are asked, and whose case it is, hear of it. 外发超期。"""
    if list_ears():
        asked = _homes_of_open(state)
        _tell(act, OVERDUE, case, state, asked | {state.organization}, limit=limit)


def _list_reached(draft: Draft) -> set[str]:
    """Organizations that are asked now and were not before the act. 新到达机构。"""
    if not any(event.kind in ("task_opened", "task_moved") for event in draft.events):
        return set()
    return _homes_of_open(draft.state) - (
        _homes_of_open(draft.before) if draft.before.seq else set()
    )


def _homes_of_open(state: CaseState) -> set[str]:
    """The organizations of whoever can act now."""
    holders = [task.holder for task in state.tasks.values() if task.status == OPEN]
    accounts = identity.get_accounts({one.account for one in holders if one.account})
    homes = {one.organization for one in holders if not one.account}
    return (homes | {one.organization_code for one in accounts.values()}) - {""}


def _tell(
    act: Act,
    kind: str,
    case: Case,
    state: CaseState,
    organizations: Collection[str],
    **more: str,
) -> None:
    data = {
        "case": case.pk,
        "number": case.number,
        "type": state.type,
        "version": state.version,
        "step": state.node,
        "status": state.status,
        "outcome": state.outcome,
        "organizations": sorted(set(organizations) - {""}),
        **more,
    }
    tell_outside(
        act, kind, organizations=set(organizations) - {""}, subject=case.number,
        url=reverse("workflow:case", args=[case.pk]),
        data={name: value for name, value in data.items() if value != ""},
    )  # fmt: skip
