"""When a limit ends, and what is left of it. 期限计算。

Moments are aware; days, half-days and office hours are those of the city. A working day has two
half-days, the first of which ends with the office's morning. They are numbered from a day of
reference: 0 ends the last working day up to it, 1 is the next morning, -1 the morning before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.calendar.types import (
    FINEST,
    MICROSECONDS,
    DueMoment,
    Limit,
    WorkCalendar,
    Yellow,
)

from .reading import describe_limit

LAST_MINUTE = time(23, 59)
MICROSECOND, DAY = timedelta(microseconds=1), timedelta(days=1)


def due_after(start: datetime, limit: Limit, calendar: WorkCalendar) -> DueMoment:
    """When a limit that begins at `start` ends, in the city's time. 计算到期时刻。

    The day (of half-days, the half-day) of the start is not counted. Days end when the office
    closes; natural days that would end on a day off end on the next working day. With nothing
    left, the day (half-day) of the start is the last one, or the next that ends after it.
    InvalidInput `calendar.day.far` where it leads out of the calendar.
    """
    began = _city(start)
    if limit.unit == "workday":
        due = _end_of_half_days(began, limit, calendar)
        return _due(due, calendar, since=began.date())
    if limit.unit == "day":
        nominal = began.date() + timedelta(days=int(limit.amount))
        return _due(_end_of_days(began, nominal, calendar), calendar, since=nominal)
    if limit.unit == "workhour":
        due = _end_of_office_time(began, limit.span, calendar)
        return _due(due, calendar, since=began.date())
    return DueMoment((start.astimezone(UTC) + limit.span).astimezone(CITY_ZONE))


def left_of(at: datetime, start: datetime, limit: Limit, calendar: WorkCalendar) -> Limit:
    """What is left at `at` of a limit that began at `start`, in its own unit. 剩余期限。

    `due_after(at, left)` is the moment due as before, so a clock resumed in the (half-)day in
    which it was paused is due as if nothing had been. Never below zero.
    """
    began, until = _city(start), _city(at)
    if limit.unit == "hour":
        return _keep_hours(limit, at.astimezone(UTC) - start.astimezone(UTC))
    if limit.unit == "workhour":
        return _keep_hours(limit, _office_time_between(began, until, calendar))
    if limit.unit == "day":
        used = Decimal((until.date() - began.date()).days)
    else:
        used = Decimal(_half_days_between(began, until, limit, calendar)) / 2
    amount = min(max(limit.amount - used, Decimal(0)), limit.amount)
    return Limit(amount, limit.unit, limit.halves)


def moment_before(due: datetime, limit: Limit, calendar: WorkCalendar) -> datetime:
    """The moment from which that much is left until `due`. 倒推时刻。

    Working days are counted back in half-days and give the end of one; natural days and hours
    go by the wall clock.
    """
    end = _city(due)
    if limit.unit == "workday":
        noon = calendar.hours_on(end.date()).morning_until
        morning = end.time() <= noon and calendar.table.works(end.date())
        found = _end_of_half(end.date(), -limit.half_days - morning, calendar)
    elif limit.unit == "day":
        found = end - timedelta(days=int(limit.amount))
    elif limit.unit == "workhour":
        found = _office_time_before(end, limit.span, calendar)
    else:
        return (due.astimezone(UTC) - limit.span).astimezone(CITY_ZONE)
    return found.replace(tzinfo=CITY_ZONE)


def yellow_moment(due: datetime, limit: Limit, yellow: Yellow, calendar: WorkCalendar) -> datetime:
    """When a limit that ends at `due` turns yellow. 亮黄灯时刻。

    A share is what is used of the limit; the rest is rounded up, to half-days or whole natural
    days, so that the light is early rather than late.
    """
    if isinstance(yellow, Limit):
        return moment_before(due, yellow, calendar)
    rest = limit.amount * (1 - yellow)
    step = {"workday": Decimal(2), "day": Decimal(1)}.get(limit.unit, 1 / FINEST)
    amount = (rest * step).to_integral_value(ROUND_CEILING) / step
    return moment_before(due, Limit(amount, limit.unit), calendar)


def check_promise(promised: Limit, legal: Limit, calendar: WorkCalendar) -> None:
    """Refuse a promised limit that may end after the legal one. 核对承诺时限不长于法定时限。

    Limits in different units are compared from every day of the newest three years known.
    InvalidInput `calendar.limit.promise` names the first day from which it ends later.
    """
    if promised.unit == legal.unit and promised.amount <= legal.amount:
        return
    for start in _starts(calendar):
        if due_after(start, promised, calendar).at > due_after(start, legal, calendar).at:
            raise InvalidInput(
                "calendar.limit.promise",
                "Promised are %(promised)s, which from %(day)s ends after the legal %(legal)s",
                promised=describe_limit(promised),
                legal=describe_limit(legal),
                day=start.date().isoformat(),
            )


def _starts(calendar: WorkCalendar) -> Iterator[datetime]:
    for year in sorted(calendar.years)[-3:]:
        for offset in range(366):
            day = date(year, 1, 1) + timedelta(days=offset)
            hours = calendar.hours_on(day)
            for moment in (hours.morning_from, hours.afternoon_from, LAST_MINUTE):
                yield datetime.combine(day, moment, CITY_ZONE)


def _city(moment: datetime) -> datetime:
    """The moment as the clocks of the city show it, without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(CITY_ZONE).replace(tzinfo=None)


