"""Days and deadlines. 工作日类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

EDIT_YEARS = "calendar.year.edit"


@dataclass(frozen=True, slots=True)
class YearPlan:
    """What the notice for one year says of days that differ from the week. 年度安排。

    `days` maps a day to (is it worked, name of the holiday). `city` says that an administrator
    added it.
    """

    year: int
    notice: str
    days: Mapping[date, tuple[bool, str]] = field(default_factory=dict)
    city: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day. 日。 `provisional`: no notice for its year is known, only weekends are counted."""

    date: date
    workday: bool
    name: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day reached by counting working days. 期限。

    `provisional` when any day counted lies in a year whose notice is not known yet.
    """

    date: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The years known, read once, to ask about many days without a query each. 工作日历。"""

    years: Mapping[int, YearPlan]

    def describe(self, day: date) -> Day:
        """What that day is. 查询某日。"""
        plan = self.years.get(day.year)
        if plan is None:
            return Day(day, workday=day.weekday() < 5, provisional=True)
        worked, name = plan.days.get(day, (day.weekday() < 5, ""))
        return Day(day, worked, name)
