"""The years' notices: read, entered, written out. 年度节假日安排。"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.calendar.models import CalendarDay, CalendarYear
from yiwang.kernel.calendar.types import EDIT_YEARS, YEAR_CHANGED, WorkCalendar, YearPlan
from yiwang.kernel.calendar.vendor import vendor_years
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger.services import acting

from .reading import read_office_hours

OFF, ON = frozenset({"休", "off", "holiday"}), frozenset({"班", "work", "workday"})


def load_calendar() -> WorkCalendar:
    """Every year known, in two queries, and the office hours; load it once. 载入工作日历。"""
    years = dict(vendor_years())
    days: defaultdict[int, dict[date, tuple[bool, str]]] = defaultdict(dict)
    for row in CalendarDay.objects.all():
        days[row.year_id][row.date] = (row.workday, row.name)
    for year in CalendarYear.objects.all():
        years[year.year] = YearPlan(year.year, year.notice, days[year.year], city=True)
    return WorkCalendar(years, read_office_hours(settings.YIWANG_OFFICE_HOURS))


def list_years() -> list[YearPlan]:
    """The years whose notice is known, newest first. 已知年度。"""
    plans = load_calendar().years.values()
    return sorted(plans, key=lambda plan: -plan.year)


def import_year(actor: Actor, *, year: int, notice: str, text: str, reason: str = "") -> YearPlan:
    """Enter or replace the notice of a year from CSV. 录入年度安排。

    Columns `date` (YYYY-MM-DD), `kind` (休 or 班, off or work) and `name`, in Chinese or English
    headings. Needs `calendar.year.edit`. Announces `calendar.year.changed` with the year, so that
    open deadlines are counted anew. InvalidInput names the line that cannot be taken.
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
        events.announce(act, YEAR_CHANGED, {"year": year})
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
