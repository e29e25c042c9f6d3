"""Whatever is done with bookings, counters say what the records say. 时段名额性质测试。"""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.records import services
from yiwang.kernel.records.services.slots import recounting
from yiwang.kernel.records.types import InvalidValues, clock_of

from .halls import BOOKING, HALL, make_halls

PLACES = 3
TIMES = [*range(480, 721, 30), *range(840, 1081, 30)]
DAYS = ("2027-03-01", "2027-03-02")


class Desk:
    """Somebody who does anything with bookings of two halls, sensible or not."""

    def __init__(self, town, halls):
        self.town, self.halls = town, halls
        self.live: list[str] = []
        self.removed: list[str] = []

    def draw(self, dice: random.Random) -> dict[str, object]:
        begins, ends = sorted(dice.sample(TIMES, 2))
        return {
            "hall": dice.choice(self.halls), "day": dice.choice(DAYS), "begins": clock_of(begins),
            "ends": clock_of(ends), "people": dice.randint(1, PLACES), "state": dice.choice(("on", "on", "off")),
        }  # fmt: skip

    def do(self, verb: str, seed: int) -> None:
        dice = random.Random(seed)
        desk = self.town.desk("eng")
        pool = self.removed if verb == "restore" else self.live
        one = dice.choice(pool) if pool else ""
        try:
            self._do(verb, desk, one, dice)
        except (InvalidValues, Conflict):
            return

    def _do(self, verb: str, desk, one: str, dice: random.Random) -> None:
        if verb == "create":
            self.live.append(
                services.create_record(desk, BOOKING, {"what": "x", **self.draw(dice)}).id
            )
        elif verb == "import":
            services.add_records(
                desk, BOOKING, [{"what": "y", **self.draw(dice)} for _ in range(3)]
            )
        elif verb == "edit" and one:
            told = self.draw(dice)
            kept = dice.sample(sorted(told), dice.randint(1, len(told)))
            rev = services.get_record(desk, BOOKING, one).rev
            services.update_record(desk, BOOKING, one, {key: told[key] for key in kept}, rev=rev)
        elif verb == "remove" and one:
            rev = services.get_record(desk, BOOKING, one).rev
            services.remove_record(desk, BOOKING, one, rev=rev)
            self.live.remove(one)
            self.removed.append(one)
        elif verb == "restore" and one:
            services.restore_record(desk, BOOKING, one)
            self.removed.remove(one)
            self.live.append(one)


@pytest.fixture
def somebody(db):
    town, hall = make_halls(PLACES)
    other = services.create_record(town.desk("eng"), HALL, {"name": "二号厅", "places": 1})
    return Desk(town, [hall, other.id])


STEPS = st.lists(
    st.tuples(
        st.sampled_from(("create", "create", "import", "edit", "edit", "remove", "restore")),
        st.integers(0, 2**32),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_counters_are_what_the_records_come_to_and_never_more_than_there_are_places(
    somebody, steps
):
    for verb, seed in steps:
        somebody.do(verb, seed)

    entity = services.snapshot().entities[BOOKING]
    claims, standing = recounting.count_claims(entity), recounting.read_standing(entity)
    assert dict(claims) == standing
    most = {somebody.halls[0]: PLACES, somebody.halls[1]: 1}
    assert all(taken <= most[of] for (of, _, _), taken in standing.items())
