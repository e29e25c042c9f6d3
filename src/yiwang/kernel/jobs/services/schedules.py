"""Work that recurs, one run each time however many workers there are. 定时计划。"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.clock import CITY_ZONE, now
from yiwang.kernel.jobs.models import ScheduleRow
from yiwang.kernel.jobs.types import SCHEDULES, Schedule

from .queue import put


def run_schedules() -> list[str]:
    """Queue what is due; gives the kinds queued by this call. 触发到期计划。

    Whoever moves the row on owns that run: the update names the time it read, so of several workers
    only one changes a row.
    """
    moment = now()
    planned = dict(ScheduleRow.objects.values_list("kind", "next_run_at"))
    return [
        plan.kind
        for plan in SCHEDULES.values()
        if _is_due(plan, planned.get(plan.kind), moment)
        and _run_once(plan, planned[plan.kind], moment)
    ]


def next_run(plan: Schedule, after: datetime) -> datetime:
    """When a schedule is due next after a moment. 下次时间。"""
    if plan.every:
        return after + plan.every
    local = after.astimezone(CITY_ZONE)
    due = datetime.combine(local.date(), plan.daily_at, CITY_ZONE)  # type: ignore[arg-type]
    return due if due > local else due + timedelta(days=1)


def _is_due(plan: Schedule, planned: datetime | None, moment: datetime) -> bool:
    if planned is None:
        first = ScheduleRow(kind=plan.kind, next_run_at=next_run(plan, moment))
        ScheduleRow.objects.bulk_create([first], ignore_conflicts=True)
        return False
    return planned <= moment


def _run_once(plan: Schedule, planned: datetime, moment: datetime) -> bool:
    with transaction.atomic():
        row = ScheduleRow.objects.filter(kind=plan.kind, next_run_at=planned)
        if not row.update(next_run_at=next_run(plan, moment)):
            return False
        put(plan.kind, {}, actor_id=SYSTEM.id, unique_key=f"schedule:{plan.kind}")
    return True
