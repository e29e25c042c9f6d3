"""Limits end when law and calendar say, to the minute, by two ways of counting."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.calendar import services
from yiwang.kernel.calendar.tests import oracle
from yiwang.kernel.calendar.types import Limit, OfficeHours, WorkCalendar, YearPlan
from yiwang.kernel.calendar.vendor import vendor_years

CALENDAR = WorkCalendar(vendor_years())
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
# Before the office opens, in the morning, on the stroke of noon, after it, after closing.
TIMES = (time(7, 15), time(10), time(12), time(12, 40), time(19))
moments = st.datetimes(
    datetime(2004, 1, 1), datetime(2026, 10, 31), timezones=st.just(CITY_ZONE)
).map(lambda moment: moment.replace(microsecond=0))
workdays = st.integers(1, 40).map(lambda n: Limit(Decimal(n) / 2, "workday"))
limits = st.one_of(
    workdays,
    st.integers(1, 60).map(lambda n: Limit(Decimal(n), "day")),
    st.integers(1, 9_000).map(lambda n: Limit(Decimal(n) / 100, "hour")),
    st.integers(1, 9_000).map(lambda n: Limit(Decimal(n) / 100, "workhour")),
)


def city(text):
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


def due(text, limit, calendar=CALENDAR):
    return services.due_after(city(text), services.read_limit(limit), calendar)


def check_days(days, times, most):
    wrong = []
    for day in days:
        for moment in times:
            start = datetime.combine(day, moment)
            for amount, end in oracle.walk_limits(start, most):
                limit = Limit(amount, "workday")
                found = services.due_after(start.replace(tzinfo=CITY_ZONE), limit, CALENDAR)
                known = end.year <= LAST.year
                if found.at != end or found.provisional is known:
                    wrong.append((start, amount, end, found))
    return wrong


def days_from(first, last, step):
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]


def test_every_61st_day_agrees_with_walking_half_days():
    assert check_days(days_from(FIRST, LAST, 61), TIMES, 30) == []


@pytest.mark.parametrize("year", [2020, 2026])
def test_the_holidays_of_a_year_agree_with_walking_half_days(year):
    days = [*vendor_years()[year].days]

    assert check_days(days, (time(10), time(15)), 6) == []


@pytest.mark.deep
@pytest.mark.parametrize("year", range(FIRST.year, LAST.year + 1))
def test_every_day_agrees_with_walking_half_days(year):
    days = days_from(date(year, 1, 1), date(year, 12, 31), 1)

    assert check_days(days, TIMES, 30) == []


@pytest.mark.deep
def test_every_day_agrees_with_the_day_loop_both_ways():
    for day in days_from(FIRST, LAST, 1):
        for count in (1, 2, 5, 20, -1, -2, -5, -20):
            found = services.add_workdays(day, count, calendar=CALENDAR)
            assert found.date == oracle.add_days(day, count), (day, count)


@pytest.mark.parametrize("count", [*range(-12, 0), *range(1, 13)])
def test_the_table_agrees_with_the_day_loop(count):
    for day in days_from(date(2025, 9, 20), date(2025, 10, 20), 1):
        found = services.add_workdays(day, count, calendar=CALENDAR)
        assert found.date == oracle.add_days(day, count), (day, count)


@settings(deadline=None)
@given(moments, st.integers(0, 90))
def test_natural_days_agree_with_walking(start, days):
    found = services.due_after(start, Limit(Decimal(days), "day"), CALENDAR).at

    expected = oracle.end_of_natural_days(start, days)
    if days:
        assert found == expected
    else:
        assert found > start


@settings(max_examples=25, deadline=None)
@given(moments, st.integers(1, 1500))
def test_working_hours_agree_with_walking_minutes(start, minutes):
    start = start.replace(second=0)
    limit = Limit((Decimal(minutes) / 60).quantize(Decimal("1e-10")), "workhour")

    found = services.due_after(start, limit, CALENDAR).at

    assert found == oracle.end_of_office_minutes(start, minutes)


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-09-28T10:00", "5 working days", "2026-10-10T17:30"),
        ("2026-02-11T10:00", "5工作日", "2026-02-25T17:30"),
        ("2026-09-28T10:00", "0.5工作日", "2026-09-28T17:30"),
        ("2026-09-30T15:00", "0.5工作日", "2026-10-08T12:00"),
        ("2026-09-25T10:00", "1.5工作日", "2026-09-29T12:00"),
        ("2026-09-28T10:00", "3日", "2026-10-08T17:30"),
        ("2026-09-28T10:00", "48小时", "2026-09-30T10:00"),
        ("2026-09-30T16:00", "4工作小时", "2026-10-08T11:30"),
        ("2026-09-30T12:15", "4工作小时", "2026-09-30T17:30"),
    ],
)
def test_known_dates(start, limit, end):
    assert due(start, limit).at == city(end)


def test_the_zone_of_the_start_does_not_matter():
    start = datetime(2026, 9, 27, 17, tzinfo=UTC)  # already the 28th in the city

    assert services.due_after(start, services.read_limit("5工作日"), CALENDAR).at.day == 10
    with pytest.raises(ValueError, match="time zone"):
        services.due_after(datetime(2026, 9, 28), services.read_limit("5工作日"), CALENDAR)


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        ("2026-12-30T10:00", "1 working day", False),
        ("2026-12-30T10:00", "2 working days", True),
        ("2027-03-01T10:00", "1工作小时", True),
        ("2026-12-01T10:00", "30日", False),
        ("2026-12-01T10:00", "31日", True),
        ("2003-12-31T10:00", "20日", False),
        ("2026-12-30T10:00", "48小时", False),
    ],
)
def test_only_what_counts_a_year_without_notice_is_provisional(start, limit, provisional):
    assert due(start, limit).provisional is provisional


def test_office_hours_count_from_their_day():
    hours = services.read_office_hours(
        {"2000-01-01": "09:00-12:00 13:30-17:30", "2026-06-01": "08:30-12:00 14:30-18:00"}
    )
    calendar = WorkCalendar(vendor_years(), hours)

    assert due("2026-05-28T10:00", "1 working day", calendar).at == city("2026-05-29T17:30")
    assert due("2026-05-29T10:00", "1 working day", calendar).at == city("2026-06-01T18:00")
    assert due("2026-05-29T16:30", "3工作小时", calendar).at == city("2026-06-01T10:30")
    assert due("1999-05-28T10:00", "0.5 workdays", calendar).at == city("1999-05-28T17:30")


@pytest.mark.parametrize(
    "text", ["", "9-17", "09:00-12:00", "12:00-09:00 13:30-17:30", "09:00-14:00 13:30-17:30", {},
             {"June": "09:00-12:00 13:30-17:30"}, "09:00-12:00 13:30-25:30"],
)  # fmt: skip
def test_office_hours_that_make_no_day_are_refused(text):
    with pytest.raises(InvalidInput):
        services.read_office_hours(text)


@pytest.mark.parametrize(
    ("written", "amount", "unit"),
    [
        ("5 working days", "5", "workday"), ("5工作日", "5", "workday"), ("1 workday", "1", "workday"),
        ("０.５个工作日", "0.5", "workday"), ("3日", "3", "day"), ("7 天", "7", "day"),
        ("20 Natural  Days", "20", "day"), ("48小时", "48", "hour"), (" 4工作小时 ", "4", "workhour"),
        ("1.5 hours", "1.5", "hour"), ("2个小时", "2", "hour"),
        ({"days": 5, "kind": "working"}, "5", "workday"), ({"days": 0.5, "kind": "working"}, "0.5", "workday"),
        ({"days": 5, "kind": "natural"}, "5", "day"), ({"hours": 4}, "4", "hour"),
        ({"hours": 4, "kind": "working"}, "4", "workhour"),
    ],
)  # fmt: skip
def test_limits_are_read_as_people_write_them(written, amount, unit):
    assert services.read_limit(written) == Limit(Decimal(amount), unit)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("5", "text"), ("", "text"), ("five days", "text"), ("5 weeks", "text"), ("-5日", "text"),
        ("5工作日内", "text"), ({"days": 5}, "text"), ({"days": 5, "kind": "lunar"}, "text"),
        ({"days": 5, "hours": 2, "kind": "working"}, "text"), ({"days": True, "kind": "natural"}, "text"),
        ({"days": 5, "kind": "working", "more": 1}, "text"), ({}, "text"), (5, "text"), (None, "text"),
        ({"days": [5], "kind": "natural"}, "text"), ({"days": 5, "kind": ["natural"]}, "text"),
        ("0日", "zero"), ("0.3工作日", "step"), ("0.25 working days", "step"), ("1.5日", "step"),
        ("99999日", "range"), ({"hours": "nan"}, "range"), ({"hours": "1e999999"}, "range"),
        ({"hours": -1}, "range"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_code(written, code):
    with pytest.raises(InvalidInput) as refusal:
        services.read_limit(written)

    assert refusal.value.code == f"calendar.limit.{code}"


def test_limits_are_said_in_the_readers_language():
    with override("en"):
        assert services.describe_limit(Limit(Decimal("1"), "workday")) == "1 working day"
        assert services.describe_limit(Limit(Decimal("20"), "day")) == "20 days"
        assert services.describe_limit(Limit(Decimal("1.999"), "hour")) == "1.99 hours"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "written", ["1 working day", "2.5工作日", "1日", "30日", "48小时", "4工作小时"]
)
def test_what_is_said_can_be_read(written, language):
    limit = services.read_limit(written)
    with override(language):
        assert services.read_limit(services.describe_limit(limit)) == limit


def test_a_limit_out_of_the_calendar_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        due("2199-12-01T10:00", "2500 working days")

    assert refusal.value.code == "calendar.day.far"


@settings(deadline=None)
@given(moments, limits, st.integers(0, 40 * 24 * 3600))
def test_what_is_left_at_any_moment_leads_to_the_same_end(start, limit, seconds):
    """Pausing and resuming at once changes nothing, before it is due."""
    end = services.due_after(start, limit, CALENDAR).at
    at = start + timedelta(seconds=seconds)
    left = services.left_of(at, start, limit, CALENDAR)

    assert 0 <= left.amount <= limit.amount
    if at < end:
        assert services.due_after(at, left, CALENDAR).at == end


@settings(deadline=None)
@given(moments, workdays, st.integers(0, 20 * 24), st.integers(0, 24))
def test_resuming_in_the_same_half_day_changes_nothing(start, limit, hours, later):
    end = services.due_after(start, limit, CALENDAR).at
    paused = start + timedelta(hours=hours)
    resumed = paused + timedelta(hours=later)
    left = services.left_of(paused, start, limit, CALENDAR)

    same = oracle.half_of(paused) == oracle.half_of(resumed)
    if same and resumed < end:
        assert services.due_after(resumed, left, CALENDAR).at == end


@settings(deadline=None)
@given(moments, st.integers(1, 20), st.integers(0, 20 * 24), st.integers(0, 60 * 24))
def test_used_and_left_are_the_limit_and_the_end_moves_by_the_days_paused(
    start, days, hours, paused_hours
):
    limit = Limit(Decimal(days), "workday")
    paused = start + timedelta(hours=hours)
    resumed = paused + timedelta(hours=paused_hours)
    end = services.due_after(start, limit, CALENDAR).at
    if paused >= end:
        return
    left = services.left_of(paused, start, limit, CALENDAR)
    used = oracle.count_days(start.date(), paused.date())

    moved = services.due_after(resumed, left, CALENDAR).at

    assert used + left.amount == days
    shift = oracle.count_days(paused.date(), resumed.date())
    if left.amount:
        assert moved.date() == oracle.add_days(end.date(), shift) if shift else moved == end
    assert moved >= end
    assert moved > resumed


@settings(deadline=None)
@given(moments, limits, st.integers(1, 60))
def test_later_starts_and_longer_limits_never_end_earlier(start, limit, hours):
    longer = Limit(limit.amount + 1, limit.unit)
    end = services.due_after(start, limit, CALENDAR).at

    assert services.due_after(start + timedelta(hours=hours), limit, CALENDAR).at >= end
    assert services.due_after(start, longer, CALENDAR).at >= end
    assert end > start


@settings(deadline=None)
@given(moments, limits)
def test_what_is_counted_back_from_the_end_leads_to_it(start, limit):
    """Of hours exactly; of half-days to the half-day."""
    end = services.due_after(start, limit, CALENDAR).at
    before = services.moment_before(end, limit, CALENDAR)

    assert before < end
    if limit.unit in ("hour", "workhour"):
        assert services.due_after(before, limit, CALENDAR).at == end
    if limit.unit == "workday":
        halves = Limit(limit.amount, "workday", halves=True)
        after = before + timedelta(seconds=0 if before.time() == oracle.CLOSE else -1)
        assert services.due_after(after, halves, CALENDAR).at == end


@pytest.mark.parametrize(
    ("limit", "yellow", "at"),
    [
        ("5 working days", "1 working day", "2026-10-09T17:30"),
        ("5 working days", "80%", "2026-10-09T17:30"),
        ("5 working days", 0.9, "2026-10-10T12:00"),
        ("3 working days", "80%", "2026-09-30T17:30"),
        ("3日", "80%", "2026-10-07T17:30"),
        ("48小时", "75%", "2026-09-29T22:00"),
        ("48小时", "2 working hours", "2026-09-29T16:30"),
        ("10 working hours", "80%", "2026-09-29T11:00"),
    ],
)
def test_yellow_is_a_moment(limit, yellow, at):
    limit = services.read_limit(limit)
    end = services.due_after(city("2026-09-28T10:00"), limit, CALENDAR).at

    assert services.yellow_moment(end, limit, services.read_yellow(yellow), CALENDAR) == city(at)


@pytest.mark.parametrize("share", ["0%", 0, 1, 1.5, "100%", "nan", float("nan"), "80", None])
def test_a_share_lies_between_nothing_and_all(share):
    with pytest.raises(InvalidInput):
        services.read_yellow(share)


@pytest.mark.parametrize(
    ("promised", "legal", "stands"),
    [
        ("5工作日", "5工作日", True), ("2.5工作日", "3工作日", True), ("6工作日", "5工作日", False),
        ("3日", "5工作日", True), ("5工作日", "7日", False), ("5工作日", "30日", True),
        ("17小时", "1工作日", True), ("24小时", "1工作日", False), ("48小时", "1工作日", False), ("14工作小时", "3工作日", True),
    ],
)  # fmt: skip
def test_a_promise_is_no_longer_than_the_law(promised, legal, stands):
    promised, legal = services.read_limit(promised), services.read_limit(legal)
    if stands:
        services.check_promise(promised, legal, CALENDAR)
    else:
        with pytest.raises(InvalidInput, match="ends after the legal"):
            services.check_promise(promised, legal, CALENDAR)


def test_a_year_that_is_never_worked_is_stepped_over():
    off = dict.fromkeys(days_from(date(2025, 1, 1), date(2025, 12, 31), 1), (False, ""))
    calendar = WorkCalendar({2025: YearPlan(2025, "", off)})

    assert services.add_workdays(date(2024, 12, 31), 1, calendar=calendar).date == date(2026, 1, 1)
    assert services.add_workdays(date(2026, 1, 1), -1, calendar=calendar).date == date(2024, 12, 31)


def test_office_hours_need_their_order():
    with pytest.raises(InvalidInput):
        OfficeHours(time(9), time(8), time(13), time(17))
