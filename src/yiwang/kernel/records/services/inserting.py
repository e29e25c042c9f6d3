"""Many rows at once, by the way that each database has for it. 批量写入。"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

PARAMETERS_AT_MOST = 30_000
"""SQLite takes 32,766 values in one statement. 参数上限。"""
COPIED = 50
"""From so many rows on PostgreSQL copies them in. 批量写入行数。"""


def insert(
    table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, again: bool = False
) -> None:
    """Insert rows; with `again` one that stands already is left as it is. 插入。"""
    listed = ", ".join(f'"{column}"' for column in columns)
    places = f"({', '.join(['%s'] * len(columns))})"
    most = max(1, PARAMETERS_AT_MOST // len(columns))
    beside = " ON CONFLICT DO NOTHING" if again else ""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) >= COPIED and not again:
            _copy(cursor, f"COPY {table} ({listed}) FROM STDIN", rows)
            return
        for start in range(0, len(rows), most):
            part = rows[start : start + most]
            text = (
                f"INSERT INTO {table} ({listed}) VALUES {', '.join([places] * len(part))}{beside}"  # noqa: S608
            )
            cursor.execute(text, [value for row in part for value in row])


def _copy(cursor: Any, text: str, rows: Sequence[Sequence[Any]]) -> None:
    with cursor.copy(text) as copying:
        for row in rows:
            copying.write_row(row)
