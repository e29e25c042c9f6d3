"""Which places a record takes. 所占名额。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yiwang.kernel.records.services.declaring.conditions import does_hold, expression_of
from yiwang.kernel.records.services.values import from_stored
from yiwang.kernel.records.types import Entity, SlotKey, Slots, minute_of


def list_claims(entity: Entity, row: Mapping[str, Any]) -> dict[SlotKey, int]:
    """Places by slot that a row takes, given by column; an empty row takes none. 所占名额。"""
    if entity.slots is None or not row:
        return {}
    fields = entity.fields
    values = {
        key: from_stored(fields[key], row.get(fields[key].column)) for key in names_of(entity.slots)
    }
    return claims_of(entity.slots, values)


def claims_of(slots: Slots, values: Mapping[str, Any]) -> dict[SlotKey, int]:
    """Places by slot that values take; none where something is not said. 所占名额。"""
    of, day = values.get(slots.of), values.get(slots.day)
    told = values.get(slots.since), values.get(slots.until)
    if not (of and day and all(told) and does_hold(slots.when, values)):
        return {}
    try:
        begin, end = (minute_of(str(one)) for one in told)
    except ValueError:
        # What stood in these fields before they named slots need not be a time.
        return {}
    count = values.get(slots.takes) if slots.takes else None
    takes = 1 if count is None else int(count)
    return {(of, f"{day}", at): takes for at in slots.touching(begin, end)} if takes > 0 else {}


def names_of(slots: Slots) -> list[str]:
    """The fields on which it depends what a record takes. 相关字段。"""
    return list(dict.fromkeys(_names(slots)))


def _names(slots: Slots) -> Iterator[str]:
    yield from (slots.of, slots.day, slots.since, slots.until)
    yield from (slots.takes,) if slots.takes else ()
    yield from sorted(expression_of(slots.when).names) if slots.when else ()
