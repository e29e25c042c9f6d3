"""Places in slots: taken, given back, moved, refused, counted anew. 时段名额测试。"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from yiwang.kernel.base.clock import use_time
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.records import services
from yiwang.kernel.records.models import SlotCount
from yiwang.kernel.records.services import slots
from yiwang.kernel.records.types import InvalidValues, clock_of, minute_of

from .halls import BOOKING, DAY, HALL, HALLS, NEXT, book, declare, make_halls, taken

LIST = "{view: free, entity: booking, title: {zh: 预约}, columns: [what]}"
BEFORE = datetime(2027, 2, 1, tzinfo=UTC)


@pytest.fixture
def halls(db):
    with use_time(BEFORE):
        yield make_halls()


def problems(refused):
    return [(one.path, one.code) for one in refused.value.problems]


def test_minutes_and_clocks_say_the_same():
    assert [minute_of(one) for one in ("00:00", "08:30", "24:00")] == [0, 510, 1440]
    assert clock_of(510) == "08:30"
    for wrong in ("8:30", "24:30", "08:60", "morning", "-1:00"):
        with pytest.raises(ValueError, match=wrong):
            minute_of(wrong)


def test_a_booking_takes_every_slot_that_it_touches_and_gives_them_back(halls):
    town, hall = halls

    made = book(town, "eng", hall)
    assert taken(town, hall) == {"09:00": 1, "09:30": 1}

    services.remove_record(town.desk("eng"), BOOKING, made.id, rev=made.rev)
    assert taken(town, hall) == {}

    services.restore_record(town.desk("eng"), BOOKING, made.id)
    assert taken(town, hall) == {"09:00": 1, "09:30": 1}


def test_the_choices_of_times_follow_from_the_hours(halls):
    town, _ = halls
    fields = town.desk("eng").entity(BOOKING).fields

    begins = [code for code, _ in fields["begins"].choices]

    assert begins[:2] == ["08:00", "08:30"]
    assert begins[7:9] == ["11:30", "14:00"]
    assert fields["ends"].choices[-1][0] == "18:00"


def test_a_full_slot_is_refused_by_name_with_the_nearest_free_ones(halls):
    town, hall = halls
    book(town, "eng", hall)

    with pytest.raises(InvalidValues) as refused:
        book(town, "east", hall, "09:30", "10:30")

    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == ("begins", "records.slots.full")
    assert problem.extra["slot"] == f"{DAY} 09:30–10:00"
    assert problem.extra["offers"] == [
        {"day": DAY, "begins": "10:00", "ends": "11:00"},
        {"day": DAY, "begins": "10:30", "ends": "11:30"},
        {"day": DAY, "begins": "08:00", "ends": "09:00"},
    ]
    assert problem.extra["free"] == "10:00–11:00, 10:30–11:30, 08:00–09:00"
    assert taken(town, hall) == {"09:00": 1, "09:30": 1}


def test_where_the_day_is_full_the_next_days_are_offered_and_nothing_that_is_past(halls):
    town, hall = halls
    book(town, "eng", hall, "08:00", "18:00")

    with use_time(datetime(2027, 3, 1, 1, 0, tzinfo=UTC)), pytest.raises(InvalidValues) as refused:
        book(town, "east", hall, "10:00", "11:00")

    offers = refused.value.problems[0].extra["offers"]
    assert offers[0] == {"day": NEXT, "begins": "08:00", "ends": "09:00"}
    assert f"{NEXT} 08:00–09:00" in refused.value.problems[0].extra["free"]


def test_a_week_without_room_is_said_to_be_so(halls):
    town, hall = halls
    for day in range(1, 9):
        book(town, "eng", hall, "08:00", "18:00", day=f"2027-03-{day:02d}")

    with pytest.raises(InvalidValues) as refused:
        book(town, "east", hall)

    assert refused.value.problems[0].extra["days"] == 7


def test_a_booking_that_is_moved_gives_back_and_takes_only_the_difference(halls):
    town, hall = halls
    made = book(town, "eng", hall, "09:00", "11:00")

    def change(**values):
        nonlocal made
        made = services.update_record(town.desk("eng"), BOOKING, made.id, values, rev=made.rev)

    change(begins="09:30")
    assert list(taken(town, hall)) == ["09:30", "10:00", "10:30"]
    change(begins="10:00", ends="11:30")
    assert list(taken(town, hall)) == ["10:00", "10:30", "11:00"]
    change(day=NEXT)
    assert (taken(town, hall), list(taken(town, hall, NEXT))) == ({}, ["10:00", "10:30", "11:00"])
    change(state="off")
    assert taken(town, hall, NEXT) == {}
    change(state="on", ends="10:30")
    assert list(taken(town, hall, NEXT)) == ["10:00"]


def test_a_booking_that_cannot_be_moved_stays_where_it_was(halls):
    town, hall = halls
    book(town, "eng", hall, "10:00", "11:00")
    made = book(town, "east", hall, "09:00", "10:00")

    with pytest.raises(InvalidValues) as refused:
        services.update_record(town.desk("east"), BOOKING, made.id, {"ends": "10:30"}, rev=made.rev)

    assert problems(refused) == [("begins", "records.slots.full")]
    assert list(taken(town, hall)) == ["09:00", "09:30", "10:00", "10:30"]


def test_several_places_are_taken_until_there_are_no_more(db):
    town, hall = make_halls(5)

    book(town, "eng", hall, people=3)
    with pytest.raises(InvalidValues):
        book(town, "east", hall, people=3)
    book(town, "east", hall, people=2)

    assert taken(town, hall) == {"09:00": 5, "09:30": 5}


def test_what_ends_before_it_begins_or_takes_nothing_is_refused(halls):
    town, hall = halls

    with pytest.raises(InvalidValues) as refused:
        book(town, "eng", hall, "10:00", "09:00", people=0)
    assert problems(refused) == [("ends", "records.slots.order"), ("people", "records.slots.takes")]

    with pytest.raises(InvalidValues) as refused:
        book(town, "eng", hall, "12:30", "14:00")
    assert problems(refused) == [
        ("begins", "records.value.choice"),
        ("ends", "records.value.choice"),
    ]


def test_an_import_takes_places_row_by_row_and_names_the_row_without(halls):
    town, hall = halls
    rows = [
        {"what": f"第{at}场", "hall": hall, "day": DAY, "begins": begins, "ends": ends}
        for at, (begins, ends) in enumerate((("09:00", "10:00"), ("10:00", "11:00"), ("09:30", "10:30")), 1)
    ]  # fmt: skip

    with pytest.raises(InvalidValues) as refused:
        services.add_records(town.desk("eng"), BOOKING, rows)
    assert problems(refused) == [("3.begins", "records.slots.full")]
    assert taken(town, hall) == {}

    assert services.add_records(town.desk("eng"), BOOKING, rows[:2]) == 2
    assert list(taken(town, hall)) == ["09:00", "09:30", "10:00", "10:30"]


def test_fewer_places_than_are_taken_are_refused_and_what_is_past_is_no_hindrance(db):
    with use_time(BEFORE):
        town, hall = make_halls(3)
        book(town, "eng", hall, people=3)
        found = services.get_record(town.desk("eng"), HALL, hall)
        with pytest.raises(InvalidValues) as refused:
            services.update_record(town.desk("eng"), HALL, hall, {"places": 2}, rev=found.rev)
    assert problems(refused) == [("places", "records.slots.lowered")]

    with use_time(datetime(2027, 4, 1, tzinfo=UTC)):
        services.update_record(town.desk("eng"), HALL, hall, {"places": 2}, rev=found.rev)


def test_who_may_not_see_the_booking_sees_that_the_place_is_taken(halls):
    town, hall = halls
    made = book(town, "east", hall)

    (told,) = services.list_slots(town.desk("west"), BOOKING, [hall], date.fromisoformat(DAY))

    assert [clock_of(one.since) for one in told.slots if not one.left] == ["09:00", "09:30"]
    with pytest.raises(NotFound):
        services.get_record(town.desk("west"), BOOKING, made.id)
    with pytest.raises(NotFound):
        services.list_slots(town.desk("grid"), BOOKING, [hall], date.fromisoformat(DAY))


def test_longer_slots_are_counted_anew_and_refused_where_two_would_meet(halls):
    town, hall = halls
    book(town, "eng", hall, "09:00", "09:30")
    hourly = declare(every=("every: 30", "every: 60"))

    plan = services.plan_bundle(town.people["eng"], hourly)
    assert [one.kind for one in plan] == ["recount"]
    services.publish_bundle(town.people["eng"], hourly)
    assert taken(town, hall) == {"09:00": 1}

    services.publish_bundle(town.people["eng"], HALLS)
    book(town, "east", hall, "09:30", "10:00")
    for refuse in (services.plan_bundle, services.publish_bundle):
        with pytest.raises(Conflict) as refused:
            refuse(town.people["eng"], hourly)
        assert refused.value.code == "records.slots.overfull"
        assert refused.value.extra["slot"] == f"{DAY} 09:00–10:00"
    assert taken(town, hall) == {"09:00": 1, "09:30": 1}


def test_shorter_hours_keep_what_was_booked_and_entities_may_begin_and_cease_to_have_slots(halls):
    town, hall = halls
    made = book(town, "eng", hall, "08:00", "09:00")
    shorter = declare(open=("'08:00-12:00'", "'09:00-12:00'"))

    services.publish_bundle(town.people["eng"], shorter)
    assert taken(town, hall) == {}
    assert services.get_record(town.desk("eng"), BOOKING, made.id).values["begins"] == "08:00"

    line = next(one for one in HALLS["entities/booking.yaml"].splitlines() if "slots:" in one)
    without = {**declare(slots=(line, "")), "views/free.yaml": LIST}
    services.publish_bundle(town.people["eng"], without)
    assert not SlotCount.objects.exists()
    services.publish_bundle(town.people["eng"], HALLS)
    assert taken(town, hall) == {"08:00": 1, "08:30": 1}


def test_counters_that_went_wrong_are_put_right_from_the_records(halls):
    town, hall = halls
    book(town, "eng", hall)
    SlotCount.objects.filter(since=540).update(taken=7)
    SlotCount.objects.filter(since=570).delete()

    assert slots.recount_all() == 2

    assert taken(town, hall) == {"09:00": 1, "09:30": 1}


def test_what_is_given_back_without_having_been_counted_leaves_no_place_too_many(halls):
    town, hall = halls
    made = book(town, "eng", hall)
    SlotCount.objects.all().delete()

    services.remove_record(town.desk("eng"), BOOKING, made.id, rev=made.rev)

    assert set(SlotCount.objects.values_list("taken", flat=True)) == {0}


def test_a_program_that_began_before_the_hours_changed_comes_again(halls):
    town, hall = halls
    desk = town.desk("eng")
    services.publish_bundle(town.people["eng"], declare(every=("every: 30", "every: 60")))
    values = {"what": "例会", "hall": hall, "day": DAY, "begins": "09:30", "ends": "10:00"}

    with pytest.raises(Conflict) as refused:
        services.create_record(desk, BOOKING, values)

    assert refused.value.code == "records.slots.changed"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("of: hall", "of: what", "records.field.kind"),
        ("day: day", "day: dya", "records.field.unknown"),
        ("until: ends", "until: begins", "records.slots.same"),
        ("every: 30", "every: 50", "records.slots.hours"),
        ("'14:00-18:00'", "'11:00-18:00'", "records.slots.overlap"),
        ("places: places", "places: name", "records.field.kind"),
        ("takes: people", "takes: what", "records.field.kind"),
        ("if: state != 'off'", "if: status != 'off'", "expressions.text.unknown_field"),
        ("en: From}, ", "en: From}, longest: 5, ", "records.slots.made"),
    ],
)
def test_slots_that_cannot_be_booked_are_not_published(db, old, new, code):
    found = services.find_problems(declare(part=(old, new)), known={})

    assert code in [one.extra.get("code", one.code) for one in found], [
        (one.code, one.extra) for one in found
    ]
    assert all(isinstance(one, InvalidInput) for one in found)
