"""The tables of projections in the business database: made, filled, asked, dropped. 投影表。

Their names come from our own numbers only. All have one shape, so no statement depends on what a
resource looks like.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from yiwang.nets.share.lookup.models import Projection

Cells = tuple[str | None, ...]
DIGITS = 32
"""Hexadecimal digits of a key: 128 bits of SHA-256; the row itself is held against the filter. 键长。"""
BETWEEN = "\x1f"


def digest_key(values: Sequence[str]) -> str:
    """The key of these values. 键摘要。"""
    return hashlib.sha256(BETWEEN.join(values).encode()).hexdigest()[:DIGITS]


def digest_sql(columns: Sequence[str]) -> str:
    """`digest_key` as SQL of the pool over quoted columns; NULL where one is absent. 键摘要 SQL。"""
    joined = f" || chr({ord(BETWEEN)}) || ".join(columns)
    return f"left(sha256({joined}), {DIGITS})"


def create_table(made: Projection) -> None:
    """Make the table of a projection, empty. 建表。"""
    postgres = connection.vendor == "postgresql"
    text = 'text COLLATE "C"' if postgres else "text"
    shape = f"(k {text} NOT NULL, r bigint NOT NULL, v text NOT NULL, PRIMARY KEY (k, r))"
    _run(f"CREATE TABLE {made.table} {shape}{'' if postgres else ' WITHOUT ROWID'}")


def drop_table(gone: Projection) -> None:
    """Drop it, whether it stands or not. 删表。"""
    _run(f"DROP TABLE IF EXISTS {gone.table}")


def insert_rows(made: Projection, rows: Iterable[tuple[str, int, Cells]]) -> None:
    """Add rows in one short transaction. 写入。"""
    told = [(key, number, write_cells(cells)) for key, number, cells in rows]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {made.table} (k, r, v) FROM STDIN") as copying:
                for row in told:
                    copying.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {made.table} (k, r, v) VALUES (%s, %s, %s)", told)  # noqa: S608


def select_rows(
    made: Projection, keys: Sequence[str], limit: int
) -> list[tuple[int, list[str | None]]]:
    """Rows of these keys, in the order of their numbers. 按键取行。"""
    places = ", ".join(["%s"] * len(keys))
    text = f"SELECT r, v FROM {made.table} WHERE k IN ({places}) ORDER BY r LIMIT {limit:d}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(text, list(keys))
        return [(int(number), json.loads(cells)) for number, cells in cursor.fetchall()]


def write_cells(cells: Cells) -> str:
    """Cells as JSON; PostgreSQL keeps no NUL, JSON writes it otherwise. 写单元格。"""
    return json.dumps(cells, ensure_ascii=False, separators=(",", ":"))


def _run(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)
