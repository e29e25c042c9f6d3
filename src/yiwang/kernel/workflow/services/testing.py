"""What a test of an app asks about cases. 用例查询。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.workflow.models import Case, CaseEntry, Push, PushTarget, Task

from .attachments import CURRENT, list_attachments
from .machine.draft import Draft
from .machine.requesting import split_it
from .publishing import get_type
from .pushing.spreading import spread_push
from .reading import describe_case
from .store import load_state
from .world import City, person_of


def find_task_for(actor: Actor, case_id: str) -> str:
    """The open task of a case, else of a part of it, that the actor may take; '' without one. 可办任务。

    Their own come first.
    """
    person = person_of(actor)
    posts = Q(account="", role__in=person.roles, organization__in=[*person.organizations, ""])
    rows = Task.objects.filter(status="open").filter(Q(account=actor.id) | posts)
    for here in (Q(case_id=case_id), Q(case__root=case_id)):
        found = rows.filter(here).order_by("-account", "id").values_list("pk", flat=True).first()
        if found:
            return found
    return ""


def find_split_by(actor: Actor, case_id: str) -> str:
    """The case, else a part of it, that the actor split and whose parts run; '' without one. 已分办流程。"""
    rows = Case.objects.filter(Q(pk=case_id) | Q(root=case_id), closed_at=None).order_by("id")
    for row in rows:
        draft = Draft(
            get_type(row.type_id), load_state(row), person_of(actor), City(now(), actor.id)
        )
        if split_it(draft):
            return row.pk
    return ""


def describe_for_test(case_id: str) -> dict[str, Any]:
    """Where a case stands, how it ended, whom it asks. 流程现状。"""
    case = Case.objects.get(pk=case_id)
    entries = CaseEntry.objects.filter(case=case).order_by("seq")
    asks = Task.objects.filter(case=case, status="open").exclude(account="")
    return {
        "at": case.node,
        "ended": case.outcome,
        "files": sum(one.status == CURRENT for one in list_attachments(entries)),
        "asks": set(asks.values_list("account", flat=True)),
    }


def tell_sight(actor: Actor, case_id: str, claim: Mapping[str, Any]) -> str:
    """What of a case somebody sees otherwise than `values`, `masked` and `hidden` say; '' where not. 可见性差异。"""
    view = describe_case(actor, case_id)
    for look in ("masked", "hidden"):
        other = [key for key in claim.get(look, ()) if view.looks.fields.get(key) != look]
        if other:
            return f"not {look}: {', '.join(other)}"
    seen = {key: view.state.data.get(key) for key in claim.get("values", {})}
    return "" if seen == claim.get("values", {}) else f"{actor.id} sees {seen}"


def spread_for_test(case_id: str) -> None:
    """Do now what a worker would: open the cases that a case sends, to the last level. 立即下发。"""
    pushes = list(Push.objects.filter(case_id=case_id).values_list("pk", flat=True))
    for push in pushes:
        spread_push(push, lambda *_: None)
    for target in PushTarget.objects.filter(push__in=pushes).exclude(case=""):
        spread_for_test(target.case)


def find_sent(case_id: str, organization: str) -> tuple[str, str] | None:
    """Type and id of the case that a case, or one that it sent, sent to an organization. 下发子流程。"""
    roots = Push.objects.filter(case_id=case_id).values("root")
    rows = PushTarget.objects.filter(root__in=roots, organization=organization).exclude(case="")
    cases = Case.objects.filter(pk__in=rows.values("case"))
    return cases.order_by("pk").values_list("code", "pk").first()


def count_sent(case_id: str) -> dict[str, int]:
    """How many a case asks, and how many have answered. 下发计数。"""
    roots = Push.objects.filter(case_id=case_id).values("root")
    rows = PushTarget.objects.filter(root__in=roots, passed=False)
    return {"asked": rows.count(), "done": rows.filter(state=PushTarget.DONE).count()}
