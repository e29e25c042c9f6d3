"""Places that become fewer while some are taken. 名额减少。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.models import SlotCount
from yiwang.kernel.records.services.declaring.telling import problem_at
from yiwang.kernel.records.services.snapshot import Snapshot
from yiwang.kernel.records.types import Entity, FieldProblem, InvalidValues, SlotKey, Slots

from .offering import write_stretch


def refuse_lowered(
    known: Snapshot, entity: Entity, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """InvalidValues where a change of what is booked leaves fewer places than are taken. 拒绝减额。

    Rows by column. What is over counts no more, only from today on.
    """
    for booking, slots in _booking(known, entity):
        column = entity.fields[slots.places].column
        places = int(after.get(column) or 0)
        if places >= int(before.get(column) or 0):
            continue
        found = _find_above(booking, str(before["id"]), places)
        if found:
            raise InvalidValues([_tell(slots, *found)])


def _booking(known: Snapshot, entity: Entity) -> Iterator[tuple[Entity, Slots]]:
    """Entities whose records book these, by as many places as a field of them says."""
    memo = known.memo.setdefault("booking", {})
    if not memo:
        memo[""] = []
        for one in known.entities.values():
            if one.slots and one.slots.places:
                memo.setdefault(one.fields[one.slots.of].to, []).append((one, one.slots))
    yield from memo.get(entity.code, ())


def _find_above(booking: Entity, of: str, places: int) -> tuple[str, int, int] | None:
    rows = SlotCount.objects.filter(
        entity_id=booking.id, thing=of, day__gte=today().isoformat(), taken__gt=places
    )
    return rows.order_by("day", "since").values_list("day", "since", "taken").first()


def _tell(slots: Slots, day: str, since: int, taken: int) -> FieldProblem:
    until = next((end for begin, end in slots.stretches() if begin == since), since + slots.every)
    lowered = InvalidInput(
        "records.slots.lowered",
        "On %(slot)s %(taken)s places are taken; release them first",
        slot=f"{day} {write_stretch(since, until)}",
        taken=taken,
    )
    return problem_at(slots.places, lowered)


def find_overfull(
    counts: Mapping[SlotKey, int], places: Mapping[str, int]
) -> tuple[SlotKey, int] | None:
    """The first slot from today on that has more taken than places; None where none has. 超额时段。"""
    above = [
        (key, taken)
        for key, taken in counts.items()
        if key[1] >= today().isoformat() and taken > places.get(key[0], 0)
    ]
    return min(above, key=lambda one: (one[0][1], one[0][2], one[0][0])) if above else None
