"""A slow second way to count, sharing nothing with the first: it walks from half-day to half-day.

Dates come from the notices as they stand in the package; nothing is numbered beforehand.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.calendar.vendor import vendor_years

NOON, CLOSE = time(12), time(17, 30)
ENDS = {"am": NOON, "pm": CLOSE}


def works(day: date) -> bool:
    plan = vendor_years().get(day.year)
    if plan and day in plan.days:
        return plan.days[day][0]
    return day.weekday() not in (5, 6)


def next_half(day: date, half: str) -> tuple[date, str]:
    """The half-day of any day, worked or not, that follows."""
    return (day, "pm") if half == "am" else (day + timedelta(days=1), "am")


def half_of(moment: datetime) -> tuple[date, str]:
    return moment.date(), "am" if moment.time() < NOON else "pm"


def walk_half_days(start: datetime, most: int):
    """(n, end) for 1 to `most` worked half-days after the one in which `start` lies."""
    day, half = half_of(start)
    seen = 0
    while seen < most:
        day, half = next_half(day, half)
        if works(day):
            seen += 1
            yield seen, datetime.combine(day, ENDS[half], CITY_ZONE)


def walk_limits(start: datetime, most: int):
    """(limit in working days, due) from 0.5 to `most`, as the rules say them."""
    halves = dict(walk_half_days(start, 2 * most))
    midnight = datetime.combine(start.date(), time(23, 59))
    whole = dict(walk_half_days(midnight, 2 * most))
    for number in range(1, 2 * most + 1):
        counted = halves if number % 2 else whole
        yield Decimal(number) / 2, counted[number]


def count_days(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`, one by one."""
    found = 0
    while start < end:
        start += timedelta(days=1)
        found += works(start)
    return found


def add_days(start: date, days: int) -> date:
    """The day loop that the table of working days replaced."""
    step = timedelta(days=1 if days > 0 else -1)
    left = abs(days)
    while left:
        start += step
        left -= works(start)
    return start


def end_of_natural_days(start: datetime, days: int) -> datetime:
    day = start.date()
    for _ in range(days):
        day += timedelta(days=1)
    while not works(day):
        day += timedelta(days=1)
    return datetime.combine(day, CLOSE, CITY_ZONE)


def is_open(moment: datetime) -> bool:
    """Whether the office is open in the minute that begins then."""
    clock = moment.time()
    return works(moment.date()) and (time(9) <= clock < NOON or time(13, 30) <= clock < CLOSE)


def end_of_office_minutes(start: datetime, minutes: int) -> datetime:
    """Minute by minute."""
    while minutes:
        minutes -= is_open(start)
        start += timedelta(minutes=1)
    return start
