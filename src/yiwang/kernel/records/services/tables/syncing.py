"""Triggers that keep a column equal to the one it takes over from, whoever writes. 同步触发器。

While a field changes its kind, and a little longer, programs write the old column. The trigger
turns each such value into the new one and refuses what cannot be turned; what does not name the
old column passes it by.
"""

from __future__ import annotations

from collections.abc import Iterator

from .castings import Casting
from .statements import is_postgres

REFUSED = "records_retype"
"""What the refusal is called in the database. 拒绝标识。"""


def create_trigger(table: str, source: str, target: str, casting: Casting) -> Iterator[str]:
    """Statements that make the trigger; it holds from the end of the transaction on. 建触发器。"""
    yield from drop_trigger(table, target)
    if is_postgres():
        yield from _create_postgres(table, source, target, casting)
    else:
        yield from _create_sqlite(table, source, target, casting)


def drop_trigger(table: str, target: str) -> Iterator[str]:
    """Statements that take the trigger away, if it is there. 删触发器。"""
    name = name_trigger(table, target)
    if is_postgres():
        yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
        yield f"DROP FUNCTION IF EXISTS {name}()"
        return
    yield f"DROP TRIGGER IF EXISTS {name}_i"
    yield f"DROP TRIGGER IF EXISTS {name}_u"


def name_trigger(table: str, target: str) -> str:
    """The name of the trigger that fills a column. 触发器名。"""
    return f"t_{table}_{target}"


def _create_postgres(table: str, source: str, target: str, casting: Casting) -> Iterator[str]:
    name = name_trigger(table, target)
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $records$ BEGIN"
        f" IF TG_OP = 'INSERT' THEN IF NEW.{source} IS NULL THEN RETURN NEW; END IF;"
        f" ELSIF NEW.{source} IS NOT DISTINCT FROM OLD.{source} THEN RETURN NEW; END IF;"
        f" IF {casting.bad(f'NEW.{source}')} THEN RAISE EXCEPTION USING MESSAGE = '{REFUSED}',"
        f" ERRCODE = 'check_violation', CONSTRAINT = '{REFUSED}'; END IF;"
        f" NEW.{target} := {casting.sql(f'NEW.{source}')};"
        f" RETURN NEW; END $records$"
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {source} ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def _create_sqlite(table: str, source: str, target: str, casting: Casting) -> Iterator[str]:
    name = name_trigger(table, target)
    new = f"NEW.{source}"
    body = (
        f"BEGIN SELECT RAISE(ABORT, '{REFUSED}') WHERE {casting.bad(new)};"
        f" UPDATE {table} SET {target} = {casting.sql(new)} WHERE id = NEW.id; END"
    )
    yield f"CREATE TRIGGER {name}_i AFTER INSERT ON {table} WHEN {new} IS NOT NULL {body}"
    yield (
        f"CREATE TRIGGER {name}_u AFTER UPDATE OF {source} ON {table}"
        f" WHEN {new} IS NOT OLD.{source} {body}"
    )
