"""Records as a month of days, Monday first. 日历视图。"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localtime
from django.utils.translation import gettext

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.text import msg
from yiwang.kernel.calendar.services import load_calendar
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.query.types import All, IsNull, Node, Some
from yiwang.kernel.query.types import Field as Named

from .filtering import TYPES, bound
from .looks import Look, Row
from .narrowing import narrow

MOST = 500
"""Records of one month. 每月记录上限。"""
A_DAY = 4
YEARS = (1900, 2200)
WEEKDAYS = (
    msg("Monday"), msg("Tuesday"), msg("Wednesday"), msg("Thursday"), msg("Friday"),
    msg("Saturday"), msg("Sunday"),
)  # fmt: skip
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Span(Generic[Thing]):
    """Something that lasts from a day to a day, both included; without an end it goes on. 时段。"""

    since: date
    until: date | None
    thing: Thing


@dataclass(slots=True)
class DayCell(Generic[Thing]):
    """One day of the grid: what falls on it, the first few and the rest. 日期格。"""

    date: date
    inside: bool
    workday: bool
    holiday: str = ""
    is_today: bool = False
    things: list[Thing] = field(default_factory=list)

    @property
    def first(self) -> list[Thing]:
        """What is shown at once. 直接显示。"""
        return self.things[:A_DAY]

    @property
    def rest(self) -> list[Thing]:
        """What is unfolded. 展开显示。"""
        return self.things[A_DAY:]

    @property
    def weekday(self) -> str:
        """Its name in the week. 星期。"""
        return gettext(WEEKDAYS[self.date.weekday()])


def lay_month(
    first: date, spans: Iterable[Span[Thing]], work: WorkCalendar, present: date
) -> list[list[DayCell[Thing]]]:
    """The weeks of a month as cells, each span in every day it touches. 排布月历。"""
    weeks = calendar.Calendar(0).monthdatescalendar(first.year, first.month)
    cells: dict[date, DayCell[Thing]] = {
        day: _cell(day, first, work, present) for week in weeks for day in week
    }
    last = max(cells)
    for span in spans:
        day, end = max(span.since, min(cells)), min(span.until or span.since, last)
        while day <= end:
            cells[day].things.append(span.thing)
            day += timedelta(days=1)
    return [[cells[day] for day in week] for week in weeks]


def _cell(day: date, first: date, work: WorkCalendar, present: date) -> DayCell[Thing]:
    told = work.describe(day)
    return DayCell(day, day.month == first.month, told.workday, told.name, day == present)


def show_calendar(look: Look) -> HttpResponseBase:
    """Records as a month. 月历。"""
    first = read_month(look.request.GET.get("month", ""))
    weeks = calendar.Calendar(0).monthdatescalendar(first.year, first.month)
    narrowed = narrow(look, without=(look.view.since, look.view.until))
    rows, after = look.read(
        look.want(
            [*narrowed.nodes, touching(look, weeks[0][0], weeks[-1][-1])],
            search=narrowed.search, order=(look.view.since,), limit=MOST,
        )
    )  # fmt: skip
    context = {
        "narrowed": narrowed,
        "weeks": lay_month(first, list_spans(look, rows), load_calendar(), today()),
        "weekdays": WEEKDAYS,
        "month": first,
        "before": month_url(look, first - timedelta(days=1)),
        "after": month_url(look, first + timedelta(days=31)),
        "present": month_url(look, today()),
        "capped": after is not None,
        "most": MOST,
    }
    return render(look.request, "records/calendar.html", look.context() | context)


def read_month(text: str) -> date:
    """The first day of the month that the address names, else of the present one. 读取月份。"""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today().replace(day=1)
    return first if YEARS[0] <= first.year <= YEARS[1] else today().replace(day=1)


def month_url(look: Look, day: date) -> str:
    """The same view in the month of a day. 月份地址。"""
    data = look.request.GET.copy()
    data["month"] = f"{day:%Y-%m}"
    return f"{look.url}?{urlencode(list(data.items()))}"


def touching(look: Look, start: date, end: date) -> Node:
    """Records whose days meet a stretch of days: begun by its end, not over before it. 时段条件。"""
    since, until = look.view.since, look.view.until
    first = look.fields[since]
    begun = bound(since, first, "<=", end)
    if not until or until not in look.fields:
        return All((bound(since, first, ">=", start), begun))
    last = look.fields[until]
    blank = IsNull(Named(until, TYPES.get(last.kind, "text")))
    within = All((blank, bound(since, first, ">=", start)))
    return All((begun, Some((bound(until, last, ">=", start), within))))


def list_spans(look: Look, rows: Iterable[Row]) -> list[Span[Row]]:
    """When records last, by the fields of the view. 记录时段。"""
    since, until = look.view.since, look.view.until
    found = [
        (day_of(row.record.values, since), day_of(row.record.values, until), row) for row in rows
    ]
    return [Span(first, last, row) for first, last, row in found if first]


def day_of(values: Mapping[str, object], key: str) -> date | None:
    """The day that a date or a moment of a record falls on in the city. 所在日期。"""
    value = values.get(key)
    if isinstance(value, datetime):
        return localtime(value).date()
    return value if isinstance(value, date) else None
