"""From a row of a table to a record as its reader may see it. 行与记录。"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from yiwang.kernel.records.types import Field, Record, Value

from .masking import masker
from .plans.access import Access, Sight
from .plans.statements import BASE, columns_of
from .values import reader_of, to_plain

Maker = tuple[str, int, Callable[[Any], Value] | None]
"""A field, the place of its column, and what makes its value. 字段读取方式。"""
_START = len(BASE)
_AT = {name: place for place, name in enumerate(BASE)}
_REV, _ORG, _OWNER = _AT["rev"], _AT["org"], _AT["owner"]
_CASE, _CREATED, _UPDATED = _AT["case_id"], _AT["created_at"], _AT["updated_at"]


class Reader:
    """Makes records of rows for one reader and one entity. 记录读取器。"""

    def __init__(self, access: Access) -> None:
        self.access, self.entity = access, access.entity
        self.columns = columns_of(access.entity)
        self._makers: dict[Sight, list[Maker]] = {}

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Record]:
        """Each row as a record; the rows are those that the reader's grants allow. 读取。"""
        only = self.access.only_sight()
        return [self._make(row, only or self.sight(row)) for row in rows]

    def read_row(self, row: Sequence[Any]) -> Record:
        """One row as a record; without any verb where the reader may not see it. 读取一行。"""
        return self._make(row, self.sight(row))

    def sight(self, row: Sequence[Any]) -> Sight:
        """What of this row the reader sees. 可见范围。"""
        return self.access.sight(dict(zip(self.columns, row, strict=True)))

    def _make(self, row: Sequence[Any], sight: Sight) -> Record:
        values = self.values(row, sight)
        return Record(
            id=row[0],
            entity=self.entity.code,
            rev=row[_REV],
            title=self.title_of(values, row[0]),
            values=values,
            masked=sight.masked,
            organization=row[_ORG],
            owner=row[_OWNER],
            created_at=datetime.fromisoformat(row[_CREATED]),
            updated_at=datetime.fromisoformat(row[_UPDATED]),
            verbs=sight.verbs,
            case_id=row[_CASE] or "",
        )

    def values(self, row: Sequence[Any], sight: Sight) -> dict[str, Value]:
        """The fields that exist for the reader, masked where they must be. 字段值。"""
        makers = self._makers.get(sight) or self._makers.setdefault(sight, self._plan(sight))
        return {
            key: row[place] if make is None or row[place] is None else make(row[place])
            for key, place, make in makers
        }

    def _plan(self, sight: Sight) -> list[Maker]:
        return [
            (key, place, _maker(field, masked=key in sight.masked))
            for place, (key, field) in enumerate(self.entity.fields.items(), _START)
            if key in sight.fields
        ]

    def title_of(self, values: Mapping[str, Value], record_id: str) -> str:
        """What the record is called, as far as the reader may know. 名称。"""
        told = values.get(self.entity.titled_by)
        if isinstance(told, str) and told:
            return told
        return str(to_plain(told)) if told not in (None, "") else record_id[-8:]


def _maker(field: Field, *, masked: bool) -> Callable[[Any], Value] | None:
    read = reader_of(field)
    if not masked:
        return read
    hide = masker_of(field)
    return (lambda stored: hide(read(stored))) if read else hide


def masker_of(field: Field) -> Callable[[Value], Value]:
    """What makes of a value, which is there, what those may see who may not see it whole. 脱敏器。"""
    if field.kind != "group":
        return _plain_masker(field)
    hide = {key: _plain_masker(one) for key, one in field.fields.items() if one.element}

    def hide_rows(rows: Value) -> Value:
        return [
            {
                key: hide[key](one) if one is not None and key in hide else one
                for key, one in row.items()
            }
            for row in rows
        ]

    return hide_rows


def _plain_masker(field: Field) -> Callable[[Value], Value]:
    return masker(field.element, inside=bool(field.personal))
