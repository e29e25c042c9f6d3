"""Every row of an entity, for the node itself: what becomes a version in the pool. 全量读取。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.records.types import Entity, Field, Value

from .desk import Desk, at_desk
from .history import find_newest_change as find_newest
from .plans.statements import BASE, After, Condition, Order, find_row, select_rows
from .values import from_stored, to_plain

BATCH = 2_000
Write = Callable[[Field, Value], str | None]


def stream_all(code: str, keys: Sequence[str] | None = None) -> Iterator[list[str | None]]:
    """Every row as texts: its id, then these fields, or all in the order of the entity. 全部行。

    For the node itself: nothing is masked. Groups, lists and files are JSON texts; choices are
    their codes. NotFound for an unknown entity or field.
    """
    entity = system_entity(code)
    wanted = _find_fields(entity, keys)
    order, place = Order("id"), None
    while rows := select_rows(entity, Condition(), order, place, BATCH):
        for row in rows:
            yield [row[0], *(write_text(field, row[at]) for at, field in wanted)]
        if len(rows) < BATCH:
            return
        place = After(None, rows[-1][0])


def _find_fields(entity: Entity, keys: Sequence[str] | None) -> list[tuple[int, Field]]:
    """The wanted fields, each with its place in a row."""
    places = {key: at for at, key in enumerate(entity.fields, start=len(BASE))}
    missing = [key for key in keys or () if key not in places]
    if missing:
        raise NotFound(
            "records.field.missing",
            "%(entity)s has no field %(field)s",
            entity=entity.code,
            field=missing[0],
        )
    return [(places[key], entity.fields[key]) for key in (places if keys is None else keys)]


def write_text(field: Field, stored: Any) -> str | None:
    """A stored value as text. 转为文本。"""
    if stored is None:
        return None
    if field.kind in ("choices", "files", "group"):
        return str(stored)
    told = to_plain(from_stored(field, stored))
    return ("true" if told else "false") if isinstance(told, bool) else str(told)


def system_entity(code: str) -> Entity:
    """An entity as the node itself sees it. 系统视角业务对象。"""
    return system_desk().entity(code)


def system_desk() -> Desk:
    """The desk of the node itself. 系统工作台。"""
    return at_desk(SYSTEM)


def find_newest_change(code: str) -> str:
    """What differs after every change in an entity, removals too; '' before the first. 最近变更。"""
    return find_newest(system_entity(code))


def find_raw(code: str, record_id: str) -> Mapping[str, Value] | None:
    """One record whole, for the node itself. 完整记录。"""
    entity = system_entity(code)
    row = find_row(entity, record_id)
    if row is None:
        return None
    stored = row[len(BASE) :]
    return {
        key: from_stored(field, value)
        for (key, field), value in zip(entity.fields.items(), stored, strict=True)
    }
