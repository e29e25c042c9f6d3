"""Writing rows and history lines; the only writers of record tables. 写表。"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.db import connection

from yiwang.kernel.base.act import Act
from yiwang.kernel.records.types import Entity

from .inserting import insert
from .plans.statements import BASE, columns_of
from .words import forget_words, index_words, renew_words

TRANSIENT = frozenset({"id", "rev", "updated_at"})
HISTORY = ("record", "rev", "verb", "actor", "act_id", "at", "reason", "diff")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of history: columns before and after. 历史行。"""

    record: str
    rev: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def insert_rows(entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given by column. 插入。"""
    columns = columns_of(entity)
    insert(entity.table, columns, [[row.get(column) for column in columns] for row in rows])
    index_words(entity, rows)


def update_row(entity: Entity, row: Mapping[str, Any], changed: Mapping[str, Any]) -> int:
    """Change columns of the row, if it is still at its revision; how many rows that met. 更新。"""
    listed = ", ".join(f'"{column}" = %s' for column in changed)
    text = f"UPDATE {entity.table} SET {listed} WHERE id = %s AND rev = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(text, [*changed.values(), row["id"], row["rev"]])
        met = int(cursor.rowcount)
    renew_words(entity, row, changed)
    return met


def delete_row(entity: Entity, row: Mapping[str, Any]) -> None:
    """Delete the row. 删除。"""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {entity.table} WHERE id = %s", [row["id"]])  # noqa: S608
    forget_words(entity, row)


def write_history(entity: Entity, act: Act, verb: str, lines: Sequence[Line], reason: str) -> None:
    """Add lines to the history of records. 写历史。"""
    at = act.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    rows = [
        [line.record, line.rev, verb, act.actor.id, act.id, at, reason, _diff(line)]
        for line in lines
    ]
    insert(f"{entity.table}_h", HISTORY, rows)


def _diff(line: Line) -> str:
    """What changed, by column; nothing where there was nothing and is nothing."""
    columns = dict.fromkeys((*line.before, *line.after))
    found = {
        column: [line.before.get(column), line.after.get(column)]
        for column in columns
        if column not in TRANSIENT and line.before.get(column) != line.after.get(column)
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


__all__ = ["BASE", "Line", "delete_row", "insert_rows", "update_row", "write_history"]
