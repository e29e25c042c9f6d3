"""How long a list may take. 查询时限。"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from yiwang.kernel.base.errors import Unavailable

SECONDS = 10
OPERATIONS = 20_000
"""SQLite asks after so many steps of its machine whether to go on, some milliseconds. 检查间隔。"""
CANCELED = "57014"


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """End statements within that take longer; Unavailable then says so. 限时查询。"""
    try:
        if connection.vendor == "postgresql":
            with transaction.atomic():
                _set_timeout(seconds)
                yield
        else:
            with _watched(seconds):
                yield
    except OperationalError as error:
        if not _is_over(error):
            raise
        raise Unavailable(
            "records.list.slow", "This takes too long; narrow the list down"
        ) from None


def _set_timeout(seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true)", [f"{seconds * 1000:.0f}"]
        )


@contextmanager
def _watched(seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    until = time.monotonic() + seconds
    connection.connection.set_progress_handler(lambda: time.monotonic() > until, OPERATIONS)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 0)


def _is_over(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", "")
    return state == CANCELED or "interrupted" in str(error)
