"""Working days as the State Council's notices set them. 工作日服务。"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.ledger.services import acting

from .models import CalendarDay, CalendarYear
from .types import EDIT_YEARS, Day, Deadline, WorkCalendar, YearPlan
from .vendor import vendor_years

FARTHEST_DAYS = 3660
OFF, ON = frozenset({"休", "off", "holiday"}), frozenset({"班", "work", "workday"})


def load_calendar() -> WorkCalendar:
    """Every year known, in two queries; lists ask it for each row. 载入工作日历。"""
    years = dict(vendor_years())
    days: defaultdict[int, dict[date, tuple[bool, str]]] = defaultdict(dict)
    for row in CalendarDay.objects.all():
        days[row.year_id][row.date] = (row.workday, row.name)
    for year in CalendarYear.objects.all():
        years[year.year] = YearPlan(year.year, year.notice, days[year.year], city=True)
    return WorkCalendar(years)


def list_years() -> list[YearPlan]:
    """The years whose notice is known, newest first. 已知年度。"""
    plans = load_calendar().years.values()
    return sorted(plans, key=lambda plan: -plan.year)


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
    step, left, day = timedelta(days=1 if days > 0 else -1), abs(days), start
    provisional = calendar.describe(start).provisional
    _check_count(left)
    while left:
        day += step
        found = calendar.describe(day)
        provisional = provisional or found.provisional
        left -= found.workday
    return Deadline(day, provisional)


def count_workdays(start: date, end: date, *, calendar: WorkCalendar | None = None) -> int:
    """Working days after `start` up to and with `end`; below zero when `end` is before. 数工作日。"""
    if end < start:
        return -count_workdays(end, start, calendar=calendar)
    calendar = calendar or load_calendar()
    _check_count((end - start).days)
    days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
    return sum(calendar.describe(day).workday for day in days)


def import_year(actor: Actor, *, year: int, notice: str, text: str, reason: str = "") -> YearPlan:
    """Enter or replace the notice of a year from CSV. 录入年度安排。

    Columns `date` (YYYY-MM-DD), `kind` (休 or 班, off or work) and `name`, in Chinese or English
    headings. Needs `calendar.year.edit`. InvalidInput names the line that cannot be taken.
    """
    on = Ref("calendar.year", str(year), str(year))
    with acting(actor, "calendar.year.import", on=on, reason=reason) as act:
        actor.require(EDIT_YEARS)
        days = _read_days(text, year)
        if not notice.strip() or not days:
            raise InvalidInput("calendar.year.empty", "A year needs its notice and its days")
        act.note(notice=notice, days=len(days))
        CalendarYear.objects.filter(pk=year).delete()
        row = CalendarYear.objects.create(
            year=year, notice=notice.strip()[:300], changed_by=actor.id, changed_at=now()
        )
        CalendarDay.objects.bulk_create(
            CalendarDay(year=row, date=day, workday=worked, name=name[:100])
            for day, (worked, name) in days.items()
        )
    return YearPlan(year, notice.strip(), days, city=True)


def export_year(year: int) -> str:
    """A year as the CSV that `import_year` takes. 导出年度安排。"""
    plan = load_calendar().years.get(year)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["date", "kind", "name"])
    for day, (worked, name) in sorted(plan.days.items() if plan else ()):
        writer.writerow([day.isoformat(), "班" if worked else "休", name])
    return out.getvalue()


def _check_count(days: int) -> None:
    if days > FARTHEST_DAYS:
        raise InvalidInput("calendar.days.too_many", "At most ten years of days can be counted")


def _read_days(text: str, year: int) -> dict[date, tuple[bool, str]]:
    days: dict[date, tuple[bool, str]] = {}
    for line, row in enumerate(_rows(text), 2):
        day, worked, name = _read_day(line, row)
        if day.year != year or day in days:
            raise InvalidInput(
                "calendar.year.line",
                "Line %(line)s: %(what)s is outside the year or stands twice",
                line=line,
                what=day.isoformat(),
            )
        days[day] = (worked, name)
    return days


def _rows(text: str) -> Iterable[list[str]]:
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    return [row for row in rows[1:] if any(cell.strip() for cell in row)]


def _read_day(line: int, row: list[str]) -> tuple[date, bool, str]:
    cells = [cell.strip() for cell in row] + ["", ""]
    kind = cells[1].lower()
    try:
        day = date.fromisoformat(cells[0])
    except ValueError:
        kind = ""
    if kind not in OFF | ON:
        raise InvalidInput(
            "calendar.year.cell",
            "Line %(line)s: expected a date (YYYY-MM-DD) and 休 or 班, found %(found)s",
            line=line,
            found=",".join(cells[:2]),
        )
    return day, kind in ON, cells[2]