def _due(at: datetime, calendar: WorkCalendar, *, since: date) -> DueMoment:
    return DueMoment(at.replace(tzinfo=CITY_ZONE), not calendar.knows(since, at.date()))


def _end_of_half(day: date, number: int, calendar: WorkCalendar) -> datetime:
    found = calendar.table.step(day, (number + 1) // 2)
    hours = calendar.hours_on(found)
    return datetime.combine(found, hours.morning_until if number % 2 else hours.afternoon_until)


def _place(moment: datetime, calendar: WorkCalendar) -> int:
    """-1 in the first half of a working day, else 0: the half-day that began last."""
    morning = moment.time() < calendar.hours_on(moment.date()).morning_until
    return -1 if morning and calendar.table.works(moment.date()) else 0


def _end_of_half_days(start: datetime, limit: Limit, calendar: WorkCalendar) -> datetime:
    grain = 1 if limit.halves else 2
    number = limit.half_days + (_place(start, calendar) if limit.halves else 0)
    due = _end_of_half(start.date(), number, calendar)
    # Only with nothing left can the half-day of the start be the last one, and be over.
    return due if due > start else _end_of_half(start.date(), number + grain, calendar)


def _half_days_between(start: datetime, end: datetime, limit: Limit, calendar: WorkCalendar) -> int:
    whole = 2 * calendar.table.between(start.date(), end.date())
    if not limit.halves:
        return whole
    return whole + _place(end, calendar) - _place(start, calendar)


def _end_of_days(start: datetime, nominal: date, calendar: WorkCalendar) -> datetime:
    last = nominal if calendar.table.works(nominal) else calendar.table.step(nominal, 1)
    due = datetime.combine(last, calendar.hours_on(last).afternoon_until)
    return due if due > start else _end_of_half(last, 2, calendar)


def _keep_hours(limit: Limit, used: timedelta) -> Limit:
    # From microseconds each time, so that the rounding of hours never adds up.
    left = min(max(limit.span - used, timedelta(0)), limit.span)
    return Limit((Decimal(left // MICROSECOND) / MICROSECONDS).quantize(FINEST), limit.unit)


def _open_parts(day: date, calendar: WorkCalendar) -> Iterator[tuple[datetime, datetime]]:
    for opens, closes in calendar.hours_on(day).parts:
        yield datetime.combine(day, opens), datetime.combine(day, closes)


def _end_of_office_time(start: datetime, left: timedelta, calendar: WorkCalendar) -> datetime:
    table = calendar.table
    day = start.date() if table.works(start.date()) else table.step(start.date(), 1)
    while True:
        for opens, closes in _open_parts(day, calendar):
            begin = max(start, opens)
            if left <= closes - begin:
                return begin + left
            left -= max(closes - begin, timedelta(0))
        day = table.step(day, 1)


def _office_time_before(end: datetime, left: timedelta, calendar: WorkCalendar) -> datetime:
    table = calendar.table
    day = table.step(end.date(), 0)
    while True:
        for opens, closes in reversed(list(_open_parts(day, calendar))):
            until = min(end, closes)
            if left <= until - opens:
                return until - left
            left -= max(until - opens, timedelta(0))
        day = table.step(day - DAY, 0)


def office_time_between(start: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    """How long offices were open between two moments. 工作时长。"""
    return _office_time_between(_city(start), _city(end), calendar)


def _office_time_between(start: datetime, end: datetime, calendar: WorkCalendar) -> timedelta:
    total, table = timedelta(0), calendar.table
    day = start.date() if table.works(start.date()) else table.step(start.date(), 1)
    while day <= end.date():
        for opens, closes in _open_parts(day, calendar):
            total += max(min(end, closes) - max(start, opens), timedelta(0))
        day = table.step(day, 1)
    return total
