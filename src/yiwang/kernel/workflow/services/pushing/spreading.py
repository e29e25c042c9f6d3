"""Opening the cases of a push, and taking back those that nobody answered. 逐批下发与收回。

A few targets make one transaction: the worker may die between any two of them, and what was
committed is not done again. The state of a target says whether its case was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import QuerySet

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Push, PushTarget
from yiwang.kernel.workflow.services.machine import pausing
from yiwang.kernel.workflow.services.publishing import find_newest, get_type
from yiwang.kernel.workflow.services.steps import close_step, open_case, open_step

BATCH = 10
OVER = "下发事项已结束，不再需要"
Report = Callable[[int, int], None]
Work = Callable[[Act, Push, Sequence[PushTarget]], None]


def spread_push(push_id: str, report: Report) -> int:
    """Open the cases that are not open yet, the first asked first; how many. 逐批下发。"""
    push = Push.objects.select_related("case").get(pk=push_id)
    waiting = PushTarget.objects.filter(push=push, state=PushTarget.WAITING).order_by("pk")
    # A second worker, if there ever is one, passes over what this one has in hand.
    locked = waiting.select_for_update(skip_locked=True)
    opened = 0
    while push.ended_at is None and (part := _batch(push, locked, "workflow.push.send", _send)):
        opened += part
        report(push.total - waiting.count(), push.total)
        push.refresh_from_db()
    if push.ended_at is None:
        Push.objects.filter(pk=push.pk, spread_at=None).update(spread_at=now())
    return opened


def end_push(push_id: str, report: Report) -> int:
    """Take back what nobody has answered; how many. 收回未办。"""
    push = Push.objects.select_related("case").get(pk=push_id)
    open_ones = PushTarget.objects.filter(push=push, state__in=PushTarget.OPEN).order_by("pk")
    ended, total = 0, open_ones.count()
    while part := _batch(push, open_ones, "workflow.push.end", _withdraw):
        ended += part
        report(ended, total)
    return ended


def _batch(push: Push, rows: QuerySet[PushTarget], verb: str, work: Work) -> int:
    """One transaction: the next few, all of them or none."""
    with transaction.atomic():
        part = list(rows[:BATCH])
        if part:
            on = Ref("workflow.case", push.case.pk, push.case.number)
            with acting(SYSTEM, verb, on=on) as act:
                work(act, push, part)
                act.note(targets=len(part))
    return len(part)


def _send(act: Act, push: Push, part: Sequence[PushTarget]) -> None:
    rule = get_type(push.case.type_id).nodes[push.node].push
    if rule is None:
        return
    type_id, case_type = find_newest(rule.type)
    told = {into: push.case.data.get(key) for into, key in rule.data.items()}
    for target in part:
        data = {**told, rule.into: target.organization} if rule.into else told
        known = {key: value for key, value in data.items() if key in case_type.fields}
        case = open_case(
            act, type_id, case_type, known, title=push.case.title, starter=push.case.starter,
            organization=target.organization, target=target.pk,
        )  # fmt: skip
        target.case, target.state = case.pk, PushTarget.SENT
        target.sent_at = target.changed_at = act.at
    PushTarget.objects.bulk_update(part, ["case", "state", "sent_at", "changed_at"])


def _withdraw(act: Act, push: Push, part: Sequence[PushTarget]) -> None:
    """Cases are locked before their targets, as whoever answers at this moment does."""
    del push
    unsent = [one.pk for one in part if not one.case]
    PushTarget.objects.filter(pk__in=unsent, state=PushTarget.WAITING).update(
        state=PushTarget.DROPPED, changed_at=act.at
    )
    for target in part:
        if not target.case:
            continue
        step = open_step(act, target.case)
        if step.draft.state.live:
            pausing.terminate(step.draft, reason=OVER)
            close_step(step)
