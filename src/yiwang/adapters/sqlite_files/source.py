"""Reading a SQLite file of this machine. 读取 SQLite 文件。

Opened read only, one read transaction a reading. SQLite keeps a type per cell, so each cell is
shown as what it is: whole numbers and texts as they are, reals in the shortest form that reads back
the same, blobs as hexadecimal digits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote as quote_path

from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.errors import InvalidInput, Unavailable
from yiwang.kernel.base.text import msg
from yiwang.kernel.live import common
from yiwang.kernel.live.services import resolve_path
from yiwang.kernel.live.types import (
    LiveColumn,
    LiveKind,
    LiveTable,
    Reading,
    Row,
    Setting,
    Wanted,
)
from yiwang.kernel.tabular.types import Cell

MOVING = ("INT", "NUM", "DEC", "DATE", "TIME")


class Text(bytes):
    """The bytes of a text, told from those of a blob. 文本字节。"""


@contextmanager
def open_sqlite(settings: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[SqliteSource]:  # noqa: ARG001 - the shape of all kinds
    """Open a file. 打开 SQLite 文件。"""
    path = resolve_path(settings["path"])
    if not path.is_file():
        raise Unavailable(
            "live.file.missing", "There is no file %(path)s now", path=settings["path"]
        )
    connection = sqlite3.connect(
        f"file:{quote_path(str(path))}?mode=ro", uri=True, timeout=30, isolation_level=None
    )
    connection.text_factory = Text
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        yield SqliteSource(connection, settings["encoding"])
    except sqlite3.Error as error:
        raise tell(error) from error
    finally:
        connection.close()


def tell(error: sqlite3.Error) -> Unavailable:
    """What SQLite said. 失败说明。"""
    return Unavailable(
        "live.connect.failed",
        "The other side does not answer as it should: %(why)s",
        why=str(error)[:200],
    )


class SqliteSource:
    """An open file, for reading only. SQLite 数据源。"""

    def __init__(self, connection: sqlite3.Connection, encoding: str) -> None:
        self._connection = connection
        self._encoding = encoding

    def check(self) -> str:
        """The library's version, once the file has answered. 检查连接。"""
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return f"SQLite {sqlite3.sqlite_version}"

    def discover(self) -> list[LiveTable]:
        """Tables and views. 发现数据表。"""
        names = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        return [self._describe(name.decode()) for (name,) in names.fetchall()]

    def describe(self, table: str) -> LiveTable:
        """One table. 查看数据表。"""
        found = self._describe(table)
        if not found.columns:
            raise common.missing_table(table)
        return found

    @contextmanager
    def read(self, wanted: Wanted) -> Iterator[Reading]:
        """Begin to read, in one snapshot. 开始读取。"""
        table = self.describe(wanted.table)
        columns = common.find_columns(table, wanted)
        names = tuple(column.name for column in columns)
        self._connection.execute("BEGIN")
        try:
            upper = self._upper(table, wanted)
            where, parameters = condition(table, wanted, upper)
            shown = ", ".join(quote(name) for name in names)
            cursor = self._connection.execute(
                f"SELECT {shown} FROM {quote(table.name)}{where}",  # noqa: S608 - names are quoted
                parameters,
            )
            blocks = in_blocks(self._rows(cursor, table.name, names), wanted.batch)
            yield Reading(names, blocks, upper)
        finally:
            self._connection.execute("ROLLBACK")

    def _rows(self, cursor: sqlite3.Cursor, table: str, names: Sequence[str]) -> Iterator[Row]:
        for number, cells in enumerate(cursor, start=1):
            yield tuple(
                show(cell, self._encoding, table=table, column=name, row=number)
                for name, cell in zip(names, cells, strict=True)
            )

    def _upper(self, table: LiveTable, wanted: Wanted) -> str:
        if not wanted.watermark:
            return ""
        name = quote(wanted.watermark)
        (kinds,) = self._connection.execute(
            f"SELECT count(DISTINCT typeof({name})) FROM {quote(table.name)}"  # noqa: S608
            f" WHERE {name} IS NOT NULL"
        ).fetchone()
        if kinds > 1:
            raise InvalidInput(
                "live.watermark.mixed",
                "%(column)s of %(table)s holds numbers and texts, so it has no order",
                column=wanted.watermark,
                table=table.name,
            )
        (found,) = self._connection.execute(
            f"SELECT max({name}) FROM {quote(table.name)}"  # noqa: S608 - names are quoted
        ).fetchone()
        shown = show(found, self._encoding, table=table.name, column=wanted.watermark, row=0)
        return shown or ""

    def _describe(self, name: str) -> LiveTable:
        found = self._connection.execute(
            "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", [name]
        )
        columns = []
        for column, kind, key in found.fetchall():
            text = kind.decode().upper()
            moves = any(part in text for part in MOVING)
            columns.append(LiveColumn(column.decode(), kind.decode(), "", bool(key), moves))
        return LiveTable(name, "", None, tuple(columns))


def show(cell: Any, encoding: str, *, table: str, column: str, row: int) -> Cell:
    """A cell as text. 单元格文本。"""
    if cell is None or isinstance(cell, int):
        return None if cell is None else str(cell)
    if isinstance(cell, float):
        return repr(cell)
    if isinstance(cell, Text):
        return common.decode(cell, encoding, table=table, column=column, row=row)
    return bytes(cell).hex()


def quote(name: str) -> str:
    """A name as an identifier. 标识符。"""
    return '"' + name.replace('"', '""') + '"'


def condition(table: LiveTable, wanted: Wanted, upper: str) -> tuple[str, list[Any]]:
    """Which rows: all, or those above the watermark. 取数条件。

    A number goes as a number, a text as a text, for SQLite never holds them equal.
    """
    column = table.find(wanted.watermark) if wanted.since else None
    if column is None:
        return "", []
    name, above = quote(column.name), ">=" if wanted.from_since else ">"
    low = step_back(wanted.since, wanted.overlap)
    return f" WHERE {name} {above} ? AND {name} <= ?", [low, number_of(upper or wanted.since)]


def number_of(text: str) -> int | float | str:
    """What the text is in SQLite: a whole number, a real, or a text. 还原类型。"""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def step_back(text: str, overlap: int) -> int | float | str:
    """The watermark less the overlap: days of a date, seconds of a time, else a number. 水位回看。"""
    found = number_of(text)
    if not overlap:
        return found
    if isinstance(found, int | float):
        return found - overlap
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return found
    if len(found) == 10:
        return (moment - timedelta(days=overlap)).date().isoformat()
    back = moment - timedelta(seconds=overlap)
    return back.isoformat(sep="T" if "T" in found else " ")


SQLITE = LiveKind(
    "sqlite",
    msg("SQLite file of this machine"),
    "tables",
    (
        Setting("path", msg("File"), required=True, help=msg("The whole path on this machine")),
        common.encoding_setting(
            msg("Encoding of texts"), msg("UTF-8, unless a program wrote other bytes.")
        ),
    ),
    open_sqlite,
    hint=msg(
        "Folders below inbox in the node's home may be read; an operator allows others with "
        "source_folders in yiwang.toml."
    ),
)
