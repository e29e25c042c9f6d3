"""Somebody is away and somebody stands in. 请假代理。"""

from __future__ import annotations

import logging
from datetime import date

from django.db.models import Q, Value
from django.db.models.functions import Coalesce, NullIf

from yiwang.kernel.base.act import SYSTEM, Act, Actor, Ref
from yiwang.kernel.base.clock import now, today
from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Absence, Task
from yiwang.kernel.workflow.types import OPEN, WAITING, TaskState

from .machine.draft import Draft
from .machine.handing import move
from .permissions import OVERSEE, USE
from .steps import close_step, open_step
from .world import absences_on_day

logger = logging.getLogger(__name__)
LONGEST_DAYS = 366


def set_absence(
    actor: Actor,
    *,
    account: str,
    agent: str,
    from_date: date,
    until_date: date,
    reason: str = "",
) -> Absence:
    """Say who stands in while an account is away; open tasks move at once. 设置代理。

    Oneself, or for others a holder of `workflow.cases.oversee`. `until_date` is the first day back.
    Both names stand on every task that moved. InvalidInput for a period or agent that cannot be.
    """
    on = Ref("workflow.absence", "", account)
    with acting(actor, "workflow.absence.set", on=on, reason=reason) as act:
        actor.require(USE if account == actor.id else OVERSEE)
        _check(account, agent, from_date, until_date)
        row = Absence.objects.create(
            account=account, agent=agent, from_date=from_date, until_date=until_date,
            reason=reason[:200], set_by=actor.id,
        )  # fmt: skip
        act.on = Ref("workflow.absence", row.pk, account)
        act.note(agent=agent, until=until_date.isoformat())
        if from_date <= today():
            act.note(moved=move_tasks(act, account))
    return row


def end_absence(actor: Actor, absence_id: str) -> None:
    """Somebody is back early; what was moved stays where it is. 结束代理。"""
    with acting(actor, "workflow.absence.end", on=Ref("workflow.absence", absence_id)):
        row = Absence.objects.filter(pk=absence_id, ended_at=None).first()
        if row is None:
            raise NotFound("workflow.absence.unknown", "There is no such absence")
        actor.require(USE if row.account == actor.id else OVERSEE)
        row.ended_at = now()
        row.save(update_fields=["ended_at"])


def list_absences(actor: Actor) -> list[Absence]:
    """One's own absences and those one stands in for, today and to come. 代理列表。"""
    rows = Absence.objects.filter(ended_at=None, until_date__gt=today()).order_by("from_date", "id")
    if not actor.may(OVERSEE):
        rows = rows.filter(Q(account=actor.id) | Q(agent=actor.id))
    return list(rows[:500])


def move_begun() -> int:
    """Move the open tasks of everybody whose absence has begun; how many. 到期转移。

    One act per person, so that one who cannot be moved holds up nobody.
    """
    accounts = [row.account for row in absences_on_day()]
    return sum(_begin(account) for account in dict.fromkeys(accounts))


def _begin(account: str) -> int:
    on = Ref("workflow.absence", "", account)
    try:
        with acting(SYSTEM, "workflow.absence.begin", on=on) as act:
            return move_tasks(act, account)
    except Exception:
        # The edge of a sweep: the others' tasks must not wait for this one's.
        logger.exception("the tasks of %s could not be handed on", account)
        return 0


def move_tasks(act: Act, account: str) -> int:
    """Give the open tasks of an account to who stands in; how many. 转移待办。"""
    open_ones = Task.objects.filter(account=account, status__in=(OPEN, WAITING))
    # Trees from their tops, as every act locks them, so that two sweeps never wait for each other.
    open_ones = open_ones.annotate(top=Coalesce(NullIf("case__root", Value("")), "case_id"))
    open_ones = open_ones.order_by("top", "case_id")
    moved = 0
    for case_id in dict.fromkeys(open_ones.values_list("case_id", flat=True)):
        step = open_step(act, case_id)
        for task in list(step.draft.state.tasks.values()):
            if task.holder.account == account and task.status in (OPEN, WAITING):
                moved += _move(step.draft, task)
        close_step(step)
    return moved


def _move(draft: Draft, task: TaskState) -> bool:
    """To who stands in, for the first who was absent; nobody is told of what stays with them."""
    to = draft.world.stand_in(task.holder)
    if to.account == task.holder.account:
        return False
    move(draft, task, task.holder, why="absence")
    return True


def _check(account: str, agent: str, from_date: date, until_date: date) -> None:
    if until_date <= max(from_date, today()) or (until_date - from_date).days > LONGEST_DAYS:
        raise InvalidInput(
            "workflow.absence.period", "The first day back must lie after the first day away"
        )
    found = identity.get_accounts([account, agent])
    if account == agent or account not in found or agent not in found or found[agent].locked_at:
        raise InvalidInput("workflow.absence.agent", "Name somebody else who can stand in")
