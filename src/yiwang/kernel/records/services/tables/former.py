"""Values that were written while a field was of another kind, as it would say them now. 旧列取值。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yiwang.kernel.records.models import FieldColumn
from yiwang.kernel.records.types import Entity, Field

from .castings import Stored, find_casting
from .columns import name_column
from .kinds import shape_of, shape_of_field

Turn = Callable[[Stored], Stored]


def carry_former(entity: Entity, told: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Stored values by column, those of former columns also under the present ones. 旧列并入现列。

    For lines of history and removed rows, which know the columns of their day.
    """
    known = {one.column for one in entity.fields.values()}
    if set(told) <= known:
        return dict(told)
    found = dict(told)
    rows = {row.pk: row for row in FieldColumn.objects.filter(entity=entity.id)}
    for one in entity.fields.values():
        for column, turn in _former(rows, one).items():
            if column in told and one.column not in found:
                found[one.column] = [turn(value) for value in told[column]]
    return found


def _former(rows: Mapping[int, FieldColumn], one: Field) -> dict[str, Turn]:
    """The columns that a field had before, the latest first, each with how its values turn. 曾用列。"""
    row = rows.get(int(one.column[1:]))
    found: dict[str, Turn] = {}
    turn: Turn = _same
    shape = shape_of_field(one)
    while row is not None and row.follows_id and name_column(rows[row.follows_id]) not in found:
        row = rows[row.follows_id]
        casting = find_casting(shape_of(row), shape)
        if casting is None or name_column(row) == one.column:
            break
        turn, shape = _chain(casting.python, turn), shape_of(row)
        found[name_column(row)] = turn
    return found


def _same(value: Stored) -> Stored:
    return value


def _chain(first: Turn, then: Turn) -> Turn:
    return lambda value: then(first(value))
