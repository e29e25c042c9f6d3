"""Lights that change by themselves, and deadlines that a notice moves. 亮灯与重算。"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from yiwang.kernel.base.act import SYSTEM, Act, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.calendar.services import load_calendar
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.workflow.models import Case

from . import store
from .machine import clocks
from .machine.chasing import chase
from .steps import Step, close_step, open_step
from .telling import tell_light

logger = logging.getLogger(__name__)
AT_ONCE = 500


def tick_due(limit: int = AT_ONCE) -> int:
    """Tell of every light that has changed by now, the longest past first; how many cases. 亮灯。

    One act per case, so that one that fails holds up no other; what was missed while no worker ran
    is told when one runs again.
    """
    due = Case.objects.filter(tick_at__lte=now()).order_by("tick_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(_each(case_id, "workflow.case.tick", _tick) for case_id in ids)


def recalculate_open(reason: str) -> int:
    """Count the deadlines of all open cases anew; how many moved or became certain. 重算在办期限。"""
    moved, calendar = 0, load_calendar()
    for case_id in _open_ids():
        # A look beforehand, so that a case whose deadline stays leaves no act behind.
        if _would_move(case_id, calendar):
            moved += _each(case_id, "workflow.case.recalculate", _recalculate, reason)
    return moved


def _would_move(case_id: str, calendar: WorkCalendar) -> bool:
    case = Case.objects.filter(pk=case_id).first()
    return case is not None and clocks.is_recounted(store.load_state(case), calendar)


def _open_ids() -> Iterator[str]:
    """Open cases with a deadline, by key, a page at a time."""
    after = ""
    while page := list(
        Case.objects.filter(pk__gt=after, closed_at=None)
        .exclude(due_at=None, node_due_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)[:AT_ONCE]
    ):
        yield from page
        after = page[-1]


def _each(case_id: str, verb: str, work: Callable[[Act, Step], bool], reason: str = "") -> bool:
    try:
        with acting(SYSTEM, verb, on=Ref("workflow.case", case_id), reason=reason) as act:
            step = open_step(act, case_id)
            act.on = Ref("workflow.case", case_id, step.case.number)
            done = work(act, step)
            close_step(step)
        return done
    except NotFound:
        return False
    except Exception:
        # The edge of a sweep: a case that cannot be moved must not keep the others waiting.
        logger.exception("%s failed for case %s", verb, case_id)
        return False


def _tick(act: Act, step: Step) -> bool:
    lit = clocks.tick(step.draft)
    for name, light in lit:
        tell_light(act, step.case, step.draft, name, light)
    return chase(step.draft) or bool(lit)


def _recalculate(act: Act, step: Step) -> bool:
    del act
    return clocks.recalculate(step.draft)
