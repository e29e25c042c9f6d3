"""When tables are read, and when a reading is late. 计划与迟到。"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.nets.share.sources.models import SourceTable
from yiwang.nets.share.sources.types import GRACE, Cycle

DEFAULT_AT = time(2, 0)
MONDAY = 0


def next_time(table: SourceTable, after: datetime) -> datetime | None:
    """When a table is due next, within its hours; None where nobody planned it. 下次读取时间。"""
    due = next_of_cycle(table.cycle, after, table.at or DEFAULT_AT)
    return into_window(table, due) if due else None


def next_of_cycle(cycle: str, after: datetime, at: time = DEFAULT_AT) -> datetime | None:
    """When a cycle comes round next; None where it never does. 周期下次时间。"""
    if cycle == Cycle.MANUAL:
        return None
    if cycle == Cycle.HOURLY:
        return after + timedelta(hours=1)
    local = after.astimezone(CITY_ZONE)
    due = datetime.combine(local.date(), at, CITY_ZONE)
    if due <= local:
        due += timedelta(days=1)
    while not _is_day(cycle, due):
        due += timedelta(days=1)
    return due


def _is_day(cycle: str, due: datetime) -> bool:
    if cycle == Cycle.WEEKLY:
        return due.weekday() == MONDAY
    return cycle != Cycle.MONTHLY or due.day == 1


def is_open(table: SourceTable, moment: datetime) -> bool:
    """Whether the source may be read now. 是否在允许时段。"""
    if table.opens is None or table.closes is None:
        return True
    at = moment.astimezone(CITY_ZONE).time()
    if table.opens < table.closes:
        return table.opens <= at < table.closes
    return at >= table.opens or at < table.closes


def into_window(table: SourceTable, moment: datetime) -> datetime:
    """The moment itself, or the next one at which reading may begin. 移入允许时段。"""
    if table.opens is None or is_open(table, moment):
        return moment
    local = moment.astimezone(CITY_ZONE)
    opening = datetime.combine(local.date(), table.opens, CITY_ZONE)
    return opening if opening > local else opening + timedelta(days=1)


def is_late(table: SourceTable, moment: datetime) -> bool:
    """Whether the last good reading is older than the cycle promises. 是否迟到。

    A table that was never read counts from when it was entered. Hours in which nothing may be read
    do not excuse: whoever sets them chooses a cycle that fits.
    """
    return is_overdue(table.cycle, table.good_at or table.created_at, moment)


def is_overdue(cycle: str, since: datetime, moment: datetime) -> bool:
    """Whether more time has passed than a cycle and its grace. 是否超期。"""
    grace = GRACE.get(cycle)
    return grace is not None and moment - since > grace
