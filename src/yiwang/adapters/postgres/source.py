"""Reading a PostgreSQL database. 读取 PostgreSQL。

Every reading is one REPEATABLE READ, READ ONLY transaction with a cursor kept by the server. The
server writes each value as text, in forms that are set here, so nothing passes through a Python
type that would round or reshape it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.string import TextLoader

from yiwang.kernel.base.errors import Unavailable
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

STATEMENT_SECONDS = 600
SHOWN = {
    "default_transaction_read_only": "on",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "lock_timeout": "30s",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "Asia/Shanghai",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "synchronize_seqscans": "off",
}
MOVING = {
    "smallint", "integer", "bigint", "date", "numeric",
    "timestamp without time zone", "timestamp with time zone",
}  # fmt: skip


class BytesLoader(TextLoader):
    """Text as the bytes that came: the encoding is looked at by us, cell by cell. 原样字节。"""

    def load(self, data: Any) -> Any:
        return bytes(data)


@contextmanager
def open_postgres(
    settings: Mapping[str, str], secrets: Mapping[str, str]
) -> Iterator[PostgresSource]:
    """Sign in to a server. 连接 PostgreSQL。"""
    port = common.read_port(settings)
    address = resolve_host(settings["host"], port)
    try:
        connection = psycopg.connect(
            host=settings["host"],
            hostaddr=address,
            port=port,
            dbname=settings["database"],
            user=settings["user"],
            password=secrets.get("password") or None,
            sslmode=settings["ssl"],
            connect_timeout=10,
            application_name="yiwang",
            options=" ".join(f"-c {name}={escape(value)}" for name, value in SHOWN.items()),
        )
    except psycopg.Error as error:
        raise tell(error) from error
    with connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield PostgresSource(connection, settings["encoding"])


def escape(value: str) -> str:
    """A value for the start options of a connection. 转义。"""
    return value.replace("\\", "\\\\").replace(" ", "\\ ")


def tell(error: psycopg.Error) -> Unavailable:
    """The server's word in one line, without what it quotes of data. 连接失败说明。"""
    state = error.sqlstate or ""
    told = str(error).strip() or type(error).__name__
    if state.startswith("28") or "password authentication failed" in told:
        return Unavailable(
            "live.sign_in.refused", "The server refused the user name or the password"
        )
    if state == "3D000" or "does not exist" in told:
        return Unavailable("live.database.missing", "There is no such database on the server")
    if state == "42501":
        return Unavailable("live.read.denied", "The user may not read this on the server")
    return Unavailable(
        "live.connect.failed",
        "The other side does not answer as it should: %(why)s",
        why=" ".join(told.splitlines()[0].split())[:200],
    )


class PostgresSource:
    """An open connection, for reading only. PostgreSQL 数据源。"""

    def __init__(self, connection: psycopg.Connection[Any], encoding: str) -> None:
        self._connection = connection
        self._raw = connection.info.encoding == "ascii"  # SQL_ASCII: the server vouches for nothing
        self._encoding = encoding if self._raw else "utf-8"
        connection.adapters.register_loader("text", BytesLoader)
        if not self._raw:
            connection.execute("SET client_encoding TO 'UTF8'")
            connection.commit()

    def check(self) -> str:
        """Product and version. 检查连接。"""
        (version,) = self._rows("SELECT current_setting('server_version')::text")[0]
        return f"PostgreSQL {self._text(version)}"

    def discover(self) -> list[LiveTable]:
        """Tables, views and foreign tables that the user may read. 发现数据表。"""
        return self._tables()

    def describe(self, table: str) -> LiveTable:
        """One table. 查看数据表。"""
        found = [one for one in self._tables(table) if one.name == table]
        if not found:
            raise common.missing_table(table)
        return found[0]

    @contextmanager
    def read(self, wanted: Wanted) -> Iterator[Reading]:
        """Begin to read, in one snapshot. 开始读取。"""
        table = self.describe(wanted.table)
        columns = common.find_columns(table, wanted)
        try:
            with self._connection.transaction(), self._connection.cursor("yiwang") as cursor:
                upper = self._upper(table, wanted)
                where, parameters = condition(table, wanted, upper)
                cursor.itersize = wanted.batch
                cursor.execute(select(table, columns, where), parameters)
                names = tuple(column.name for column in columns)
                show = partial(self._show, table.name, names)
                blocks = common.read_blocks(cursor, wanted.batch, show)
                yield Reading(names, blocks, upper, table.rows)
        except psycopg.Error as error:
            raise tell(error) from error

    def _show(
        self, table: str, names: Sequence[str], row: int, cells: Sequence[bytes | None]
    ) -> Row:
        return tuple(
            None
            if cell is None
            else common.decode(cell, self._encoding, table=table, column=name, row=row)
            for name, cell in zip(names, cells, strict=True)
        )

    def _upper(self, table: LiveTable, wanted: Wanted) -> str:
        if not wanted.watermark:
            return ""
        query = sql.SQL("SELECT max({})::text FROM {}").format(
            named(wanted.watermark), identifier(table.name)
        )
        found = self._connection.execute(query, {}).fetchone()
        return self._text(found[0]) if found and found[0] is not None else ""

    def _tables(self, only: str = "") -> list[LiveTable]:
        found: dict[str, tuple[str, int | None, list[LiveColumn]]] = {}
        for cells in self._rows(TABLES, [only, only]):
            texts = ["" if cell is None else self._text(cell) for cell in cells]
            name, comment, rows, column, kind, base, remark, key = texts
            table = found.setdefault(name, (comment, int(rows) if int(rows) >= 0 else None, []))
            table[2].append(
                LiveColumn(column, kind, remark, key == "true", base in MOVING, base == "bytea")
            )
        return [
            LiveTable(name, comment, rows, tuple(columns))
            for name, (comment, rows, columns) in found.items()
        ]

    def _rows(self, query: str, parameters: list[str] | None = None) -> list[tuple[Any, ...]]:
        try:
            with self._connection.transaction():
                return self._connection.execute(query.encode(), parameters).fetchall()
        except psycopg.Error as error:
            raise tell(error) from error

    def _text(self, cell: bytes) -> str:
        return cell.decode(self._encoding, "replace")


