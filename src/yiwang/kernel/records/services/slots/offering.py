"""What is said where a slot is full: which one, and which are free instead. 满额提示。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise

from yiwang.kernel.base.clock import CITY_ZONE, now, today
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.services.declaring.telling import problem_at
from yiwang.kernel.records.types import Entity, FieldProblem, SlotKey, Slots, clock_of

from .counting import read_counts

DAYS = 7
OFFERED = 3
Offer = tuple[str, int, int]
"""A day, and from which minute to which. 可选时段。"""
Counts = Mapping[SlotKey, int]


def tell_full(
    entity: Entity, slots: Slots, claim: Counts, full: SlotKey, *, places: int, own: Counts
) -> FieldProblem:
    """The refusal of what a record asked for, `full` its first slot without room. 满额说明。

    `own` is what this act has taken or given back itself, not to be held against it.
    """
    _, day, since = full
    offers = list_free(entity, slots, claim, places, own)
    until = next(end for begin, end in slots.stretches() if begin == since)
    slot = f"{day} {write_stretch(since, until)}"
    return problem_at(slots.since, _refusal(slots, slot, min(claim)[1], offers))


def _refusal(slots: Slots, slot: str, day: str, offers: list[Offer]) -> InvalidInput:
    if not offers:
        return InvalidInput(
            "records.slots.full_for_days",
            "%(slot)s is full, and nothing like it is free for %(days)s days",
            slot=slot,
            days=DAYS,
        )
    told = [(on, write_stretch(begin, end)) for on, begin, end in offers]
    return InvalidInput(
        "records.slots.full",
        "%(slot)s is full; free are %(free)s",
        slot=slot,
        free=", ".join(text if on == day else f"{on} {text}" for on, text in told),
        offers=[
            {slots.day: on, slots.since: clock_of(begin), slots.until: clock_of(end)}
            for on, begin, end in offers
        ],
    )


def write_stretch(begin: int, end: int) -> str:
    """A stretch of time as people read it. 时段文字。"""
    return f"{clock_of(begin)}–{clock_of(end)}"


def list_free(entity: Entity, slots: Slots, claim: Counts, places: int, own: Counts) -> list[Offer]:
    """As many slots in a row that are free, the nearest first: on the same day, then after it. 可选时段。"""
    of, day, begin = min(claim)
    first = date.fromisoformat(day)
    last = first + timedelta(days=DAYS)
    counts = read_counts(entity, [of], day, last.isoformat())
    takes = max(claim.values())

    def is_free(on: str, since: int) -> bool:
        key = (of, on, since)
        return counts.get(key, 0) - own.get(key, 0) + takes <= places

    found: list[Offer] = []
    for on in (first + timedelta(days=ahead) for ahead in range(DAYS + 1)):
        windows = [
            (f"{on}", since, until)
            for since, until, within in _windows(slots, len(claim))
            if _is_ahead(on, since) and all(is_free(f"{on}", one) for one in within)
        ]
        found += sorted(windows, key=lambda one: abs(one[1] - begin)) if on == first else windows
        if len(found) >= OFFERED:
            break
    return found[:OFFERED]


def _windows(slots: Slots, length: int) -> Iterator[tuple[int, int, list[int]]]:
    """Every run of so many slots without a gap: begin, end, and where each slot begins."""
    stretches = list(slots.stretches())
    for at in range(len(stretches) - length + 1):
        part = stretches[at : at + length]
        if all(one[1] == after[0] for one, after in pairwise(part)):
            yield part[0][0], part[-1][1], [since for since, _ in part]


def _is_ahead(day: date, since: int) -> bool:
    if day != today():
        return day > today()
    local = now().astimezone(CITY_ZONE)
    return since > local.hour * 60 + local.minute
