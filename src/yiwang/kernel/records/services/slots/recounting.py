"""Counters worked out from the records they stand for. 重新计数。"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.errors import Conflict
from yiwang.kernel.ledger.services import acting
from yiwang.kernel.records.models import SlotCount
from yiwang.kernel.records.services.inserting import insert
from yiwang.kernel.records.services.plans.statements import (
    After,
    Condition,
    Order,
    columns_of,
    select_rows,
)
from yiwang.kernel.records.services.snapshot import snapshot
from yiwang.kernel.records.services.tables.running import hold_tables
from yiwang.kernel.records.types import Bundle, Entity, SlotKey, Step

from .claims import list_claims, names_of
from .counting import TABLE, read_places
from .lowering import find_overfull
from .offering import write_stretch

BATCH = 2_000
COLUMNS = ("entity_id", "thing", "day", "since", "taken")


def recount(entity: Entity) -> int:
    """Put all counters of an entity right, in the caller's transaction; how many were wrong. 重新计数。

    Nobody writes such records meanwhile; on PostgreSQL whoever does waits until it is done.
    """
    hold_tables((), [entity.table])
    wanted, standing = count_claims(entity), read_standing(entity)
    wrong = {key for key in wanted.keys() | standing.keys() if wanted.get(key, 0) != standing.get(key, 0)}  # fmt: skip
    if wrong:
        SlotCount.objects.filter(entity_id=entity.id).delete()
        insert(TABLE, COLUMNS, [[entity.id, *key, taken] for key, taken in sorted(wanted.items())])
    return len(wrong)


def recount_all(check: Callable[[], None] = lambda: None) -> int:
    """Put the counters of every entity right, each in an act of the node; how many were wrong. 核对计数。"""
    wrong = 0
    for entity in snapshot().entities.values():
        check()
        if entity.slots is None:
            continue
        on = Ref("records.entity", entity.code, entity.title["zh"])
        with acting(SYSTEM, "records.recount", on=on) as act:
            found = recount(entity)
            act.note(wrong=found)
        wrong += found
    return wrong


def count_claims(entity: Entity) -> Counter[SlotKey]:
    """Taken places by slot, as the records say. 按记录计数。"""
    found: Counter[SlotKey] = Counter()
    for row in _rows(entity):
        found.update(list_claims(entity, row))
    return found


def read_standing(entity: Entity) -> dict[SlotKey, int]:
    """Taken places by slot, as the counters say. 现有计数。"""
    rows = SlotCount.objects.filter(entity_id=entity.id).exclude(taken=0)
    return {
        (of, day, since): taken
        for of, day, since, taken in rows.values_list("thing", "day", "since", "taken")
    }


def _rows(entity: Entity) -> Iterator[Mapping[str, Any]]:
    place, columns = None, columns_of(entity)
    while rows := select_rows(entity, Condition(), Order("id"), place, BATCH):
        yield from (dict(zip(columns, row, strict=True)) for row in rows)
        place = After(None, rows[-1][0])


def recount_bundle(bundle: Bundle, before: Bundle | None, entities: Mapping[str, Entity]) -> None:
    """Count anew where a version says otherwise what takes which places. 发布时重新计数。

    Conflict where more is taken from today on than the new version has places for; `entities` are
    all that are known, those of the version included.
    """
    for code, entity in bundle.entities.items():
        if not recount_differs(entity, before.entities.get(code) if before else None):
            continue
        if entity.slots is None:
            SlotCount.objects.filter(entity_id=entity.id).delete()
            continue
        recount(entity)
        refuse_overfull(entity, entities, read_standing(entity))


def plan_recount(
    bundle: Bundle, before: Bundle | None, entities: Mapping[str, Entity]
) -> Iterator[Step]:
    """What publishing a version would count anew, of what lies here; nothing is changed. 预告重新计数。

    Conflict as in `recount_bundle`.
    """
    for code, entity in bundle.entities.items():
        stood = before.entities.get(code) if before else None
        laid = _as_it_stands(entity, stood) if stood else None
        if stood is None or laid is None or not recount_differs(laid, stood):
            continue
        counts = count_claims(laid)
        if _says_places(laid, entities):
            refuse_overfull(laid, entities, counts)
        yield Step("recount", code, rows=sum(counts.values()))


def _says_places(entity: Entity, entities: Mapping[str, Entity]) -> bool:
    """Whether how many places there are is told by what stands already."""
    slots = entity.slots
    booked = entities.get(entity.fields[slots.of].to) if slots else None
    return bool(slots and (not slots.places or (booked and slots.places in booked.fields)))


def _as_it_stands(entity: Entity, stood: Entity) -> Entity | None:
    """The new declaration over the columns that stand, where it needs no other ones."""
    columns = {one.was or key: key for key, one in entity.fields.items()}
    found = {
        key: replace(entity.fields[key], column=stood.fields[was].column)
        for was, key in columns.items()
        if was in stood.fields and stood.fields[was].stored == entity.fields[key].stored
    }
    if entity.slots and not set(names_of(entity.slots)) <= found.keys():
        return None
    return replace(entity, fields={**entity.fields, **found}, table=stood.table, id=stood.id)


def recount_differs(entity: Entity, before: Entity | None) -> bool:
    """Whether records take other places now than they did in the version before. 是否需重新计数。"""
    if before is None or entity.slots != before.slots:
        return entity.slots is not None or (before is not None and before.slots is not None)
    return entity.slots is not None and any(
        entity.fields[key].column != before.fields[key].column for key in names_of(entity.slots)
    )


def refuse_overfull(
    entity: Entity, entities: Mapping[str, Entity], counts: Mapping[SlotKey, int]
) -> None:
    """Conflict where more is taken from today on than there are places. 拒绝超额。"""
    places = read_places(entity, entities, {key[0] for key in counts})
    found = find_overfull(counts, places)
    slots = entity.slots
    if found is None or slots is None:
        return
    (of, day, since), taken = found
    until = next((end for begin, end in slots.stretches() if begin == since), since + slots.every)
    raise Conflict(
        "records.slots.overfull",
        "On %(slot)s %(taken)s places would be taken of %(places)s; release them first",
        slot=f"{day} {write_stretch(since, until)}",
        taken=taken,
        places=places.get(of, 0),
        entity=entity.code,
    )
