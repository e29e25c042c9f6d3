"""Names and texts inside DuckDB SQL. SQL 片段。"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from yiwang.kernel.pool.types import ROW


def quote_name(name: str) -> str:
    """A column name as an identifier. 标识符。"""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str | Path) -> str:
    """A text as a literal. 文本常量。"""
    return "'" + str(text).replace("'", "''") + "'"


def name_list(names: Iterable[str]) -> str:
    """Column names as a select list. 列清单。"""
    return ", ".join(quote_name(name) for name in names)


def make_distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each told apart from those before it. 列名去重。

    DuckDB does not tell `Code` from `code`; `_row` is the pool's own; a header may be empty.
    """
    taken: set[str] = {ROW}
    found: list[str] = []
    for place, raw in enumerate(names, 1):
        wanted = raw.replace("\x00", "") or f"column_{place}"
        name, count = wanted, 1
        while name.casefold() in taken:
            count += 1
            name = f"{wanted}_{count}"
        taken.add(name.casefold())
        found.append(name)
    return tuple(found)
