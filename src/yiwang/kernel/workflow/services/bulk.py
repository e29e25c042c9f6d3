"""One thing done to several tasks or cases. 批量办理。

Each is an act of its own with its own transaction: what one is refused holds up no other. What came
of each is kept under the key that the form drew, so that a form sent twice acts once and shows the
same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound, YiwangError
from yiwang.kernel.workflow.models import BulkLine, BulkRun, Case, Task
from yiwang.kernel.workflow.types import (
    ASIDE,
    OPEN,
    REQUESTS,
    SUPPLEMENT,
    Action,
    CaseType,
    Holder,
    Node,
)

from .filling import check_text
from .overseeing import urge
from .permissions import USE
from .publishing import get_type
from .sight import find_visible
from .starting import KEY_AT_MOST
from .working import act_on_task, delegate_task, transfer_task
from .world import person_of

CHOSEN_AT_MOST = 200
KEEP = timedelta(days=30)
Do = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A task or a case that was chosen, with what people know it by. 所选事项。"""

    id: str
    case_id: str
    number: str
    title: str


@dataclass(slots=True)
class BulkGroup:
    """Chosen tasks of one kind at one step: what can be decided about all of them at once. 同类事项。

    `aside` are tasks that ask for an answer only; `needs` says that to agree something must be
    filled in, which is done one by one.
    """

    type: CaseType
    node: Node
    aside: bool
    tasks: list[Chosen] = field(default_factory=list)

    @property
    def needs(self) -> bool:
        """Whether agreeing asks for fields. 同意需填报。"""
        return bool(self.node.needs) and not self.aside

    @property
    def actions(self) -> list[Action]:
        """What can be decided without filling anything in. 可批量动作。"""
        if self.aside:
            return []
        return [
            one for key, one in self.node.actions.items()
            if not (self.needs and key == self.node.positive)
        ]  # fmt: skip


def group_tasks(actor: Actor, task_ids: Sequence[str]) -> list[BulkGroup]:
    """Those of some tasks that wait for the actor, by kind and step; others left out. 待办分组。"""
    actor.require(USE)
    person = person_of(actor)
    rows = Task.objects.filter(pk__in=task_ids[:CHOSEN_AT_MOST], status=OPEN)
    groups: dict[tuple[str, str, bool], BulkGroup] = {}
    for row in rows.exclude(kind__in={SUPPLEMENT, *REQUESTS}).select_related("case").order_by("id"):
        holder = Holder(row.account, row.role, row.organization, apart=row.apart)
        case_type = get_type(row.case.type_id)
        if not person.is_asked(holder) or row.node not in case_type.nodes:
            continue
        aside = row.kind in ASIDE
        group = BulkGroup(case_type, case_type.nodes[row.node], aside)
        found = groups.setdefault((row.case.type_id, row.node, aside), group)
        found.tasks.append(Chosen(row.pk, row.case_id, row.case.number, row.case.title))
    return sorted(groups.values(), key=lambda one: -len(one.tasks))


def list_urgeable(actor: Actor, case_ids: Sequence[str]) -> list[Chosen]:
    """Those of some cases that are in hand and that the actor may read. 可催办流程。"""
    actor.require(USE)
    seen = find_visible(actor, case_ids[:CHOSEN_AT_MOST])
    rows = Case.objects.filter(pk__in=seen, closed_at=None).only("id", "number", "title")
    return [Chosen(row.pk, row.pk, row.number, row.title) for row in rows.order_by("id")]


def list_open_tasks(actor: Actor, case_ids: Sequence[str]) -> list[str]:
    """Open tasks of some cases, the oldest first, whoever they are for. 未办任务。

    For `group_tasks`, which leaves out those that are not the actor's.
    """
    actor.require(USE)
    rows = Task.objects.filter(case__in=case_ids, status=OPEN).order_by("id")
    return list(rows.values_list("pk", flat=True)[:CHOSEN_AT_MOST])


