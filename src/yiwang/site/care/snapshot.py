"""The database at one moment, into files and back. 数据库快照。

SQLite is copied by its own online backup, so the copy is exact, full-text tables included.
PostgreSQL is written table by table with COPY inside one REPEATABLE READ transaction: no pg_dump is
needed, neither of the right version nor at all. It is read back into tables made by the very
migrations that the backup names, so an older backup restores and is then migrated.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

from .names import DATABASE_FILE

PIECE = 1024 * 1024
_RECORDS = re.compile(r"r_\d+(_[hw])?")
# Written by migrating, or worth nothing in another place.
LEFT_OUT = ("django_migrations", "yiwang_cache", "lookup_projection")
# Rows by key, a copy of what the pool holds; a restored node makes it anew.
_PROJECTIONS = re.compile(r"lookup_p\d+")


def take_snapshot(folder: Path) -> dict[str, Any]:
    """Write the database's state into the folder; gives facts for the manifest. 生成快照。"""
    if connection.vendor == "sqlite":
        copy_sqlite(Path(str(connection.settings_dict["NAME"])), folder / DATABASE_FILE)
        return {"database": "sqlite"}
    return {"database": "postgresql", "tables": copy_out(folder)}


def copy_sqlite(source: Path, target: Path) -> None:
    """An exact copy of a database in use, as one file without a log beside it. 复制 SQLite。"""
    reading = sqlite3.connect(source, timeout=20)
    writing = sqlite3.connect(target)
    try:
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode=DELETE")
    finally:
        writing.close()
        reading.close()


def copy_out(folder: Path) -> list[dict[str, Any]]:
    """Every table of a PostgreSQL database into a file of its own. 导出各表。"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return [_copy_table_out(cursor, table, folder) for table in list_tables()]


def copy_in(folder: Path, tables: list[dict[str, Any]]) -> None:
    """Fill the tables from their files in one transaction; what migrations seeded goes first. 导入各表。

    Foreign keys are checked at the end of the transaction. The ledger's guards are lifted inside it
    and must be put back by migrating afterwards.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        empty_tables(cursor, [one["name"] for one in tables])
        for one in tables:
            _copy_table_in(cursor, one, folder)
        reset_sequences(cursor)


def empty_tables(cursor: Any, tables: list[str]) -> None:
    """Lift the guards and empty the tables, with what was left out and points at them. 清空表。"""
    for table in tables:
        cursor.execute(f"ALTER TABLE {quote(table)} DISABLE TRIGGER USER")
    if tables:
        cursor.execute(f"TRUNCATE {', '.join(quote(table) for table in tables)} CASCADE")


def reset_sequences(cursor: Any) -> None:
    """Let every sequence go on after the largest id in its table. 重置序列。"""
    from django.apps import apps

    models = apps.get_models(include_auto_created=True)
    for statement in connection.ops.sequence_reset_sql(no_style(), models):
        cursor.execute(statement)


def list_tables() -> list[str]:
    """The ordinary tables of the node, by name. 业务表清单。"""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_list(cursor)
    names = [one.name for one in found if one.type == "t" and one.name not in LEFT_OUT]
    return sorted(name for name in names if not _PROJECTIONS.fullmatch(name))


def is_record_table(name: str) -> bool:
    """Whether a table holds records of a declared entity, made by no migration. 是否业务对象表。"""
    return _RECORDS.fullmatch(name) is not None


def list_columns(cursor: Any, table: str) -> list[str]:
    """The columns that hold data, generated ones left out. 数据列。"""
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [quote(table)],
    )
    return [name for (name,) in cursor.fetchall()]


def read_migrations() -> dict[str, str]:
    """The last migration applied in each app. 已应用的迁移。"""
    from django.db.migrations.recorder import MigrationRecorder

    return dict(sorted(MigrationRecorder(connection).applied_migrations()))


def migrate_to(migrations: dict[str, str]) -> None:
    """Make the tables as they were after these migrations, without seeding anything. 迁移到指定状态。"""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    executor.migrate(list(migrations.items()))


def quote(name: str) -> str:
    """A name as an SQL identifier. 引用标识符。"""
    return connection.ops.quote_name(name)


def _copy_table_out(cursor: Any, table: str, folder: Path) -> dict[str, Any]:
    columns = list_columns(cursor, table)
    listed = ", ".join(quote(column) for column in columns)
    statement = f"COPY {quote(table)} ({listed}) TO STDOUT"
    with (folder / f"{table}.copy").open("wb") as out, cursor.copy(statement) as copy:
        for piece in copy:
            out.write(piece)
    return {"name": table, "columns": columns, "rows": cursor.rowcount}


def _copy_table_in(cursor: Any, table: dict[str, Any], folder: Path) -> None:
    listed = ", ".join(quote(column) for column in table["columns"])
    statement = f"COPY {quote(table['name'])} ({listed}) FROM STDIN"
    with (folder / f"{table['name']}.copy").open("rb") as source, cursor.copy(statement) as copy:
        while piece := source.read(PIECE):
            copy.write(piece)
