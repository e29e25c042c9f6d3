"""Clocks run, pause, turn yellow and red, and are counted anew from what happened."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import CITY_ZONE
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.calendar import services
from yiwang.kernel.calendar.types import Limit, WorkCalendar, YearPlan
from yiwang.kernel.calendar.vendor import vendor_years
from yiwang.kernel.events.models import EventRow

CALENDAR = WorkCalendar(vendor_years())


def city(text):
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


def start(text="2026-09-28T10:00", limit="5 working days", calendar=CALENDAR, **more):
    limit = services.read_limit(limit)
    return services.start_clock(at=city(text), limit=limit, kind="legal", calendar=calendar, **more)


def pause(clock, text, calendar=CALENDAR):
    return services.pause_clock(clock, at=city(text), calendar=calendar)


def resume(clock, text, calendar=CALENDAR):
    return services.resume_clock(clock, at=city(text), calendar=calendar)


def with_year(days, year=2027):
    return WorkCalendar({**vendor_years(), year: YearPlan(year, "notice", days)})


moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 30), timezones=st.just(CITY_ZONE))
limits = st.sampled_from(
    ["0.5工作日", "1工作日", "2.5工作日", "5工作日", "20工作日", "10日", "48小时", "9.3小时",
     "4工作小时", "31.7工作小时"]
).map(services.read_limit)  # fmt: skip
yellows = st.sampled_from([None, "80%", "1工作日", "3小时"]).map(
    lambda text: text and services.read_yellow(text)
)
steps = st.lists(st.integers(0, 15 * 24 * 3600 * 10**6), max_size=7)


def live(begin, limit, yellow, lengths, calendar, *, stop=False):
    """A clock that was paused and resumed in turn after these many microseconds."""
    clock = services.start_clock(
        at=begin, limit=limit, kind="promised", calendar=calendar, yellow=yellow
    )
    at = begin
    for number, length in enumerate(lengths):
        at += timedelta(microseconds=length)
        act = services.resume_clock if number % 2 else services.pause_clock
        clock = act(clock, at=at, calendar=calendar)
    return services.stop_clock(clock, at=at) if stop else clock


def test_asking_for_corrections_stops_the_clock_and_the_remaining_days_go_on():
    clock = start()
    paused = pause(clock, "2026-09-30T11:00")
    resumed = resume(paused, "2026-10-12T15:00")

    assert clock.due_at == city("2026-10-10T17:30")
    assert (paused.left, paused.due_at) == (Limit(Decimal(3), "workday"), clock.due_at)
    assert resumed.due_at == city("2026-10-15T17:30")
    assert resumed.left is None


def test_pausing_and_resuming_within_the_day_changes_nothing():
    clock = start()
    resumed = resume(pause(clock, "2026-09-30T09:10"), "2026-09-30T17:10")

    assert resumed.due_at == clock.due_at


def test_a_clock_paused_on_its_last_day_has_the_day_of_resuming():
    paused = pause(start(), "2026-10-10T09:30")

    assert paused.left == Limit(Decimal(0), "workday")
    assert resume(paused, "2026-10-10T16:00").due_at == city("2026-10-10T17:30")
    assert resume(paused, "2026-10-10T18:00").due_at == city("2026-10-12T17:30")
    assert resume(paused, "2026-10-11T09:00").due_at == city("2026-10-12T17:30")
    assert resume(paused, "2026-10-14T09:00").due_at == city("2026-10-14T17:30")


def test_half_days_go_on_as_half_days():
    clock = start(limit="2.5 working days")
    paused = pause(clock, "2026-09-29T09:30")

    assert clock.due_at == city("2026-09-30T17:30")
    assert paused.left == Limit(Decimal("1.5"), "workday")
    assert resume(paused, "2026-10-08T10:00").due_at == city("2026-10-09T17:30")
    again = pause(resume(paused, "2026-10-08T10:00"), "2026-10-08T14:00")
    assert again.left == Limit(Decimal(1), "workday", halves=True)
    assert resume(again, "2026-10-09T15:00").due_at == city("2026-10-10T17:30")


def test_natural_days_paused_after_the_nominal_end_lose_nothing():
    clock = start("2026-09-28T10:00", "3日")  # 1 October, moved behind the holidays
    resumed = resume(pause(clock, "2026-10-03T10:00"), "2026-10-05T10:00")

    assert clock.due_at == resumed.due_at == city("2026-10-08T17:30")
    paused = pause(clock, "2026-10-08T10:00")
    assert resume(paused, "2026-10-09T17:29").due_at == city("2026-10-09T17:30")
    assert resume(paused, "2026-10-09T17:30").due_at == city("2026-10-10T17:30")


def test_what_is_overdue_stays_overdue_through_a_pause():
    clock = start()
    paused = pause(clock, "2026-10-12T09:00")
    resumed = resume(paused, "2026-11-12T09:00")

    assert (paused.left, paused.due_at) == (Limit(Decimal(0), "workday"), clock.due_at)
    assert (resumed.left, resumed.due_at) == (None, clock.due_at)
    for at, one in [("2026-10-13T09:00", paused), ("2026-11-13T09:00", resumed)]:
        assert services.light_of(one, city(at)) == "red"


def test_a_pause_at_the_very_moment_it_is_due_comes_too_late():
    clock = start()
    early = clock.due_at - timedelta(microseconds=1)
    saved = services.pause_clock(clock, at=early, calendar=CALENDAR)
    late = services.pause_clock(clock, at=clock.due_at, calendar=CALENDAR)

    assert resume(saved, "2026-11-12T09:00").due_at == city("2026-11-12T17:30")
    assert resume(late, "2026-11-12T09:00").due_at == clock.due_at


@settings(deadline=None)
@given(moments, limits, st.integers(0, 10**14))
def test_pausing_and_resuming_at_once_changes_nothing_ever(begin, limit, length):
    clock = live(begin, limit, None, [], CALENDAR)

    assert live(begin, limit, None, [length, 0], CALENDAR).due_at == clock.due_at


@settings(deadline=None)
@given(moments, limits, st.lists(st.integers(0, 10**11), min_size=40, max_size=40))
def test_many_short_pauses_of_hours_add_up_to_the_microsecond(begin, limit, lengths):
    if limit.unit != "hour":
        return
    clock = live(begin, limit, None, lengths, CALENDAR)
    at, stood = begin, timedelta(0)
    for number, length in enumerate(lengths):
        at += timedelta(microseconds=length)
        if number % 2 and at - timedelta(microseconds=length) < begin + limit.span + stood:
            stood += timedelta(microseconds=length)

    assert clock.due_at == begin + limit.span + stood


@settings(deadline=None)
@given(moments, limits, st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_a_longer_pause_never_ends_earlier(begin, limit, until, pause_length, more):
    shorter = live(begin, limit, None, [until, pause_length], CALENDAR)
    longer = live(begin, limit, None, [until, pause_length + more], CALENDAR)

    assert begin < shorter.due_at <= longer.due_at


@settings(deadline=None)
@given(moments, limits, st.integers(0, 10**13), st.integers(0, 10**13))
def test_a_pause_alone_never_makes_it_overdue(begin, limit, until, length):
    clock = live(begin, limit, None, [], CALENDAR)
    resumed = live(begin, limit, None, [until, length], CALENDAR)

    if begin + timedelta(microseconds=until) < clock.due_at:
        assert resumed.due_at > resumed.pauses[0].resumed_at
    else:
        assert resumed.due_at == clock.due_at


@settings(deadline=None)
@given(moments, limits, yellows, steps, st.booleans())
def test_a_clock_comes_back_from_json_as_it_went(begin, limit, yellow, lengths, stop):
    clock = live(begin, limit, yellow, lengths, CALENDAR, stop=stop)

    kept = json.loads(json.dumps(services.clock_to_json(clock)))

    assert services.clock_from_json(kept) == clock
    assert services.clock_to_json(services.clock_from_json(kept)) == kept


@pytest.mark.parametrize(
    "damage",
    [
        {"started_at": "2026-09-28T10:00:00"}, {"started_at": None}, {"kind": "other"},
        {"limit": {}}, {"limit": {"amount": "x", "unit": "day"}}, {"pauses": [["x"]]},
        {"limit": {"amount": "5", "unit": "moon"}}, {"pauses": None}, {"kind": []},
        {"limit": {"amount": "5", "unit": []}}, {"yellow": "x"},
    ],
)  # fmt: skip
def test_a_damaged_clock_is_refused(damage):
    kept = services.clock_to_json(start()) | damage
    with pytest.raises(InvalidInput):
        services.clock_from_json(kept)


def test_lights_follow_the_time():
    clock = start(yellow=services.read_yellow("1 working day"))

    lights = [
        services.light_of(clock, clock.due_at + timedelta(hours=hours))
        for hours in (-300, -25, -24, -1, 0, 1)
    ]

    assert lights == ["green", "green", "yellow", "yellow", "red", "red"]
    assert services.light_of(pause(clock, "2026-09-30T10:00"), clock.due_at) == "paused"
    assert services.light_of(services.stop_clock(clock, at=clock.due_at), clock.due_at) == "done"


def test_the_sweeper_is_told_when_to_look_next():
    clock = start(yellow=services.read_yellow("1 working day"))
    paused = pause(clock, "2026-09-30T10:00")

    assert services.next_moment(clock, clock.started_at) == clock.yellow_at
    assert services.next_moment(clock, clock.yellow_at) == clock.red_at
    assert services.next_moment(clock, clock.red_at) is None
    assert services.next_moment(paused, paused.paused_at) is None
    assert services.next_moment(resume(paused, "2026-09-30T11:00"), clock.started_at)
    assert (
        services.next_moment(services.stop_clock(clock, at=clock.due_at), clock.started_at) is None
    )


@settings(deadline=None)
@given(moments, limits, yellows, steps)
def test_the_light_changes_exactly_at_the_moments_told(begin, limit, yellow, lengths):
    clock = live(begin, limit, yellow, lengths, CALENDAR)
    at = begin
    while (moment := services.next_moment(clock, at)) is not None:
        before = moment - timedelta(microseconds=1)
        assert services.light_of(clock, before) == services.light_of(clock, at)
        # Yellow and red of one moment are told once.
        assert services.light_of(clock, moment) != services.light_of(clock, before)
        at = moment
    later = services.light_of(clock, at + timedelta(days=4000))
    assert later == services.light_of(clock, at)
    assert later in ("red", "paused")


def test_yellow_is_never_before_the_clock_runs():
    clock = start(limit="1 working day", yellow=services.read_yellow("3 working days"))

    assert clock.yellow_at == clock.started_at
    assert start().yellow_at is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda clock: resume(clock, "2026-09-29T10:00"), "running"),
        (lambda clock: pause(pause(clock, "2026-09-29T10:00"), "2026-09-29T11:00"), "paused"),
        (lambda clock: pause(clock, "2026-09-28T09:00"), "earlier"),
        (lambda clock: resume(pause(clock, "2026-09-29T10:00"), "2026-09-29T09:00"), "earlier"),
        (lambda clock: services.stop_clock(clock, at=city("2026-09-28T09:00")), "earlier"),
        (lambda clock: pause(services.stop_clock(clock, at=clock.due_at), "2026-12-28T09:00"), "stopped"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_code(change, code):
    with pytest.raises(Conflict) as refusal:
        change(start())

    assert refusal.value.code == f"calendar.clock.{code}"


def test_what_is_left_is_told_while_it_runs():
    clock = start()
    told = [
        services.left_on(clock, city(at), calendar=CALENDAR).amount
        for at in ("2026-09-28T10:00", "2026-09-29T10:00", "2026-10-08T10:00", "2026-11-08T10:00")
    ]
    paused = pause(clock, "2026-09-29T10:00")
    stopped = services.stop_clock(clock, at=city("2026-09-29T10:00"))

    assert told == [5, 4, 2, 0]
    for one in (paused, stopped):
        assert services.left_on(one, city("2026-11-08T10:00"), calendar=CALENDAR).amount == 4


def test_a_notice_moves_open_deadlines_and_tells_the_old_one():
    clock = start("2026-12-29T10:00")
    holidays = {date(2027, 1, day): (False, "元旦") for day in (1, 2, 3)}

    told = services.recalculate_clock(clock, calendar=with_year(holidays))
    same = services.recalculate_clock(clock, calendar=with_year({}))
    stopped = services.stop_clock(clock, at=clock.due_at)

    assert clock.provisional
    assert clock.due_at == city("2027-01-05T17:30")
    assert told.moved
    assert told.old_due_at == clock.due_at
    assert told.clock.due_at == city("2027-01-06T17:30")
    assert not told.clock.provisional
    assert not same.moved
    assert not same.clock.provisional
    untouched = services.recalculate_clock(stopped, calendar=with_year(holidays))
    assert (untouched.moved, untouched.clock) == (False, stopped)


def test_days_used_in_an_unknown_year_keep_a_deadline_provisional():
    clock = start("2027-01-04T10:00", "20 working days")
    known_later = {**vendor_years(), 2028: YearPlan(2028, "notice", {})}
    calendar = WorkCalendar(known_later)
    resumed = resume(pause(clock, "2027-01-14T10:00", calendar), "2028-03-01T10:00", calendar)

    assert resumed.provisional
    assert not services.recalculate_clock(
        resumed, calendar=WorkCalendar({**known_later, 2027: YearPlan(2027, "notice", {})})
    ).clock.provisional


@settings(deadline=None)
@given(
    moments,
    limits,
    yellows,
    steps,
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.tuples(st.booleans(), st.just("")),
        max_size=60,
    ),
)
def test_counting_anew_equals_having_known_from_the_start(begin, limit, yellow, lengths, days):
    changed = with_year(days, 2026)
    clock = live(begin, limit, yellow, lengths, CALENDAR)

    anew = services.recalculate_clock(clock, calendar=changed)

    assert anew.clock == live(begin, limit, yellow, lengths, changed)
    assert anew.moved == (anew.clock.due_at != clock.due_at)
    back = services.recalculate_clock(anew.clock, calendar=CALENDAR)
    assert back.clock == clock


def test_a_clock_is_not_changed_by_what_is_done_to_it():
    clock = start()
    copy = replace(clock)
    services.stop_clock(pause(clock, "2026-09-30T10:00"), at=city("2026-10-01T10:00"))

    assert clock == copy


@pytest.mark.django_db
def test_entering_a_year_announces_it():
    actor = Actor("admin", permissions={"calendar.year.edit": "all"})
    text = "date,kind,name\n2027-01-01,休,元旦\n"

    services.import_year(actor, year=2027, notice="notice", text=text)

    assert list(EventRow.objects.filter(type="calendar.year.changed").values_list("payload")) == [
        ({"year": 2027},)
    ]
    assert not services.load_calendar().describe(date(2027, 5, 1)).provisional


@pytest.mark.django_db
def test_office_hours_are_a_setting(settings):
    settings.YIWANG_OFFICE_HOURS = "08:30-11:30 14:00-18:00"

    clock = start(calendar=services.load_calendar())

    assert clock.due_at == city("2026-10-10T18:00")
