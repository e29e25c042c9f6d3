"""What is free and what is taken, for who may see what is booked. 时段占用。"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.records.services.desk import Desk
from yiwang.kernel.records.services.reading import name_records
from yiwang.kernel.records.types import Slot, SlotDay

from .counting import read_counts, read_places

MOST = 62
"""Days of one look times things. 一次查看上限。"""


def list_slots(
    desk: Desk, code: str, of: Collection[str], first: date, days: int = 1
) -> list[SlotDay]:
    """The slots of some things on some days, each with its places and how many are taken. 时段占用。

    For who may see records of the entity and the things themselves; who took a place it does not
    say. NotFound for an entity without slots; things that are not the reader's to see are left out.
    """
    entity = desk.entity(code)
    slots = entity.slots
    if slots is None:
        raise NotFound("records.slots.none", "Records of %(entity)s take no slots", entity=code)
    known = name_records(desk, entity.fields[slots.of].to, of)
    things = [one for one in of if one in known][:MOST]
    dates = [first + timedelta(days=at) for at in range(min(days, MOST))]
    places = read_places(entity, desk.snapshot.entities, things)
    taken = read_counts(entity, things, f"{dates[0]}", f"{dates[-1]}") if things else {}
    return [
        SlotDay(
            one,
            f"{day}",
            tuple(
                Slot(since, until, places.get(one, 0), taken.get((one, f"{day}", since), 0))
                for since, until in slots.stretches()
            ),
        )
        for one in things
        for day in dates
    ]
