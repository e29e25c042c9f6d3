"""Working days follow the notices; a year without one is provisional."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, NotPermitted
from yiwang.kernel.calendar import services
from yiwang.kernel.calendar.types import WorkCalendar
from yiwang.kernel.calendar.vendor import vendor_years

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor("admin", permissions={"calendar.year.edit": "all"})
CALENDAR = WorkCalendar(vendor_years())
known_days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2024, 2, 4), True), (date(2024, 2, 12), False), (date(2024, 10, 12), True),
        (date(2025, 1, 1), False), (date(2025, 1, 26), True), (date(2025, 10, 8), False),
        (date(2025, 10, 9), True), (date(2025, 10, 11), True), (date(2026, 2, 16), False),
        (date(2026, 2, 28), True), (date(2026, 9, 20), True), (date(2026, 11, 22), False),
    ],
)  # fmt: skip
def test_notices_decide(day, worked):
    found = services.describe_day(day)

    assert (found.workday, found.provisional) == (worked, False)


@pytest.mark.parametrize(("year", "off", "worked"), [(2024, 28, 8), (2025, 28, 5), (2026, 33, 6)])
def test_a_notice_moves_only_weekends(year, off, worked):
    days = vendor_years()[year].days

    assert sum(not w for w, _ in days.values()) == off
    assert sum(w for w, _ in days.values()) == worked
    assert all(day.weekday() >= 5 for day, (w, _) in days.items() if w)
    assert all(day.year == year for day in days)


# Of every year: two collections of the notices agree on these.
WORKED = {
    2004: 252, 2005: 250, 2006: 251, 2007: 249, 2008: 251, 2009: 250, 2010: 250, 2011: 250,
    2012: 249, 2013: 250, 2014: 250, 2015: 249, 2016: 250, 2017: 249, 2018: 250, 2019: 250,
    2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248,
}  # fmt: skip


@pytest.mark.parametrize("year", WORKED)
def test_every_notice_leaves_so_many_working_days(year):
    eve, end = date(year - 1, 12, 31), date(year, 12, 31)

    assert services.count_workdays(eve, end, calendar=CALENDAR) == WORKED[year]
    assert all(day.weekday() >= 5 for day, (w, _) in vendor_years()[year].days.items() if w)


def test_every_year_from_2004_on_is_known():
    assert set(vendor_years()) == set(WORKED)
    assert all(f"{year}年部分节假日安排" in plan.notice for year, plan in vendor_years().items())


def test_a_year_without_notice_is_provisional_and_follows_the_week():
    assert services.describe_day(date(2031, 10, 1)).provisional
    assert services.is_workday(date(2031, 10, 1))
    assert services.add_workdays(date(2026, 12, 30), 3).provisional
    assert not services.add_workdays(date(2026, 9, 24), 3).provisional


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        (date(2025, 9, 26), 3, date(2025, 9, 30)),
        (date(2025, 10, 9), -1, date(2025, 9, 30)),
        (date(2025, 10, 3), 0, date(2025, 10, 3)),
    ],
)
def test_working_days_are_added(start, days, end):
    assert services.add_workdays(start, days).date == end


@settings(max_examples=100, deadline=None)
@given(known_days, st.integers(1, 200))
def test_adding_ends_on_a_workday_and_counting_undoes_it(start, days):
    end = services.add_workdays(start, days, calendar=CALENDAR).date

    assert CALENDAR.describe(end).workday
    assert services.count_workdays(start, end, calendar=CALENDAR) == days
    assert services.count_workdays(end, start, calendar=CALENDAR) == -days


def test_an_administrator_adds_a_year_and_may_correct_it():
    text = "日期,安排,名称\n2027-01-01,休,元旦\n2027-01-03,班,\n"

    services.import_year(ADMINISTRATOR, year=2027, notice="关于2027年的通知", text=text)
    services.import_year(
        ADMINISTRATOR, year=2027, notice="更正", text=text + "2027-01-04,休,元旦\n"
    )

    assert services.describe_day(date(2027, 1, 3)).workday
    assert services.describe_day(date(2027, 1, 4)).name == "元旦"
    assert not services.describe_day(date(2027, 5, 1)).provisional
    assert services.list_years()[0].notice == "更正"


def test_a_year_is_exported_and_taken_back():
    text = services.export_year(2025)

    plan = services.import_year(ADMINISTRATOR, year=2025, notice="同", text=text)

    assert plan.days == vendor_years()[2025].days


@pytest.mark.parametrize(
    "text",
    ["date,kind\n", "date,kind\n2027-13-01,休\n", "date,kind\n2027-01-01,?\n",
     "date,kind\n2026-01-01,休\n", "date,kind\n2027-01-01,休\n2027-01-01,班\n"],
)  # fmt: skip
def test_a_sheet_that_cannot_stand_is_refused(text):
    with pytest.raises(InvalidInput):
        services.import_year(ADMINISTRATOR, year=2027, notice="x", text=text)


def test_only_holders_of_the_permission_add_a_year():
    with pytest.raises(NotPermitted):
        services.import_year(Actor("x"), year=2027, notice="x", text="date,kind\n2027-01-01,休\n")


def test_counting_is_bounded():
    with pytest.raises(InvalidInput):
        services.add_workdays(date(2025, 1, 1), 10**9)
    with pytest.raises(InvalidInput):
        services.count_workdays(date(2025, 1, 1), date(2025, 1, 1) + timedelta(days=99999))
