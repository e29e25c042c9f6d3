"""Due dates a second against the plain walk over the days, in the same run. 时限计算基准。

`python -m tests.performance.bench_clocks [--dates 20000]`. Both sides get the same starts and
limits and must give the same days; the turns alternate, so that a busy machine slows both alike.
Processor seconds count.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

from yiwang.kernel.base.clock import CITY_ZONE

TURNS = 7
GOAL = 50_000


def walk_days(start: datetime, days: int, calendar: Any) -> datetime:
    """As a due date is found without a table: day by day, asking the calendar about each."""
    day = start.astimezone(CITY_ZONE).date()
    while days:
        day += timedelta(days=1)
        days -= calendar.describe(day).workday
    return datetime.combine(day, calendar.hours_on(day).afternoon_until, CITY_ZONE)


def timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def draw(count: int, most: int) -> list[tuple[datetime, int]]:
    random = Random(5)
    first = datetime(2024, 1, 1, tzinfo=CITY_ZONE)
    return [
        (first + timedelta(minutes=random.randrange(1000 * 1440)), random.randint(1, most))
        for _ in range(count)
    ]


def compare(drawn: list[tuple[datetime, int]], calendar: Any) -> dict[str, Any]:
    """Whole working days by the table and by the walk, in turns."""
    from yiwang.kernel.calendar.services import due_after
    from yiwang.kernel.calendar.types import Limit

    pairs = [(start, Limit(Decimal(days), "workday")) for start, days in drawn]
    ours, walked = [], []
    for _ in range(TURNS):
        ours.append(timed(lambda: [due_after(start, limit, calendar) for start, limit in pairs]))
        walked.append(timed(lambda: [walk_days(start, days, calendar) for start, days in drawn]))
    for (start, limit), (_, days) in zip(pairs, drawn, strict=True):
        if due_after(start, limit, calendar).at != walk_days(start, days, calendar):
            raise SystemExit(f"the two ways disagree about {start} and {days} days")
    return {
        "table_per_s": round(len(drawn) / median(ours)),
        "walk_per_s": round(len(drawn) / median(walked)),
        "ratio": round(median(walked) / median(ours), 1),
    }


def measure_other(calendar: Any, count: int) -> dict[str, int]:
    """The other units, and a whole clock with a pause, each a second."""
    from yiwang.kernel.calendar import services

    found = {}
    starts = [start for start, _ in draw(count, 1)]
    for text in ("2.5 working days", "10 days", "48 hours", "12 working hours"):
        limit = services.read_limit(text)
        taken = timed(lambda limit=limit: [services.due_after(s, limit, calendar) for s in starts])
        found[text] = round(count / taken)
    limit, yellow = services.read_limit("5 working days"), services.read_yellow("80%")

    def run(at: datetime) -> None:
        clock = services.start_clock(
            at=at, limit=limit, kind="legal", calendar=calendar, yellow=yellow
        )
        clock = services.pause_clock(clock, at=at + timedelta(days=1), calendar=calendar)
        services.resume_clock(clock, at=at + timedelta(days=9), calendar=calendar)

    found["clocks started, paused and resumed"] = round(count / timed(lambda: [*map(run, starts)]))
    return found


def measure(count: int) -> dict[str, Any]:
    from yiwang.kernel.calendar.types import WorkCalendar
    from yiwang.kernel.calendar.vendor import vendor_years

    vendor_years.cache_clear()
    found: dict[str, Any] = {"read_notices_ms": round(timed(vendor_years) * 1000)}
    calendar = WorkCalendar(vendor_years())
    for most in (5, 20, 60):
        found[f"1 to {most} working days"] = compare(draw(count, most), calendar)
    found["others_per_s"] = measure_other(calendar, count)
    day = datetime(2026, 9, 28, tzinfo=CITY_ZONE).date()
    fresh = timed(lambda: [WorkCalendar(vendor_years()).table.step(day, 5) for _ in range(100)])
    found["first_of_a_calendar_us"] = round(fresh * 10_000)
    return found | {"goal_reached": found["1 to 20 working days"]["table_per_s"] >= GOAL}


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--dates", type=int, default=20_000)
    count = options.parse_args().dates
    os.environ["DJANGO_SETTINGS_MODULE"] = "yiwang.site.settings"
    with tempfile.TemporaryDirectory() as home:
        os.environ["YIWANG_HOME"] = home
        import django

        django.setup()
        found = measure(count)
    sys.stdout.write(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
