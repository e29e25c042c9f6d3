"""Triggers that keep the ledger append-only, whoever speaks to the database. 台账防篡改触发器。

Installed after every `migrate`, because a migration that rebuilds a table drops its triggers, and
asserted at start and by `doctor`. On SQLite an insert guard stands beside the other two: `INSERT OR
REPLACE` removes a row without firing delete triggers. On PostgreSQL triggers are ALWAYS enabled, so
`session_replication_role = replica` does not pass them by.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from yiwang.kernel.base.errors import Conflict

# Each guarded table with the columns that, beside its id, are unique together: on SQLite a row
# could be replaced through them too.
TABLES: dict[str, tuple[str, ...]] = {"ledger_actrow": (), "ledger_readrow": ()}
FUNCTION = "ledger_refuse"
FUNCTION_BODY = "BEGIN RAISE EXCEPTION 'ledger rows are append-only'; END"


def guard_table(table: str, unique: tuple[str, ...] = ()) -> None:
    """Make another module's table append-only as the ledger is; called in its wiring. 登记只增表。"""
    TABLES[table] = unique


def install_guards() -> None:
    """Create the triggers anew, for every guarded table that there is. 安装触发器。"""
    standing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for statement in _statements([table for table in TABLES if table in standing]):
            cursor.execute(statement)


def check_guards() -> list[str]:
    """What is missing or changed among the triggers; empty when all stand. 检查触发器。"""
    found = _read_postgres() if connection.vendor == "postgresql" else _read_sqlite()
    expected = _expected()
    return [
        f"ledger guard {name} is {'changed' if name in found else 'missing'}"
        for name, text in expected.items()
        if found.get(name) != text
    ]


def require_guards() -> None:
    """Raise Conflict unless all guards stand: a node does not start without them. 要求触发器完好。"""
    problems = check_guards()
    if problems:
        raise Conflict(
            "ledger.guards.missing",
            "The ledger is not guarded (%(problems)s); run yiwang upgrade, "
            "then ask who changed the database",
            problems="; ".join(problems),
        )


def _statements(tables: Sequence[str]) -> Iterator[str]:
    if connection.vendor == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $body${FUNCTION_BODY}$body$"
        )
        for table in tables:
            yield from _postgres_triggers(table)
        return
    for table in tables:
        for name, text in _sqlite_triggers(table).items():
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield text


def _postgres_triggers(table: str) -> Iterator[str]:
    for name, event, level in (
        (f"{table}_rows", "UPDATE OR DELETE", "ROW"),
        (f"{table}_all", "TRUNCATE", "STATEMENT"),
    ):
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
            f" FOR EACH {level} EXECUTE FUNCTION {FUNCTION}()"
        )
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"


def _sqlite_triggers(table: str) -> dict[str, str]:
    refuse = "SELECT RAISE(ABORT, 'ledger rows are append-only')"
    same = " AND ".join(f"{column} = NEW.{column}" for column in TABLES[table])
    taken = f"id = NEW.id OR rowid = NEW.rowid{f' OR ({same})' if same else ''}"
    again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608
    return {
        f"{table}_{event.lower()}": (
            f"CREATE TRIGGER {table}_{event.lower()} BEFORE {event} ON {table} {when}"
            f"BEGIN {refuse}; END"
        )
        for event, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", f"{again} "))
    }


def _expected() -> dict[str, str]:
    if connection.vendor == "postgresql":
        found = {FUNCTION: FUNCTION_BODY}
        for table in TABLES:
            # tgtype is a bit set: 1 row, 2 before, 8 delete, 16 update, 32 truncate.
            found[f"{table}_rows"] = "A:27"
            found[f"{table}_all"] = "A:34"
        return found
    return {name: text for table in TABLES for name, text in _sqlite_triggers(table).items()}


def _read_sqlite() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return dict(cursor.fetchall())


def _read_postgres() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgname, t.tgenabled::text || ':' || t.tgtype::text FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal AND t.tgrelid = ANY(%s::regclass[]) AND p.proname = %s",
            [list(TABLES), FUNCTION],
        )
        found = dict(cursor.fetchall())
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [FUNCTION])
        row = cursor.fetchone()
    return found | ({FUNCTION: row[0]} if row else {})