def decide_tasks(
    actor: Actor,
    task_ids: Sequence[str],
    action: str,
    *,
    opinion: str = "",
    key: str,
    data: Mapping[str, Any] | None = None,
) -> BulkRun:
    """One decision with one opinion on several tasks of one kind at one step. 批量办理。

    `data` are fields of the case that are filled in the same in each.
    """
    steps = dict(Task.objects.filter(pk__in=task_ids).values_list("pk", "node"))
    kinds = dict(Task.objects.filter(pk__in=task_ids).values_list("pk", "case__type_id"))
    first = next((one for one in task_ids if one in steps), "")

    def decide(task_id: str) -> None:
        same = (steps.get(task_id), kinds.get(task_id)) == (steps.get(first), kinds.get(first))
        if task_id in steps and not same:
            raise Conflict(
                "workflow.bulk.other_step", "This one is of another kind, or at another step"
            )
        act_on_task(actor, task_id, action, opinion=opinion, data=data)

    return _run(actor, "decide", task_ids, decide, key)


def transfer_tasks(
    actor: Actor, task_ids: Sequence[str], to: str, *, reason: str, key: str
) -> BulkRun:
    """转办 several tasks to one person. 批量转办。"""
    return _run(
        actor, "transfer", task_ids, lambda one: transfer_task(actor, one, to, reason=reason), key
    )


def delegate_tasks(
    actor: Actor, task_ids: Sequence[str], to: str, *, reason: str = "", key: str
) -> BulkRun:
    """委派 several tasks to one person, who prepares them. 批量委派。"""
    return _run(
        actor, "delegate", task_ids, lambda one: delegate_task(actor, one, to, reason=reason), key
    )


def urge_cases(actor: Actor, case_ids: Sequence[str], *, note: str = "", key: str) -> BulkRun:
    """催办 several cases. 批量催办。"""
    return _run(actor, "urge", case_ids, lambda one: urge(actor, one, note=note), key)


def _run(actor: Actor, verb: str, subjects: Sequence[str], do: Do, key: str) -> BulkRun:
    actor.require(USE)
    chosen = list(dict.fromkeys(subjects))
    if not 0 < len(chosen) <= CHOSEN_AT_MOST:
        raise InvalidInput(
            "workflow.bulk.count", "Choose from one to %(most)s lines", most=CHOSEN_AT_MOST
        )
    if not check_text(key, most=KEY_AT_MOST):
        raise InvalidInput("workflow.bulk.key", "The form has lost its key; open it again")
    run = BulkRun(account=actor.id, key=key, verb=verb, asked=chosen, at=now())
    BulkRun.objects.bulk_create([run], ignore_conflicts=True)
    kept = BulkRun.objects.get(account=actor.id, key=key)
    if kept.pk == run.pk:
        for subject in chosen:
            _try(kept, subject, do)
        BulkRun.objects.filter(pk=kept.pk).update(ended_at=now())
    return kept


def _try(run: BulkRun, subject: str, do: Do) -> None:
    line = BulkLine(run=run, subject=subject)
    try:
        do(subject)
    except YiwangError as error:
        line.code, line.message = error.code, error.message
        line.extra = json.loads(json.dumps(error.extra, default=str))
    line.save(force_insert=True)


@dataclass(frozen=True, slots=True)
class BulkResult:
    """A run with its lines, and what people know the chosen things by. 批量办理结果。"""

    run: BulkRun
    lines: dict[str, BulkLine]
    chosen: dict[str, Chosen]


def get_bulk_result(actor: Actor, run_id: str) -> BulkResult:
    """What came of one's own run; NotFound. 批量办理结果。"""
    actor.require(USE)
    run = BulkRun.objects.filter(pk=run_id, account=actor.id).first()
    if run is None:
        raise NotFound("workflow.bulk.unknown", "There is no such result")
    lines = {one.subject: one for one in BulkLine.objects.filter(run=run)}
    return BulkResult(run, lines, _know(actor, run))


def _know(actor: Actor, run: BulkRun) -> dict[str, Chosen]:
    """Numbers and titles of what was chosen, where the actor may read the case."""
    of = {one: one for one in run.asked}
    if run.verb != "urge":
        of = dict(Task.objects.filter(pk__in=run.asked).values_list("pk", "case_id"))
    seen = find_visible(actor, of.values())
    cases = Case.objects.only("id", "number", "title").in_bulk(list(seen))
    return {
        subject: Chosen(subject, case_id, cases[case_id].number, cases[case_id].title)
        for subject, case_id in of.items()
        if case_id in cases
    }


def forget_old_runs() -> int:
    """Drop results after 30 days: the ledger and the cases' logs keep what was done. 清理批量结果。"""
    return BulkRun.objects.filter(at__lt=now() - KEEP).delete()[0]
