"""Urging all who are late in one act. 催办未报。"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, NotPermitted
from yiwang.kernel.jobs.services import enqueue
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import PushTarget
from yiwang.kernel.workflow.services.permissions import oversees
from yiwang.kernel.workflow.services.publishing import get_type
from yiwang.kernel.workflow.services.steps import close_step, open_step
from yiwang.kernel.workflow.types import RUNNING

from .counting import Completion, find_push, late_ones, targets_of
from .spreading import BATCH, Report

REMIND = "workflow.push_remind"
AGAIN = timedelta(hours=1)


def may_remind(actor: Actor, found: Completion) -> bool:
    """Who started it, who oversees it, and stewards for those below them. 可否催办。"""
    if found.case.starter == actor.id:
        return True
    if oversees(actor, get_type(found.case.type_id), found.case.organization):
        return True
    return "steward" in actor.roles and found.under in actor.organizations


def remind_late(actor: Actor, found: Completion, *, everybody: bool = False) -> int:
    """Urge whoever is late, or everybody without an answer; how many will be. 一键催办。

    A worker does it, a few at a time; who was urged within the last hour is left in peace.
    Conflict where there is nobody to urge.
    """
    on = Ref("workflow.case", found.case.pk, found.case.number)
    with acting(actor, "workflow.push.remind", on=on) as act:
        if not may_remind(actor, found):
            raise NotPermitted(
                "workflow.case.not_yours", "Only who oversees such cases may do this"
            )
        wanted = targets_of(actor, found.push.pk, found.under).filter(_wanted(everybody=everybody))
        count = wanted.count()
        if not count:
            raise Conflict(
                "workflow.push.nobody_late", "There is nobody to urge, or they were just urged"
            )
        args = {"push": found.push.pk, "under": found.under, "everybody": everybody}
        key = f"{REMIND}:{found.push.pk}:{found.under}:{everybody:d}"
        enqueue(act, REMIND, args, on=on, unique_key=key)
        act.note(targets=count, under=found.under)
    return count


def _wanted(*, everybody: bool) -> Q:
    # Who handed it on waits for others, who are urged themselves.
    who = Q(state__in=(PushTarget.SENT, PushTarget.SEEN), passed=False)
    due = Q() if everybody else late_ones()
    return who & due & (Q(urged_at=None) | Q(urged_at__lt=now() - AGAIN))


def urge_targets(
    actor: Actor, push_id: str, under: str, report: Report, *, everybody: bool = False
) -> int:
    """Urge them, a few in one transaction; how many. 逐批催办。"""
    push, _ = find_push(actor, push_id)
    on = Ref("workflow.case", push.case.pk, push.case.number)
    urged, after = 0, ""
    while True:
        rows = targets_of(actor, push_id, under).filter(_wanted(everybody=everybody), pk__gt=after)
        with transaction.atomic():
            part = list(rows.order_by("pk")[:BATCH])
            if part:
                with acting(actor, "workflow.push.urge", on=on) as act:
                    urged += _urge(act, part)
        if not part:
            return urged
        after = part[-1].pk
        report(urged, urged + rows.count())


def _urge(act: Act, part: Sequence[PushTarget]) -> int:
    done = []
    for target in part:
        step = open_step(act, target.case)
        if step.draft.state.status == RUNNING:
            step.draft.say("urged", by=act.actor.id)
            close_step(step)
            done.append(target.pk)
    PushTarget.objects.filter(pk__in=done).update(urged_at=act.at)
    return len(done)
