"""Many clients at once for few places: exactly as many are granted, and without the guard more. 抢约测试。"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection

from yiwang.kernel.base.act import Actor
from yiwang.kernel.records import services
from yiwang.kernel.records.services import slots
from yiwang.kernel.records.services.slots import counting, recounting
from yiwang.kernel.records.services.slots.taking import Taking
from yiwang.kernel.records.types import InvalidValues, clock_of

from .halls import BOOKING, HALL, make_halls

pytestmark = pytest.mark.races
PLACES_OF_A_SLOT = 20
SLOTS = list(range(480, 720, 30))
FIRST = date(2027, 3, 1)


@pytest.fixture
def hall(drop_entities):
    town, hall = make_halls(PLACES_OF_A_SLOT)
    return town.people["eng"], hall


@pytest.fixture
def unguarded(monkeypatch):
    """The same booking, but looking first and writing afterwards, as people write it at first."""
    monkeypatch.setattr(counting, "GUARD", "")
    monkeypatch.setattr(Taking, "look", lambda _: None)


def race(
    actor: Actor, hall: str, *, clients: int, attempts: int, places: int, looks: bool = False
) -> Counter[str]:
    """So many attempts by so many clients, each with a connection of its own, behind a barrier."""
    wanted = [
        (FIRST + timedelta(days=at // len(SLOTS)), SLOTS[at % len(SLOTS)])
        for at in range(places // PLACES_OF_A_SLOT)
    ]
    barrier = threading.Barrier(clients)

    def is_free(day: date, since: int) -> bool:
        (told,) = services.list_slots(services.at_desk(actor), BOOKING, [hall], day)
        return any(one.left for one in told.slots if one.since == since)

    def attempt(number: int) -> str:
        day, since = wanted[number % len(wanted)]
        if looks and not is_free(day, since):
            return "full"
        values = {
            "what": f"{number}",
            "hall": hall,
            "day": f"{day}",
            "begins": clock_of(since),
            "ends": clock_of(since + 30),
        }
        while True:
            try:
                services.create_record(services.at_desk(actor), BOOKING, values)
            except InvalidValues as refused:
                return refused.problems[0].code
            except OperationalError as error:
                # SQLite lets one of sixty who wait for its lock starve: that client comes again.
                if "locked" not in str(error):
                    raise
                connection.close()
            else:
                return "granted"

    def client(at: int) -> Counter[str]:
        try:
            barrier.wait(60)
            return Counter(attempt(number) for number in range(at, attempts, clients))
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        return sum(pool.map(client, range(clients)), Counter())


def counted() -> tuple[int, int, bool]:
    """Bookings that lie here, places that counters say are taken, whether both agree slot by slot."""
    entity = services.snapshot().entities[BOOKING]
    claims, standing = recounting.count_claims(entity), recounting.read_standing(entity)
    return sum(claims.values()), sum(standing.values()), dict(claims) == standing


SIZES = [
    pytest.param({"clients": 16, "attempts": 240, "places": 60}, id="quick"),
    pytest.param({"clients": 64, "attempts": 10_000, "places": 1_000}, id="10000", marks=pytest.mark.deep),
]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_of_many_who_come_at_once_exactly_as_many_are_granted_as_there_are_places(hall, size):
    found = race(*hall, **size)

    assert found["granted"] == size["places"]
    assert found.total() == size["attempts"]
    assert found.keys() <= {"granted", "records.slots.full", "records.slots.full_for_days"}
    assert counted() == (size["places"], size["places"], True)


@pytest.mark.parametrize("size", SIZES)
def test_with_the_guard_off_the_same_attempts_take_more_places_than_there_are(
    hall, size, unguarded
):
    found = race(*hall, **size, looks=True)

    assert found["granted"] > size["places"]


def test_two_who_take_and_give_back_across_each_other_both_come_through(hall):
    actor, one = hall
    desk = services.at_desk(actor)
    other = services.create_record(desk, HALL, {"name": "二号厅", "places": 1}).id
    made = [
        services.create_record(desk, BOOKING, {"what": "x", "hall": at, "day": "2027-03-01", "begins": "08:00", "ends": "12:00"})
        for at in (one, other)
    ]  # fmt: skip
    barrier = threading.Barrier(2)

    def swap(at: int) -> str:
        try:
            record = made[at]
            for turn in range(20):
                barrier.wait(60)
                to = "2027-03-02" if (turn + at) % 2 else "2027-03-01"
                record = services.update_record(
                    services.at_desk(actor), BOOKING, record.id, {"day": to}, rev=record.rev
                )
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(swap, range(2))) == ["done", "done"]
    assert counted()[2]
    assert slots.recount_all() == 0
