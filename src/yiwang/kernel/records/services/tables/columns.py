"""Columns and tables as they are made, taken and left: metadata and DDL together. 列的增减。"""

from __future__ import annotations

from datetime import datetime

from yiwang.kernel.records.models import EntityTable, FieldColumn
from yiwang.kernel.records.types import Field

from .kinds import Shape, shape_of_field
from .running import fetch, run
from .statements import Column, add_column, is_postgres

SMALL = 5_000
"""Up to so many rows the whole of a change is done while it is published. 小表上限。"""


def name_table(row: EntityTable) -> str:
    """The physical name of a table. 表名。"""
    return f"r_{row.pk}"


def name_column(row: FieldColumn) -> str:
    """The physical name of a column. 列名。"""
    return f"f{row.pk}"


def count_up_to(table: str, most: int) -> int:
    """How many rows a table has, counted no further than `most`. 有界计数。"""
    found = fetch(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT {most}) AS c")
    return int(found[0][0])


def is_small(table: str) -> bool:
    """Whether a change of all rows is done in a moment. 是否小表。"""
    return count_up_to(table, SMALL + 1) <= SMALL


def register_column(
    table: EntityTable,
    one: Field,
    target: EntityTable | None,
    at: datetime,
    follows: FieldColumn | None = None,
) -> FieldColumn:
    """A row for a new column, not in use yet; the column itself is made apart. 登记列。"""
    shape = shape_of_field(one)
    return FieldColumn.objects.create(
        entity=table,
        key=one.key,
        kind=shape.kind,
        decimals=shape.decimals,
        target=target,
        follows=follows,
        state=FieldColumn.BUILDING,
        created_at=at,
    )


def describe(row: FieldColumn) -> Column:
    """The column as its table needs it. 列描述。"""
    stored = Field(row.key, {}, row.kind).stored  # type: ignore[arg-type]
    return Column(name_column(row), stored, name_table(row.target) if row.target else "")


def make_column(row: FieldColumn) -> None:
    """Add the column to a table that stands. 加列。"""
    run(add_column(name_table(row.entity), describe(row)))


def show_column(row: FieldColumn, key: str, shape: Shape) -> None:
    """Let a field have the column. 启用列。"""
    row.key, row.kind, row.decimals = key, shape.kind, shape.decimals
    row.state, row.hidden_at = FieldColumn.LIVE, None
    row.save()


def hide_column(row: FieldColumn, at: datetime) -> None:
    """Keep the column for the day on which the field comes back. 隐藏列。"""
    row.state, row.hidden_at = FieldColumn.HIDDEN, at
    row.save(update_fields=["state", "hidden_at"])


def read_columns(table: str) -> set[str]:
    """The columns that a table has. 现有列。"""
    if is_postgres():
        rows = fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s)"
            " AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return {str(name) for (name,) in rows}
    return {str(row[1]) for row in fetch(f"PRAGMA table_info({table})")}


def read_indexes(table: str) -> set[str]:
    """The names of our indexes that stand on a table, broken ones left out. 现有索引。"""
    if is_postgres():
        rows = fetch(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE i.indrelid = to_regclass(%s) AND i.indisvalid",
            [table],
        )
    else:
        rows = fetch(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = %s", [table]
        )
    return {str(name) for (name,) in rows if str(name).startswith(("i_r_", "u_r_"))}
