"""The counters of taken places, and the one statement that changes them. 名额计数。

A place is taken where there is one left: the statement that adds to a counter carries the
condition, so of many who come at once exactly as many get through as there are places. Nobody
looks first and writes afterwards, and nobody holds up who wants another slot.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import connection

from yiwang.kernel.records.models import SlotCount
from yiwang.kernel.records.services.plans.statements import run
from yiwang.kernel.records.types import Entity

DaySlot = tuple[str, int]
"""A day and the minute at which a slot of it begins. 日内时段。"""
TABLE = SlotCount._meta.db_table
GUARD = " WHERE excluded.taken < 0 OR k.taken + excluded.taken <= %s"
AT_ONCE = 2_000
"""Counters in one statement; databases bind some thirty thousand values. 单语句计数上限。"""


def add(entity: Entity, of: str, deltas: Mapping[DaySlot, int], most: int) -> set[DaySlot]:
    """Add to counters of one thing, each only while it stays within `most`; those that did. 条件加减。

    Rows are dealt with in the order of day and minute: two who take several slots never wait for
    each other in a circle.
    """
    wanted = sorted((key, count) for key, count in deltas.items() if count <= most)
    met: set[DaySlot] = set()
    for start in range(0, len(wanted), AT_ONCE):
        met |= _add(entity, of, dict(wanted[start : start + AT_ONCE]), most)
    return met


def _add(entity: Entity, of: str, deltas: Mapping[DaySlot, int], most: int) -> set[DaySlot]:
    marks = ", ".join(["(%s, %s, %s, %s, %s)"] * len(deltas))
    values = [
        one for (day, since), count in deltas.items() for one in (entity.id, of, day, since, count)
    ]
    rows = run(
        f"INSERT INTO {TABLE} AS k (entity_id, thing, day, since, taken) VALUES {marks}"  # noqa: S608
        " ON CONFLICT (entity_id, thing, day, since) DO UPDATE SET taken = k.taken + excluded.taken"
        f"{GUARD} RETURNING day, since, taken",
        [*values, *([most] if GUARD else [])],
    )
    _lift([(of, day, since) for day, since, taken in rows if taken < 0], entity)
    return {(day, since) for day, since, _ in rows}


def _lift(below: Collection[tuple[str, str, int]], entity: Entity) -> None:
    """Fewer than none is none: what was given back had not been counted."""
    for key in below:
        set_count(entity, key, 0)


def set_count(entity: Entity, key: tuple[str, str, int], taken: int) -> None:
    """Put a counter right. 校正计数。"""
    of, day, since = key
    SlotCount.objects.update_or_create(
        entity_id=entity.id, thing=of, day=day, since=since, defaults={"taken": taken}
    )


def read_counts(
    entity: Entity, things: Collection[str], first: str, last: str
) -> dict[tuple[str, str, int], int]:
    """Taken places of some things on some days, both days included. 读取计数。"""
    rows = SlotCount.objects.filter(
        entity_id=entity.id, thing__in=list(things), day__gte=first, day__lte=last, taken__gt=0
    )
    return {
        (of, day, since): taken
        for of, day, since, taken in rows.values_list("thing", "day", "since", "taken")
    }


def read_places(
    entity: Entity, entities: Mapping[str, Entity], ids: Collection[str], *, hold: bool = False
) -> dict[str, int]:
    """How many places a slot of some things has; none where that is not said. 名额总数。

    With `hold` nobody changes that number until the transaction ends; others may hold it too.
    """
    slots = entity.slots
    if slots is None or not slots.places:
        return dict.fromkeys(ids, slots.number if slots else 0)
    booked = entities.get(entity.fields[slots.of].to)
    if booked is None or not ids:
        return {}
    column = booked.fields[slots.places].column
    marks = ", ".join(["%s"] * len(ids))
    share = " FOR SHARE" if hold and connection.vendor == "postgresql" else ""
    text = f"SELECT id, {column} FROM {booked.table} WHERE id IN ({marks}) ORDER BY id{share}"  # noqa: S608
    return {one: int(places or 0) for one, places in run(text, sorted(ids))}
