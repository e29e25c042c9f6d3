"""Counting working days. 工作日计算。"""

from __future__ import annotations

from datetime import date

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.calendar.types import Day, Deadline, WorkCalendar

from .years import load_calendar

FARTHEST_DAYS = 3660


def describe_day(day: date) -> Day:
    """What a day is, and whether that is only provisional. 查询某日。"""
    return load_calendar().describe(day)


def is_workday(day: date, *, calendar: WorkCalendar | None = None) -> bool:
    """Whether offices work on that day. 是否工作日。 Weekends only where no notice is known."""
    return (calendar or load_calendar()).describe(day).workday


def add_workdays(start: date, days: int, *, calendar: WorkCalendar | None = None) -> Deadline:
    """The day that many working days after (or, below zero, before) `start`. 加工作日。

    The day of the start is not counted, as in civil procedure; zero gives the start itself.
    InvalidInput `calendar.days.too_many` beyond ten years.
    """
    calendar = calendar or load_calendar()
    _check_count(abs(days))
    end = start
    if days:
        # Before a day off, the last working day up to it is the first one back.
        back = days < 0 and not calendar.table.works(start)
        end = calendar.table.step(start, days + back)
    return Deadline(end, provisional=not calendar.knows(start, end))


def count_workdays(start: date, end: date, *, calendar: WorkCalendar | None = None) -> int:
    """Working days after `start` up to and with `end`; below zero when `end` is before. 数工作日。"""
    if end < start:
        return -count_workdays(end, start, calendar=calendar)
    calendar = calendar or load_calendar()
    _check_count((end - start).days)
    return calendar.table.between(start, end)


def _check_count(days: int) -> None:
    if days > FARTHEST_DAYS:
        raise InvalidInput("calendar.days.too_many", "At most ten years of days can be counted")
