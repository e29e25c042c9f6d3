"""Who hears of what happened to a case. 通知相关人员。"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.urls import reverse

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.text import msg
from yiwang.kernel.notify.services import notify
from yiwang.kernel.notify.types import declare_kind
from yiwang.kernel.workflow.models import Case
from yiwang.kernel.workflow.types import OPEN, Event, Holder

from .machine.draft import Draft
from .outside import tell_of_step, tell_overdue
from .watching import list_watchers
from .world import list_accounts

TASK = declare_kind(
    "workflow.asked", msg("A task is mine to do"),
    brief=msg("%(number)s %(case)s: you are asked to act"),
)  # fmt: skip
URGENT = declare_kind(
    "workflow.urged", msg("I am urged"), brief=msg("%(number)s %(case)s: you are urged to act")
)
LIMIT = declare_kind(
    "workflow.due", msg("A deadline is near or over"),
    brief=msg("%(number)s %(case)s: a deadline is near or over"),
)  # fmt: skip
END = declare_kind(
    "workflow.ended", msg("What I started or follow has ended"),
    brief=msg("%(number)s %(case)s has ended"),
)  # fmt: skip
RETURN = declare_kind(
    "workflow.returned", msg("What I follow was sent back"),
    brief=msg("%(number)s %(case)s was sent back"),
)  # fmt: skip
COPY = declare_kind(
    "workflow.copied",
    msg("A case is copied to me"),
    brief=msg("%(number)s %(case)s: copied to you"),
)

ASKED = msg("%(number)s %(case)s: you are asked to act")
URGED = msg("%(number)s %(case)s: you are urged to act")
CHASED = msg("%(number)s %(case)s: it is overdue; see that it goes on")
COPIED = msg("%(number)s %(case)s: copied to you")
RETURNED = msg("%(number)s %(case)s was sent back")
ENDED = {
    "closed": msg("%(number)s %(case)s is done: %(outcome)s"),
    "terminated": msg("%(number)s %(case)s was terminated"),
}


def tell_people(act: Act, case: Case, draft: Draft) -> None:
    """Tell who is asked, who is urged, who is copied; starter and watchers how it ended. 通知。"""
    tell_of_step(act, case, draft)
    asked = [holder for event in draft.events for holder in _asked(draft, event)]
    _tell(act, case, list_accounts(asked), ASKED, TASK)
    if any(event.kind in ("urged", "chased") for event in draft.events):
        _tell(act, case, list_accounts(_list_open(draft)), URGED, URGENT)
    _tell(act, case, _people_in(draft, "chased"), CHASED, URGENT)
    _tell(act, case, _people_in(draft, "copied"), COPIED, COPY)
    ended = next((ENDED[one.kind] for one in draft.events if one.kind in ENDED), "")
    if ended:
        people = [case.starter, *list_watchers(case)]
        _tell(act, case, people, ended, END, outcome=draft.state.outcome)
    elif any(event.kind == "returned" for event in draft.events):
        _tell(act, case, list_watchers(case), RETURNED, RETURN)


def _tell(
    act: Act, case: Case, accounts: Collection[str], title: str, kind: str, **more: str
) -> None:
    """Nobody beside who acts, who knows: then there is nothing to write, and no address to make."""
    if set(accounts) - {act.actor.id}:
        url = reverse("workflow:case", args=[case.pk])
        notify(act, accounts, title, url, kind=kind, number=case.number, case=case.title, **more)


def _people_in(draft: Draft, kind: str) -> list[str]:
    return [one for event in draft.events if event.kind == kind for one in event.body["people"]]


def _asked(draft: Draft, event: Event) -> Iterator[Holder]:
    """Who is asked since this event; nobody, if the act has gone past them again."""
    if event.kind in ("task_opened", "task_moved", "task_reopened"):
        task = draft.state.tasks.get(event.body["task"])
        if task and task.status == OPEN:
            yield task.holder


def _list_open(draft: Draft) -> list[Holder]:
    """Who can act now."""
    return [task.holder for task in draft.state.tasks.values() if task.status == OPEN]


LIGHTS = {
    ("node", "yellow"): msg("%(number)s %(case)s: this step is due soon (%(due)s)"),
    ("node", "red"): msg("%(number)s %(case)s: this step is overdue since %(due)s"),
    ("feedback", "yellow"): msg("%(number)s %(case)s: a report is due soon (%(due)s)"),
    ("feedback", "red"): msg("%(number)s %(case)s: a report was due at %(due)s"),
    ("promised", "yellow"): msg("%(number)s %(case)s: the promised time ends soon (%(due)s)"),
    ("promised", "red"): msg("%(number)s %(case)s: the promised time ended at %(due)s"),
    ("legal", "yellow"): msg("%(number)s %(case)s: the legal time ends soon (%(due)s)"),
    ("legal", "red"): msg("%(number)s %(case)s: the legal time ended at %(due)s"),
}


def tell_light(act: Act, case: Case, draft: Draft, name: str, light: str) -> None:
    """A light turned yellow: tell who is asked; red: superiors and watchers too. 预警与督促。"""
    accounts = list_accounts(_list_open(draft))
    if light == "red":
        tell_overdue(act, case, draft.state, name)
        accounts += [*list_superiors(draft), *list_watchers(case)]
    due = datetime.fromisoformat(draft.state.clocks[name]["due_at"]).astimezone(CITY_ZONE)
    _tell(act, case, accounts, LIGHTS[name, light], LIMIT, due=f"{due:%Y-%m-%d %H:%M}")


def list_superiors(draft: Draft) -> list[str]:
    """Who hears of what is overdue: whom the type names, else who oversees it. 上级。"""
    if draft.type.escalates:
        return list_accounts(list(draft.world.find_holders(draft.type.escalates, draft.state)))
    return list_accounts([Holder(role=role) for role in sorted(draft.type.oversees)])
