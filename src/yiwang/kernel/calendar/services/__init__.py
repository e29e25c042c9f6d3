"""The calendar's one door: days, limits and clocks. 工作日历服务。

Years are kept in the database. Limits and clocks are arithmetic over a `WorkCalendar` that the
caller loaded: nothing here stores a clock.
"""

from .clock_json import clock_from_json, clock_to_json, limit_from_json, limit_to_json
from .clocks import (
    left_on,
    light_of,
    next_moment,
    pause_clock,
    recalculate_clock,
    resume_clock,
    start_clock,
    stop_clock,
)
from .counting import FARTHEST_DAYS, add_workdays, count_workdays, describe_day, is_workday
from .icalendar import write_calendar
from .limits import (
    check_promise,
    due_after,
    left_of,
    moment_before,
    office_time_between,
    yellow_moment,
)
from .reading import describe_limit, read_limit, read_office_hours, read_yellow
from .years import export_year, import_year, list_years, load_calendar

__all__ = [
    "FARTHEST_DAYS",
    "add_workdays",
    "check_promise",
    "clock_from_json",
    "clock_to_json",
    "count_workdays",
    "describe_day",
    "describe_limit",
    "due_after",
    "export_year",
    "import_year",
    "is_workday",
    "left_of",
    "left_on",
    "light_of",
    "limit_from_json",
    "limit_to_json",
    "list_years",
    "load_calendar",
    "moment_before",
    "next_moment",
    "office_time_between",
    "pause_clock",
    "read_limit",
    "read_office_hours",
    "read_yellow",
    "recalculate_clock",
    "resume_clock",
    "start_clock",
    "stop_clock",
    "write_calendar",
    "yellow_moment",
]
