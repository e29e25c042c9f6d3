"""Working days in order, found by their number instead of by walking. 工作日序表。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.base.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 2200
Plans = Mapping[int, Mapping[date, tuple[bool, str]]]


@dataclass(frozen=True, slots=True)
class Span:
    """Whole years: `days` are their working days, `counts` how many had come by each day. 年段。

    Days are ordinals; `counts` begins with the first of January of `first_year`.
    """

    first_year: int
    last_year: int
    start: int
    days: list[int]
    counts: list[int]


class DayTable:
    """The working days of a calendar; years are counted when somebody first asks. 工作日序表。

    A span is never changed but replaced by a longer one, so threads may share a table.
    """

    __slots__ = ("_plans", "_span")

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._span = Span(0, -1, 0, [], [])

    def works(self, day: date) -> bool:
        """Whether offices work on that day. 是否工作日。"""
        span, at = self._find(day)
        return span.counts[at] != (span.counts[at - 1] if at else 0)

    def step(self, day: date, count: int) -> date:
        """The working day `count` places after the last one up to and with `day`. 数工作日。

        So 1 gives the next working day, 0 the day itself where it is worked and else the one
        before. InvalidInput `calendar.day.far` outside the years 1900 to 2200.
        """
        span, at = self._find(day)
        place = span.counts[at] + count
        while not 0 < place <= len(span.days):
            # No year has many more working days than 250, so this seldom happens twice.
            more = (place - len(span.days)) // 250 if place > 0 else -place // 250
            grow = span.last_year + 1 + more if place > 0 else span.first_year - 1 - more
            span, at = self._find(day, grow)
            place = span.counts[at] + count
        return date.fromordinal(span.days[place - 1])

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`. 期间工作日数。"""
        self._find(start)
        span, at = self._find(end, start.year)
        return span.counts[at] - span.counts[start.toordinal() - span.start]

    def _find(self, day: date, also: int | None = None) -> tuple[Span, int]:
        span, year = self._span, day.year
        other = year if also is None else also
        if min(year, other) < span.first_year or max(year, other) > span.last_year:
            span = self._span = self._widen(min(year, other), max(year, other))
        return span, day.toordinal() - span.start

    def _widen(self, first: int, last: int) -> Span:
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise InvalidInput(
                "calendar.day.far", "Working days are counted from 1900 to 2200 only"
            )
        if self._span.days:
            first, last = min(first, self._span.first_year), max(last, self._span.last_year)
        return count_days(self._plans, first, last)


def count_days(plans: Plans, first: int, last: int) -> Span:
    """Number the working days of those years. 编排工作日。"""
    start, end = date(first, 1, 1).toordinal(), date(last, 12, 31).toordinal()
    moved = {
        day.toordinal(): worked
        for year in range(first, last + 1)
        for day, (worked, _) in plans.get(year, {}).items()
    }
    days: list[int] = []
    counts: list[int] = []
    for ordinal in range(start, end + 1):
        # Ordinal 1 was a Monday.
        if moved.get(ordinal, (ordinal - 1) % 7 < 5):
            days.append(ordinal)
        counts.append(len(days))
    return Span(first, last, start, days, counts)
