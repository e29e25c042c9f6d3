"""The few statements that make tables, for both databases. 建表语句。

Names come from our own numbers only (`r_<id>`, `f<id>`), never from a declaration. There is no
statement that renames, retypes or drops a column: what stands stays readable by every process,
whichever declaration it has in hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import connection

from yiwang.kernel.records.types import LEVELS

from .indexes import Index

OWN_TEXT = ("org", "owner", "created_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Column:
    """A column to be made: its name, how it holds the value, the table that it points to. 列。"""

    name: str
    stored: str
    target: str = ""


def create_table(table: str, columns: Iterable[Column]) -> Iterator[str]:
    """The table of an entity and that of its history; links are added afterwards. 建表。"""
    text = _text_type()
    levels = [f"r{level} {text}" for level in range(1, LEVELS + 1)]
    own = [f"{name} {text} NOT NULL" for name in OWN_TEXT]
    fields = [f"{one.name} {_type_of(one)}" for one in columns]
    parts = [f"id {text} NOT NULL PRIMARY KEY", "rev integer NOT NULL", *own, *levels]
    yield f"CREATE TABLE {table} ({', '.join([*parts, f'case_id {text}', *fields])})"
    yield (
        f"CREATE TABLE {table}_h (record {text} NOT NULL, rev integer NOT NULL,"
        f" verb {text} NOT NULL, actor {text} NOT NULL, act_id {text} NOT NULL,"
        f" at {text} NOT NULL, reason text NOT NULL, diff text NOT NULL, PRIMARY KEY (record, rev))"
    )


def add_column(table: str, column: Column) -> str:
    """A column more, empty in every row. 加列。"""
    points = (
        f" CONSTRAINT k_{table}_{column.name} REFERENCES {column.target} (id) NOT DEFERRABLE"
        if column.target
        else ""
    )
    return f"ALTER TABLE {table} ADD COLUMN {column.name} {_type_of(column)}{points}"


def add_link(table: str, column: str, target: str) -> str:
    """A link from a column that stands to another table. 补外键。"""
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT k_{table}_{column}"
        f" FOREIGN KEY ({column}) REFERENCES {target} (id) NOT DEFERRABLE"
    )


def create_index(index: Index, *, online: bool = False) -> str:
    """An index; `online` builds it beside the writers where the database can. 建索引。"""
    unique = "UNIQUE " if index.unique else ""
    beside = "CONCURRENTLY " if online and is_postgres() else ""
    where = f" WHERE {index.where} IS NOT NULL" if index.where else ""
    parts = ", ".join(_indexed(column) for column in index.columns)
    return f"CREATE {unique}INDEX {beside}{index.name} ON {index.table} ({parts}){where}"


def drop_index(name: str, *, online: bool = False) -> str:
    """An index less. 删索引。"""
    beside = "CONCURRENTLY " if online and is_postgres() else ""
    return f"DROP INDEX {beside}IF EXISTS {name}"


def is_postgres() -> bool:
    """Whether the node's database is PostgreSQL. 是否 PostgreSQL。"""
    return connection.vendor == "postgresql"


def _indexed(column: str) -> str:
    if not column.startswith("-"):
        return column
    # Absent values are the smallest on SQLite; on PostgreSQL they must be told so.
    return f"{column[1:]} DESC{' NULLS LAST' if is_postgres() and column[1] == 'f' else ''}"


def _type_of(column: Column) -> str:
    return "bigint" if column.stored == "integer" else _text_type()


def _text_type() -> str:
    return 'text COLLATE "C"' if is_postgres() else "text"
