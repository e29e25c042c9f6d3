"""Reading a MySQL or MariaDB database. 读取 MySQL 与 MariaDB。

Every reading is one transaction with a consistent snapshot, read only, its rows streamed. Values
come in the server's text protocol and are decoded here, so zero dates, leading zeros and long
decimals stay as they are. GBK columns are taken as bytes: the server's own conversion would turn
what it does not know into question marks without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pymysql
from pymysql.converters import encoders
from pymysql.cursors import Cursor, SSCursor

from yiwang.kernel.base.clock import CITY_HOURS
from yiwang.kernel.base.errors import Unavailable, YiwangError
from yiwang.kernel.base.text import msg
from yiwang.kernel.live import common
from yiwang.kernel.live.services import resolve_host
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

READ_SECONDS = 600
WHOLE = {"tinyint", "smallint", "mediumint", "int", "bigint"}
MOVING = {*WHOLE, "decimal", "date", "datetime", "timestamp"}
BINARY = {
    "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob", "geometry", "point",
    "linestring", "polygon", "multipoint", "multilinestring", "multipolygon", "geometrycollection",
}  # fmt: skip
CHINESE = {"gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030"}
SESSION = (
    f"SET SESSION sql_mode = '', time_zone = '+{CITY_HOURS:02}:00', net_write_timeout = 3600",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
)
CAST = {
    "decimal": "CAST(%(since)s AS DECIMAL(65,30)) - %(overlap)s",
    "date": "CAST(%(since)s AS DATE) - INTERVAL %(overlap)s DAY",
    "time": "CAST(%(since)s AS DATETIME(6)) - INTERVAL %(overlap)s SECOND",
}
DENIED = {1044, 1142, 1143, 1227, 1370}


@contextmanager
def open_mysql(settings: Mapping[str, str], secrets: Mapping[str, str]) -> Iterator[MysqlSource]:
    """Sign in to a server. 连接 MySQL。"""
    port = common.read_port(settings)
    address = resolve_host(settings["host"], port)
    more: dict[str, Any] = {"conv": dict(encoders)}
    if settings["ssl"] == "require":
        more["ssl"] = {"check_hostname": False}
    try:
        connection = pymysql.connect(
            host=address,
            port=port,
            database=settings["database"],
            user=settings["user"],
            password=secrets.get("password", ""),
            charset="utf8mb4",
            use_unicode=False,
            connect_timeout=10,
            read_timeout=READ_SECONDS,
            local_infile=False,
            **more,
        )
    except pymysql.Error as error:
        raise tell(error) from error
    try:
        source = MysqlSource(connection, settings["latin1"])
        for statement in SESSION:
            source.ask(statement)
        yield source
    finally:
        connection.close()


def tell(error: pymysql.Error) -> YiwangError:
    """The server's word, in one of a few sentences. 连接失败说明。"""
    number = error.args[0] if error.args else 0
    if number in (1045, 1698, 1251):
        return Unavailable(
            "live.sign_in.refused", "The server refused the user name or the password"
        )
    if number == 1049:
        return Unavailable("live.database.missing", "There is no such database on the server")
    if number in DENIED:
        return Unavailable("live.read.denied", "The user may not read this on the server")
    told = re.sub(r"'[^']*'", "…", str(error.args[-1] if error.args else error))
    return Unavailable(
        "live.connect.failed",
        "The other side does not answer as it should: %(why)s",
        why=" ".join(told.split())[:200],
    )


@dataclass(frozen=True, slots=True)
class MysqlColumn:
    """One column: how it is asked for, and how its bytes become text. 字段读法。"""

    column: LiveColumn
    base: str
    charset: str

    def shown(self, latin1: str) -> str:
        """The expression that is selected. 查询表达式。"""
        name = quote(self.column.name)
        raw = self.charset in CHINESE or (self.charset == "latin1" and latin1)
        return f"CAST({name} AS BINARY)" if raw else name

    def encoding(self, latin1: str) -> str:
        """In what the bytes are written. 字节编码。"""
        return CHINESE.get(self.charset) or (self.charset == "latin1" and latin1) or "utf-8"


