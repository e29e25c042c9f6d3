"""Values in three shapes: as programs hold them, as JSON says them, as columns keep them. 值的形态。

Nothing is None in each of them; a list without members is nothing too. What comes in is checked
by `declaring`; here values are only carried from one shape into another.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from yiwang.kernel.records.types import Entity, Field, FieldKind, Value

# Enough for any scaled number and any slip before it; what does not fit is a fault, not a rounding.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


def to_stored(field: Field, value: Value) -> str | int | None:
    """The value as its column keeps it; the order of columns is the order of values. 转为存储值。

    ValueError for what the field cannot hold: values were checked before.
    """
    if value is None:
        return None
    if field.kind == "number":
        return scale_number(value, field.decimals)
    if field.kind == "group":
        return _write_list(_filled_rows(field, value))
    return _WRITERS.get(field.kind, str)(value)


def from_stored(field: Field, stored: str | int | None) -> Value:
    """What a column keeps as programs hold it. 还原存储值。"""
    read = reader_of(field)
    return read(stored) if read and stored is not None else stored


def reader_of(field: Field) -> Callable[[Any], Value] | None:
    """What turns stored values of a field into what programs hold; None: they are it. 值读取器。"""
    if field.kind == "number":
        places = -field.decimals
        return lambda stored: Decimal(stored).scaleb(places, _EXACT)
    if field.kind == "group":
        return lambda stored: [_read_row(field, row) for row in json.loads(stored)]
    return _READERS.get(field.kind)


def to_json(entity: Entity, values: Mapping[str, Value]) -> dict[str, Any]:
    """The fields that `values` has as JSON says them, in the order of the entity. 转为 JSON 值。

    Numbers with places are decimal texts, exact in every reader; masked values stay the texts
    they are.
    """
    return {key: to_plain(values[key]) for key in entity.fields if key in values}


def to_plain(value: Value) -> Any:
    """One value as JSON says it. 单个 JSON 值。"""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return _in_utc(value, "auto")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_plain(one) for key, one in value.items()}
    return [to_plain(one) for one in value] if isinstance(value, list | tuple) else value


def scale_number(value: Decimal, decimals: int) -> int:
    """The number as a whole count of its last place; ValueError unless exact. 放大为整数。"""
    try:
        scaled = value.scaleb(decimals, _EXACT)
        whole = int(scaled)
    except (ArithmeticError, ValueError) as error:
        raise ValueError("no exact number") from error
    if whole != scaled:
        raise ValueError("more places than declared")
    return whole


def _in_utc(value: datetime, timespec: str) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def _write_list(value: list[Any]) -> str | None:
    if not value:
        return None
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def _filled_rows(field: Field, rows: list[Mapping[str, Value]]) -> list[Any]:
    """Rows of a group without what they lack, in the order of the declaration."""
    return [{key: row[key] for key in field.fields if row.get(key) is not None} for row in rows]


def _read_row(field: Field, row: Mapping[str, Any]) -> dict[str, Value]:
    return {key: _read_member(one, row.get(key)) for key, one in field.fields.items()}


def _read_member(field: Field, value: Any) -> Value:
    """A value of a group's row, as JSON says it.

    What a field of another kind left under the same key, before it was taken out, is none of this.
    """
    if type(value) not in _MEMBERS.get(field.kind, (str,)):
        return None
    try:
        if field.kind == "number":
            return Decimal(value)
        return _READERS[field.kind](value) if field.kind in ("date", "datetime") else value
    except (ValueError, ArithmeticError):
        return None


_MEMBERS: dict[FieldKind, tuple[type, ...]] = {
    "integer": (int,),
    "number": (str, int),
    "boolean": (bool,),
    "choices": (list,),
}
_WRITERS: dict[FieldKind, Callable[[Any], str | int | None]] = {
    "integer": int,
    "boolean": int,
    "date": date.isoformat,
    "datetime": lambda moment: _in_utc(moment, "microseconds"),
    "choices": _write_list,
    "files": _write_list,
}
_READERS: dict[FieldKind, Callable[[Any], Value]] = {
    "boolean": bool,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "choices": json.loads,
    "files": json.loads,
}
