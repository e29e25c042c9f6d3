"""What the adapters of databases share. 数据库适配器公用。"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from yiwang.kernel.base.errors import InvalidInput, NotFound
from yiwang.kernel.base.text import msg

from .types import LiveColumn, LiveTable, Row, Setting, Wanted

ENCODINGS = ("utf-8", "gb18030", "gbk", "big5", "latin-1")


def host_settings(port: str) -> tuple[Setting, ...]:
    """Where a server is and who signs in. 服务器参数。"""
    return (
        Setting("host", msg("Host"), required=True),
        Setting("port", msg("Port"), "number", default=port),
        Setting("database", msg("Database"), required=True),
        Setting("user", msg("User name"), required=True),
        Setting("password", msg("Password"), "secret"),
    )


def encoding_setting(label: str, help_text: str, default: str = "utf-8") -> Setting:
    """Which encoding texts have that the database cannot vouch for. 编码参数。"""
    choices = tuple((one, one) for one in ENCODINGS)
    return Setting("encoding", label, "choice", default=default, help=help_text, choices=choices)


def read_port(settings: Mapping[str, str]) -> int:
    """The port as a number. 端口号。"""
    port = int(settings["port"])
    if not 0 < port < 65536:
        raise InvalidInput(
            "live.port.invalid", "A port lies between 1 and 65535", field="setting_port"
        )
    return port


def find_columns(table: LiveTable, wanted: Wanted) -> list[LiveColumn]:
    """The wanted columns as the table has them now. 取所选字段。

    Raises NotFound for one that has gone: what was chosen is not read as something else.
    """
    found = []
    for name in (*wanted.columns, *([wanted.watermark] if wanted.watermark else [])):
        column = table.find(name)
        if column is None:
            raise NotFound(
                "live.column.missing",
                "%(table)s has no column %(column)s any more; look at the table again",
                table=table.name,
                column=name,
            )
        found.append(column)
    if wanted.watermark and not found[-1].moves:
        raise InvalidInput(
            "live.watermark.type",
            "%(column)s of %(table)s is no number, date or time, so it cannot say what is new",
            column=wanted.watermark,
            table=table.name,
        )
    return found[: len(wanted.columns)]


def missing_table(name: str) -> NotFound:
    """The refusal of a table that is not there. 表不存在。"""
    return NotFound(
        "live.table.missing",
        "There is no table %(table)s, or this user may not read it",
        table=name[:200],
    )


def decode(cell: bytes, encoding: str, *, table: str, column: str, row: int) -> str:
    """Bytes that should be text in an encoding; refused by place where they are not. 按编码解码。"""
    try:
        return cell.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "live.cell.encoding",
            "%(table)s, row %(row)s, column %(column)s: the bytes are no %(encoding)s text. Say "
            "which encoding the texts have",
            table=table,
            row=row,
            column=column,
            encoding=encoding,
        ) from error


def read_blocks(
    cursor: Any, size: int, show: Callable[[int, Sequence[Any]], Row]
) -> Iterator[list[Row]]:
    """A cursor's rows in blocks, each shown with its number from 1. 分块读取游标。"""
    numbers = count(1)
    while found := cursor.fetchmany(size):
        yield [show(next(numbers), cells) for cells in found]
