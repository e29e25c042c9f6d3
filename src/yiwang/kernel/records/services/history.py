"""What happened to a record. 变更历史。"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.records.types import Change, Entity

from .desk import Desk
from .plans.access import Sight, access_of
from .plans.statements import columns_of, find_row, run
from .rows import masker_of
from .tables import carry_former
from .values import from_stored

MOST = 500


def list_history(desk: Desk, code: str, record_id: str) -> list[Change]:
    """The changes of a record, newest first, fields hidden and masked as in the record. 历史。

    Holders of the verb history on this record; of a removed one, those who could see it last.
    """
    entity = desk.require(code, "history")
    found = find_row(entity, record_id)
    row = dict(zip(columns_of(entity), found, strict=True)) if found else None
    row = row or find_removed(entity, record_id)
    sight = access_of(desk, entity).sight(_whole(entity, row)) if row else None
    if sight is None or not {"see", "history"} <= sight.verbs:
        raise NotFound("records.record.unknown", "There is no such record")
    return [_change(entity, sight, line) for line in _lines(entity, record_id)]


def _whole(entity: Entity, row: Mapping[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys(columns_of(entity)), **row}


def _lines(entity: Entity, record_id: str) -> list[tuple[Any, ...]]:
    text = (
        f"SELECT rev, verb, actor, at, reason, diff FROM {entity.table}_h"  # noqa: S608
        f" WHERE record = %s ORDER BY rev DESC LIMIT {MOST:d}"
    )
    return run(text, [record_id])


def _change(entity: Entity, sight: Sight, line: tuple[Any, ...]) -> Change:
    rev, verb, actor, at, reason, diff = line
    told = carry_former(entity, json.loads(diff))
    before, after, masked = {}, {}, set()
    for key, field in entity.fields.items():
        if key not in sight.fields or field.column not in told:
            continue
        pair = [from_stored(field, value) for value in told[field.column]]
        if key in sight.masked:
            hide = masker_of(field)
            pair = [None if value is None else hide(value) for value in pair]
            masked.add(key)
        before[key], after[key] = pair
    return Change(
        int(rev), verb, actor, datetime.fromisoformat(at), reason, before, after, frozenset(masked)
    )


def find_removed(entity: Entity, record_id: str) -> dict[str, Any] | None:
    """The row as it was when it was removed, or None where it was not. 已删除的行。"""
    text = (
        f"SELECT rev, verb, diff FROM {entity.table}_h"  # noqa: S608
        " WHERE record = %s ORDER BY rev DESC LIMIT 1"
    )
    found = next(iter(run(text, [record_id])), None)
    if found is None or found[1] != "remove":
        return None
    told = carry_former(entity, json.loads(found[2]))
    row = {column: pair[0] for column, pair in told.items()}
    return {**row, "id": record_id, "rev": int(found[0]) + 1}


def find_last_change(entity: Entity, record_id: str) -> tuple[str, str]:
    """Who changed a record last, and when. 最近变更。"""
    text = f"SELECT actor, at FROM {entity.table}_h WHERE record = %s ORDER BY rev DESC LIMIT 1"  # noqa: S608
    found = next(iter(run(text, [record_id])), ("", ""))
    return str(found[0]), str(found[1])


def find_newest_change(entity: Entity) -> str:
    """When the newest change was made and how many there are; '' before the first. 最近变更。

    The moment alone would not do: an import that began before another change and ended after it
    leaves the newest moment as it was.
    """
    found = run(f"SELECT max(at), count(*) FROM {entity.table}_h", [])  # noqa: S608
    at, changes = found[0]
    return f"{at} {changes}" if changes else ""
