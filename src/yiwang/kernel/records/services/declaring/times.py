"""Whether what is booked begins before it ends. 起止时刻校验。"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Entity, FieldProblem

from . import telling


def check_times(
    entity: Entity, values: Mapping[str, Any], wrong: Container[str]
) -> list[FieldProblem]:
    """What is wrong with the slots that values name, beside fields that are `wrong` anyway. 起止校验。"""
    return list(_check(entity, values, wrong)) if entity.slots else []


def _check(
    entity: Entity, values: Mapping[str, Any], wrong: Container[str]
) -> Iterator[FieldProblem]:
    slots = entity.slots
    if slots is None:
        return
    since, until = values.get(slots.since), values.get(slots.until)
    # Both are texts like 09:30, so their order is that of the day.
    if since and until and until <= since and slots.since not in wrong and slots.until not in wrong:
        yield telling.problem_at(
            slots.until,
            InvalidInput("records.slots.order", "This must be later than %(since)s", since=since),
        )
    count = values.get(slots.takes) if slots.takes and slots.takes not in wrong else None
    if count is not None and count < 1:
        yield telling.problem_at(
            slots.takes, InvalidInput("records.slots.takes", "This must be at least 1")
        )
