"""Whether the slots of an entity can be booked. 时段声明检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.services.declaring.conditions import compile_over
from yiwang.kernel.records.services.filterable import holds_personal
from yiwang.kernel.records.types import Entity, Slots, clock_of

from .entities import READABLE
from .words import Flaw, Named, check_named, no_field, wrong_kind

MADE_HERE = ("choices", "code_set", "element", "longest", "kind")
"""What a field that names a slot does not say itself. 由时段声明决定的键。"""


def check_slots(
    entity: Entity, told: Mapping[str, Any], entities: Mapping[str, Entity]
) -> Iterator[Flaw]:
    """What does not fit in the slots of an entity; `told` are its fields as written. 时段检查。"""
    slots = entity.slots
    if slots is None:
        return
    yield from check_named(_named(slots), entity.fields)
    yield from _times(slots, told)
    yield from _hours(slots)
    yield from _computed(entity, slots)
    yield from _places(entity, slots, entities)
    yield from _condition(entity, slots)


def _named(slots: Slots) -> Iterator[Named]:
    yield ("slots", "of"), slots.of, ("link",)
    yield ("slots", "day"), slots.day, ("date",)
    yield ("slots", "from"), slots.since, ()
    yield ("slots", "until"), slots.until, ()
    if slots.takes:
        yield ("slots", "takes"), slots.takes, ("integer",)


def _times(slots: Slots, told: Mapping[str, Any]) -> Iterator[Flaw]:
    """The two times are told apart, and say nothing of what they may be: that follows from here."""
    if slots.since == slots.until:
        yield (
            ("slots", "until"),
            InvalidInput("records.slots.same", "where it begins and where it ends are two fields"),
        )
    for key in (slots.since, slots.until):
        for word in MADE_HERE:
            if word in told.get(key, {}):
                yield (
                    ("fields", key, word),
                    InvalidInput(
                        "records.slots.made",
                        "%(field)s names a slot: what it may be follows from the hours, so it has no %(key)s",
                        field=key,
                        key=word,
                    ),
                )


def _hours(slots: Slots) -> Iterator[Flaw]:
    for begin, end in slots.open:
        if begin >= end or (end - begin) % slots.every:
            yield (
                ("slots", "open"),
                InvalidInput(
                    "records.slots.hours",
                    "from %(begin)s to %(end)s are no whole slots of %(every)s minutes",
                    begin=clock_of(begin), end=clock_of(end), every=slots.every,
                ),
            )  # fmt: skip
    for (_, end), (begin, _) in pairwise(slots.open):
        if begin < end:
            yield (
                ("slots", "open"),
                InvalidInput(
                    "records.slots.overlap", "the hours overlap, or are not in their order"
                ),
            )


def _computed(entity: Entity, slots: Slots) -> Iterator[Flaw]:
    for word, key in (("of", slots.of), ("day", slots.day), ("takes", slots.takes)):
        if key in entity.fields and entity.fields[key].computed:
            yield (
                ("slots", word),
                InvalidInput(
                    "records.slots.computed", "%(field)s is worked out; slots need what is told", field=key
                ),
            )  # fmt: skip


def _places(entity: Entity, slots: Slots, entities: Mapping[str, Entity]) -> Iterator[Flaw]:
    link = entity.fields.get(slots.of)
    booked = entities.get(link.to) if link else None
    if not slots.places or booked is None:
        return
    field = booked.fields.get(slots.places)
    if field is None:
        yield ("slots", "places"), no_field(slots.places, booked.fields)
    elif field.kind != "integer":
        yield ("slots", "places"), wrong_kind(field, ("integer",))
    elif field.computed or not field.required:
        yield (
            ("slots", "places"),
            InvalidInput(
                "records.slots.places", "%(field)s must be filled in: it says how many places there are",
                field=f"{booked.code}.{field.key}",
            ),
        )  # fmt: skip


def _condition(entity: Entity, slots: Slots) -> Iterator[Flaw]:
    if not slots.when:
        return
    try:
        names = compile_over(slots.when, entity.fields).names
    except InvalidInput as error:
        yield ("slots", "if"), error
        return
    for name in sorted(names):
        field = entity.fields[name]
        if field.kind not in READABLE or field.computed:
            yield ("slots", "if"), wrong_kind(field, READABLE)
        elif holds_personal(field):
            yield (
                ("slots", "if"),
                InvalidInput(
                    "records.where.personal",
                    "%(field)s is personal; a fixed filter would tell what it holds",
                    field=name,
                ),
            )
