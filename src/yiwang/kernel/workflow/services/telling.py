"""Who hears of what happened to a case. 通知相关人员。"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.notify.services import notify
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.types import OPEN, Event, Holder

from .machine.draft import Draft

POOL_AT_MOST = 50
"""Accounts of one role in one organization that hear of a task. 同岗位通知上限。"""

ASKED = msg("%(number)s %(case)s: you are asked to act")
URGED = msg("%(number)s %(case)s: you are urged to act")
ENDED = {
    "closed": msg("%(number)s %(case)s is done: %(outcome)s"),
    "terminated": msg("%(number)s %(case)s was terminated"),
}


def tell_people(act: Act, case: Case, draft: Draft) -> None:
    """Tell who is asked, who is urged, and the starter how it ended. 通知。"""
    url = reverse("workflow:case", args=[case.pk])
    told = {"number": case.number, "case": case.title}
    asked = [holder for event in draft.events for holder in _asked(draft, event)]
    if asked:
        notify(act, list_accounts(asked), ASKED, url, **told)
    if any(event.kind == "urged" for event in draft.events):
        notify(act, list_accounts(_list_open(draft)), URGED, url, **told)
    for event in draft.events:
        if event.kind in ENDED:
            outcome = draft.state.outcome
            notify(act, [case.starter], ENDED[event.kind], url, outcome=outcome, **told)


def _asked(draft: Draft, event: Event) -> Iterator[Holder]:
    """Who is asked since this event; nobody, if the act has gone past them again."""
    if event.kind in ("task_opened", "task_moved", "task_reopened"):
        task = draft.state.tasks.get(event.body["task"])
        if task and task.status == OPEN:
            yield task.holder


def _list_open(draft: Draft) -> list[Holder]:
    """Who can act now."""
    return [task.holder for task in draft.state.tasks.values() if task.status == OPEN]


def list_accounts(holders: list[Holder]) -> list[str]:
    """The accounts behind holders; of a role in an organization at most 50. 办理人账号。"""
    found: list[str] = []
    for holder in dict.fromkeys(holders):
        if holder.account:
            found.append(holder.account)
            continue
        codes = [holder.organization] if holder.organization else None
        found += identity.list_account_ids(role=holder.role, organization_codes=codes)[
            :POOL_AT_MOST
        ]
    return list(dict.fromkeys(found))


LIGHTS = {
    ("node", "yellow"): msg("%(number)s %(case)s: this step is due soon (%(due)s)"),
    ("node", "red"): msg("%(number)s %(case)s: this step is overdue since %(due)s"),
    ("promised", "yellow"): msg("%(number)s %(case)s: the promised time ends soon (%(due)s)"),
    ("promised", "red"): msg("%(number)s %(case)s: the promised time ended at %(due)s"),
    ("legal", "yellow"): msg("%(number)s %(case)s: the legal time ends soon (%(due)s)"),
    ("legal", "red"): msg("%(number)s %(case)s: the legal time ended at %(due)s"),
}


def tell_light(act: Act, case: Case, draft: Draft, name: str, light: str) -> None:
    """A light turned yellow: tell who is asked; red: their superiors too. 预警与督促。"""
    accounts = list_accounts(_list_open(draft))
    if light == "red":
        accounts += list_superiors(draft)
    due = datetime.fromisoformat(draft.state.clocks[name]["due_at"]).astimezone(CITY_ZONE)
    notify(
        act,
        accounts,
        LIGHTS[name, light],
        reverse("workflow:case", args=[case.pk]),
        number=case.number,
        case=case.title,
        due=f"{due:%Y-%m-%d %H:%M}",
    )


def list_superiors(draft: Draft) -> list[str]:
    """Who hears of what is overdue: whom the type names, else who oversees it. 上级。"""
    if draft.type.escalates:
        return list_accounts(list(draft.world.find_holders(draft.type.escalates, draft.state)))
    return list_accounts([Holder(role=role) for role in sorted(draft.type.oversees)])
