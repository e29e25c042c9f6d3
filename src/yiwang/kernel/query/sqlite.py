"""The functions that SQLite lacks. SQLite 自定义函数。"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .dialects import SQLITE_FUNCTIONS


class Connection(Protocol):
    """What of sqlite3.Connection is needed here. 连接。"""

    def create_function(
        self, name: str, narg: int, func: Callable[..., Any], /, *, deterministic: bool
    ) -> None: ...


def register_sqlite(connection: Connection) -> None:
    """Give a SQLite connection the functions that compiled expressions call. 登记函数。"""
    for name, compute in SQLITE_FUNCTIONS.items():
        passes_absent = name == "yw_blank"
        connection.create_function(
            name, 1, _guard(compute, passes_absent=passes_absent), deterministic=True
        )


def _guard(compute: Callable[[Any], Any], *, passes_absent: bool) -> Callable[[Any], Any]:
    def guarded(value: Any) -> Any:
        if value is None and not passes_absent:
            return None
        return compute(value if value is None or isinstance(value, str) else str(value))

    return guarded