def identifier(name: str) -> sql.Composable:
    """A table's name as `describe` gave it: schema, a dot, name. 表标识。"""
    schema, _, table = name.partition(".")
    return sql.Identifier(schema.replace("%", "%%"), table.replace("%", "%%"))


def named(column: str) -> sql.Composable:
    """A column's name in a query that has places for values. 字段标识。"""
    return sql.Identifier(column.replace("%", "%%"))


def select(table: LiveTable, columns: list[LiveColumn], where: sql.Composable) -> sql.Composed:
    """Every column as the server's own text. 查询语句。"""
    shown = [
        sql.SQL("encode({}, 'hex')::text" if column.binary else "{}::text").format(
            named(column.name)
        )
        for column in columns
    ]
    return sql.SQL("SELECT {} FROM {}{}").format(
        sql.SQL(", ").join(shown), identifier(table.name), where
    )


def condition(
    table: LiveTable, wanted: Wanted, upper: str
) -> tuple[sql.Composable, dict[str, str]]:
    """Which rows: all, or those above the watermark. 取数条件。

    The type in the cast is one of a few fixed names.
    """
    column = table.find(wanted.watermark) if wanted.since else None
    if column is None:
        return sql.SQL(""), {}
    kind = re.sub(r"\(.*?\)", "", column.type)
    step = {"date": "%(overlap)s::integer"}.get(
        kind, "%(overlap)s::numeric" if "time" not in kind else "make_interval(secs => %(overlap)s)"
    )
    text = (
        f" WHERE {{name}} {'>=' if wanted.from_since else '>'} %(since)s::{kind} - {step}"
        f" AND {{name}} <= %(upper)s::{kind}"
    )
    where = sql.SQL(text).format(name=named(column.name))
    parameters = {"since": wanted.since, "upper": upper or wanted.since}
    return where, parameters | {"overlap": str(wanted.overlap)}


TABLES = """
SELECT (n.nspname || '.' || c.relname)::text, obj_description(c.oid, 'pg_class'),
       c.reltuples::bigint::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
       format_type(a.atttypid, NULL), col_description(c.oid, a.attnum),
       EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
               AND a.attnum = ANY (i.indkey))::text
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%%'
   AND n.nspname NOT LIKE 'pg\\_temp%%' AND has_schema_privilege(n.oid, 'USAGE')
   AND has_column_privilege(c.oid, a.attnum, 'SELECT')
   AND (%s::text = '' OR n.nspname || '.' || c.relname = %s::text)
 ORDER BY n.nspname, c.relname, a.attnum
"""

POSTGRES = LiveKind(
    "postgres",
    "PostgreSQL",
    "tables",
    (
        *common.host_settings("5432"),
        Setting(
            "ssl",
            msg("Encryption of the line"),
            "choice",
            default="prefer",
            choices=(
                ("prefer", msg("Where the server can")),
                ("require", msg("Always")),
                ("disable", msg("Never")),
            ),
        ),
        common.encoding_setting(
            msg("Encoding of a database that names none"),
            msg("Matters only where the database is SQL_ASCII; others say it themselves."),
        ),
    ),
    open_postgres,
    hint=msg("Ask for a user of its own that may connect and SELECT, and nothing else."),
)