class MysqlSource:
    """An open connection, for reading only. MySQL 数据源。"""

    def __init__(self, connection: Any, latin1: str) -> None:
        self._connection = connection
        self._latin1 = latin1

    def check(self) -> str:
        """Product and version. 检查连接。"""
        ((version,),) = self.ask("SELECT VERSION()")
        text = version.decode()
        return f"MariaDB {text}" if "mariadb" in text.lower() else f"MySQL {text}"

    def discover(self) -> list[LiveTable]:
        """Tables and views of the database. 发现数据表。"""
        return [table for table, _ in self._tables()]

    def describe(self, table: str) -> LiveTable:
        """One table. 查看数据表。"""
        return self._find(table)[0]

    @contextmanager
    def read(self, wanted: Wanted) -> Iterator[Reading]:
        """Begin to read, in one snapshot. 开始读取。"""
        table, known = self._find(wanted.table)
        names = tuple(one.name for one in common.find_columns(table, wanted))
        columns = [one for name in names for one in known if one.column.name == name]
        try:
            self.ask("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
            upper = self._upper(table, wanted)
            where, parameters = condition(wanted, known, upper)
            shown = ", ".join(one.shown(self._latin1) for one in columns)
            cursor = self._connection.cursor(SSCursor)
            query = f"SELECT {shown} FROM {quote(table.name)}{where}"  # noqa: S608 - names are quoted
            cursor.execute(query, parameters or {})
            try:
                show = partial(self._show_row, table.name, columns)
                blocks = common.read_blocks(cursor, wanted.batch, show)
                yield Reading(names, blocks, upper, table.rows)
            finally:
                self._leave(cursor)
        except pymysql.Error as error:
            raise tell(error) from error

    def _leave(self, cursor: Any) -> None:
        """Drop the line instead of reading the rest of a result that nobody wants. 放弃剩余结果。"""
        result = cursor._result  # noqa: SLF001 - `close` would read every row that is left
        if result is not None and result.unbuffered_active:
            result.unbuffered_active = False
            self._connection._force_close()  # noqa: SLF001
        cursor.connection = None

    def _show_row(
        self,
        table: str,
        columns: Sequence[MysqlColumn],
        row: int,
        cells: Sequence[bytes | None],
    ) -> Row:
        return tuple(
            self._show(cell, column, table, row)
            for column, cell in zip(columns, cells, strict=True)
        )

    def _show(self, cell: bytes | None, column: MysqlColumn, table: str, row: int) -> Cell:
        if cell is None:
            return None
        if column.base == "bit":
            return str(int.from_bytes(cell, "big"))
        if column.column.binary:
            return cell.hex()
        encoding = column.encoding(self._latin1)
        return common.decode(cell, encoding, table=table, column=column.column.name, row=row)

    def _upper(self, table: LiveTable, wanted: Wanted) -> str:
        if not wanted.watermark:
            return ""
        name = quote(wanted.watermark)
        query = f"SELECT MAX({name}) FROM {quote(table.name)}"  # noqa: S608 - names are quoted
        ((found,),) = self.ask(query)
        return found.decode() if found is not None else ""

    def _find(self, name: str) -> tuple[LiveTable, list[MysqlColumn]]:
        for table, columns in self._tables(name):
            if table.name == name:
                return table, columns
        raise common.missing_table(name)

    def _tables(self, only: str = "") -> list[tuple[LiveTable, list[MysqlColumn]]]:
        found: dict[str, tuple[str, str, list[MysqlColumn]]] = {}
        for cells in self.ask(TABLES, [only, only]):
            texts = ["" if cell is None else cell.decode("utf-8", "replace") for cell in cells]
            name, comment, rows, column, kind, base, remark, key, charset = texts
            live = LiveColumn(column, kind, remark, key == "PRI", base in MOVING, base in BINARY)
            held = found.setdefault(name, (comment, rows, []))
            held[2].append(MysqlColumn(live, base, charset))
        return [
            (
                LiveTable(
                    name,
                    "" if comment == "VIEW" else comment,
                    int(rows) if rows else None,
                    tuple(one.column for one in columns),
                ),
                columns,
            )
            for name, (comment, rows, columns) in found.items()
        ]

    def ask(self, query: str, parameters: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """All rows of a small answer. 执行查询。"""
        try:
            with self._connection.cursor(Cursor) as cursor:
                cursor.execute(query, parameters or {})
                return list(cursor.fetchall())
        except pymysql.Error as error:
            raise tell(error) from error


def quote(name: str) -> str:
    """A name as an identifier, inside a format string. 标识符。"""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


def condition(
    wanted: Wanted, columns: Sequence[MysqlColumn], upper: str
) -> tuple[str, dict[str, Any] | None]:
    """Which rows: all, or those above the watermark. 取数条件。

    Values are compared as what the column is: as numbers they would pass through a double.
    """
    if not wanted.since:
        return "", {}
    base = next(one.base for one in columns if one.column.name == wanted.watermark)
    kind = "decimal" if base in WHOLE else "time" if "time" in base else base
    name, low = quote(wanted.watermark), CAST[kind]
    high = re.sub(r" - .*", "", low).replace("since", "upper")
    above = ">=" if wanted.from_since else ">"
    parameters = {
        "since": wanted.since,
        "upper": upper or wanted.since,
        "overlap": wanted.overlap,
    }
    return f" WHERE {name} {above} {low} AND {name} <= {high}", parameters


TABLES = """
SELECT c.TABLE_NAME, t.TABLE_COMMENT, t.TABLE_ROWS, c.COLUMN_NAME, c.COLUMN_TYPE,
       LOWER(c.DATA_TYPE), c.COLUMN_COMMENT, c.COLUMN_KEY, c.CHARACTER_SET_NAME
  FROM information_schema.COLUMNS c
  JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
 WHERE c.TABLE_SCHEMA = DATABASE() AND (%s = '' OR c.TABLE_NAME = %s)
 ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION
"""

MYSQL = LiveKind(
    "mysql",
    "MySQL / MariaDB",
    "tables",
    (
        *common.host_settings("3306"),
        Setting(
            "ssl",
            msg("Encryption of the line"),
            "choice",
            default="prefer",
            choices=(("prefer", msg("Where the server can")), ("require", msg("Always"))),
        ),
        Setting(
            "latin1",
            msg("What columns that say latin1 really hold"),
            "choice",
            help=msg("Old systems kept GBK bytes in them; left as it is, they are latin1."),
            choices=(("", "latin1"), ("gb18030", "GBK / GB18030"), ("utf-8", "UTF-8")),
        ),
    ),
    open_mysql,
    hint=msg("Ask for a user of its own that may connect and SELECT, and nothing else."),
)
