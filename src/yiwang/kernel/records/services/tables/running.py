"""Running such statements so that nobody waits behind them. 执行建表语句。"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction

from yiwang.kernel.base.errors import Unavailable

from .statements import is_postgres

LOCK_SECONDS = 0.15
PAUSE_SECONDS = 0.35
PATIENCE_SECONDS = 60.0
LOCK_NOT_AVAILABLE = "55P03"


def run(statement: str, values: Iterable[Any] = ()) -> None:
    """Run one statement. 执行。"""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def run_changed(statement: str, values: Iterable[Any] = ()) -> int:
    """Run one statement; gives the number of rows that it changed. 执行并计数。"""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return int(cursor.rowcount)


def fetch(statement: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query. 查询。"""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall())


def hold_tables(changing: Collection[str], touched: Collection[str] = ()) -> None:
    """Hold tables until the transaction ends: some from everybody, some from writers only. 锁表。

    On PostgreSQL whoever waits for such a lock holds up every reader behind it. So all are asked
    for at once and briefly, again and again; one that stays busy for a minute is Unavailable. On
    SQLite the transaction is the only writer already.
    """
    modes = {"ACCESS EXCLUSIVE": changing, "SHARE ROW EXCLUSIVE": touched}
    statements = [
        f"LOCK TABLE {', '.join(sorted(tables))} IN {mode} MODE"
        for mode, tables in modes.items()
        if tables
    ]
    if statements and is_postgres():
        patiently(lambda: run("; ".join(statements)))


def patiently(step: Callable[[], object]) -> None:
    """Do a step that needs a lock: brief tries, each undone before the next. 反复尝试取锁。"""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with transaction.atomic(), lock_timeout():
                step()
        except OperationalError as error:
            if not is_lock_timeout(error):
                raise
            if time.monotonic() > until:
                raise Unavailable(
                    "records.table.busy",
                    "Somebody has been reading these records for a long time; try again later",
                ) from None
            time.sleep(PAUSE_SECONDS)
        else:
            return


@contextmanager
def lock_timeout(seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Wait for locks only so long within the block; the transaction's own limit comes back. 锁等待上限。"""
    if not is_postgres():
        yield
        return
    before = fetch("SHOW lock_timeout")[0][0]
    run("SELECT set_config('lock_timeout', %s, true)", [f"{int(seconds * 1000)}ms"])
    yield
    run("SELECT set_config('lock_timeout', %s, true)", [before])


def is_lock_timeout(error: Exception) -> bool:
    """Whether PostgreSQL gave up waiting for a lock. 是否锁超时。"""
    return getattr(error.__cause__, "sqlstate", "") == LOCK_NOT_AVAILABLE
