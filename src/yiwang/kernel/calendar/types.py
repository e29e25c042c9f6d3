"""Days, limits and clocks. 工作日、期限与时钟类型。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

from yiwang.kernel.base.errors import InvalidInput

from .table import DayTable

EDIT_YEARS = "calendar.year.edit"
YEAR_CHANGED = "calendar.year.changed"

Unit = Literal["workday", "day", "hour", "workhour"]
ClockKind = Literal["legal", "promised"]
Light = Literal["green", "yellow", "red", "paused", "done"]

# About ten years of each, so that no limit runs out of the calendar.
LONGEST: Mapping[str, int] = {"workday": 2500, "day": 3660, "hour": 87_840, "workhour": 17_500}
STEPS = {"workday": Decimal("0.5"), "day": Decimal(1)}
# Ten places of an hour are finer than a microsecond, so hours keep moments exactly.
FINEST = Decimal("1e-10")
MICROSECONDS = 3_600_000_000


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
class OfficeHours:
    """When offices are open on a working day: a morning and an afternoon. 办公时间。"""

    morning_from: time = time(9)
    morning_until: time = time(12)
    afternoon_from: time = time(13, 30)
    afternoon_until: time = time(17, 30)

    def __post_init__(self) -> None:
        if not (
            self.morning_from < self.morning_until <= self.afternoon_from < self.afternoon_until
        ):
            raise InvalidInput(
                "calendar.office_hours.order",
                "Office hours need a morning and after it an afternoon",
            )

    @property
    def parts(self) -> tuple[tuple[time, time], tuple[time, time]]:
        """Opening and closing of the morning and of the afternoon. 上午与下午。"""
        morning = (self.morning_from, self.morning_until)
        return morning, (self.afternoon_from, self.afternoon_until)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The years known, read once, to ask about many days without a query each. 工作日历。

    `hours` holds office hours with the first day on which each counts, oldest first.
    """

    years: Mapping[int, YearPlan]
    hours: tuple[tuple[date, OfficeHours], ...] = ((date.min, OfficeHours()),)
    table: DayTable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plans = {year: plan.days for year, plan in self.years.items()}
        object.__setattr__(self, "table", DayTable(plans))

    def describe(self, day: date) -> Day:
        """What that day is. 查询某日。"""
        plan = self.years.get(day.year)
        if plan is None:
            return Day(day, workday=day.weekday() < 5, provisional=True)
        worked, name = plan.days.get(day, (day.weekday() < 5, ""))
        return Day(day, worked, name)

    def knows(self, start: date, end: date) -> bool:
        """Whether the notice of every year from `start` to `end` is known. 年度安排是否齐全。"""
        if start.year == end.year:
            return start.year in self.years
        years = range(min(start.year, end.year), max(start.year, end.year) + 1)
        return all(year in self.years for year in years)

    def hours_on(self, day: date) -> OfficeHours:
        """The office hours that count on that day. 当日办公时间。"""
        if len(self.hours) == 1:
            return self.hours[0][1]
        past = [hours for since, hours in self.hours if since <= day]
        return past[-1] if past else self.hours[0][1]


@dataclass(frozen=True, slots=True)
class Limit:
    """How long something may take. 期限。

    `amount` counts working days (halves allowed), natural days, hours of the wall clock, or
    office hours. `halves`: working days are counted in half-days, which an amount with a half
    always is; what is left of such a limit stays so although it may be whole. A limit read from
    a file is never zero; what is left of one may be. InvalidInput `calendar.limit.*`.
    """

    amount: Decimal
    unit: Unit
    halves: bool = False

    def __post_init__(self) -> None:
        if self.unit not in LONGEST:
            raise InvalidInput(
                "calendar.limit.unit", "“%(unit)s” is no unit of limits", unit=self.unit
            )
        if not self.amount.is_finite() or not 0 <= self.amount <= LONGEST[self.unit]:
            raise InvalidInput(
                "calendar.limit.range",
                "A limit lies between zero and %(longest)s of its unit",
                longest=LONGEST[self.unit],
            )
        if self.amount % STEPS.get(self.unit, FINEST):
            raise InvalidInput(
                "calendar.limit.step",
                "Working days are counted in halves, natural days are whole, hours have ten places",
            )
        halves = self.unit == "workday" and (self.halves or bool(self.amount % 1))
        object.__setattr__(self, "halves", halves)

    @property
    def half_days(self) -> int:
        """The amount in half-days, of a limit in working days. 半日数。"""
        return int(self.amount * 2)

    @property
    def span(self) -> timedelta:
        """The amount as a length of time, of a limit in hours; exact to the microsecond. 时长。"""
        return timedelta(microseconds=round(self.amount * MICROSECONDS))


@dataclass(frozen=True, slots=True)
class DueMoment:
    """When a limit ends, and whether a notice still to come may move it. 到期时刻。"""

    at: datetime
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Pause:
    """While a clock stood still; without an end it still does. 暂停区间。"""

    paused_at: datetime
    resumed_at: datetime | None = None


# When a clock turns yellow: this much is left of its limit, or this share of it is used.
Yellow = Limit | Decimal


@dataclass(frozen=True, slots=True)
class Clock:
    """A limit that runs, pauses and ends. 时钟。

    What happened is `started_at`, `pauses` and `stopped_at`; `due_at`, `provisional`, `left` and
    `yellow_at` are counted from it and can be counted anew. `left` is set while it is paused.
    """

    started_at: datetime
    limit: Limit
    kind: ClockKind
    due_at: datetime
    provisional: bool = False
    yellow: Yellow | None = None
    yellow_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    left: Limit | None = None
    stopped_at: datetime | None = None

    @property
    def red_at(self) -> datetime:
        """From when it is overdue: the moment it is due. 亮红灯时刻。"""
        return self.due_at

    @property
    def paused_at(self) -> datetime | None:
        """Since when it stands still; None while it runs. 暂停时刻。"""
        last = self.pauses[-1] if self.pauses else None
        return last.paused_at if last and last.resumed_at is None else None


@dataclass(frozen=True, slots=True)
class Recalculation:
    """A clock counted anew; `old_due_at` is to be kept in the log where it moved. 重算结果。"""

    clock: Clock
    old_due_at: datetime
    moved: bool


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A moment by which something is due, as a calendar shows it. 日历条目。

    `uid` stays the same for as long as it is the same thing, `sequence` grows when it changes;
    `alarms` say how long before the end it rings.
    """

    uid: str
    title: str
    due_at: datetime
    since: datetime
    text: str = ""
    url: str = ""
    sequence: int = 0
    alarms: tuple[timedelta, ...] = ()
