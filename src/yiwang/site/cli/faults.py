"""Faults of the machine in plain words: disk full, database locked, port taken. 机器故障说明。"""

from __future__ import annotations

import errno
import os
import re

from yiwang.kernel.base.errors import Conflict, Unavailable, YiwangError
from yiwang.kernel.base.text import msg

# What the databases say, and what to tell an operator.
SAYINGS = [
    (
        re.compile(r"database is locked|database table is locked", re.IGNORECASE),
        "node.database.locked",
        msg("The database is locked by another process; try again when it has finished"),
    ),
    (
        re.compile(r"disk is full|disk full|No space left", re.IGNORECASE),
        "node.disk.full",
        msg("The disk is full; free some space and try again"),
    ),
    (
        re.compile(r"unable to open database file|readonly database", re.IGNORECASE),
        "node.database.unwritable",
        msg("The database file cannot be written; check the owner and rights of the home folder"),
    ),
    (
        re.compile(r"no such table|relation \"?\w+\"? does not exist|no such column"),
        "node.database.not_ready",
        msg("The database is not prepared; run yiwang init or yiwang upgrade"),
    ),
    (
        re.compile(
            r"connection (to server|failed|refused)|could not connect|timeout expired|"
            r"server closed the connection",
            re.IGNORECASE,
        ),
        "node.database.unreachable",
        msg(
            "The database server does not answer; check that it runs and the address in yiwang.toml"
        ),
    ),
]


def explain(error: BaseException) -> YiwangError | None:
    """The failure an operator can act on behind an exception, or None for a fault. 解释异常。"""
    if isinstance(error, YiwangError):
        return error
    if isinstance(error, OSError):
        return explain_os(error)
    module = type(error).__module__.partition(".")[0]
    if module in ("django", "sqlite3", "psycopg"):
        return explain_saying(str(error))
    return None


def explain_os(error: OSError) -> YiwangError | None:
    """A failure of the operating system. 操作系统错误。"""
    name = str(error.filename or "")
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return Unavailable("node.disk.full", "The disk is full; free some space and try again")
        case errno.EADDRINUSE:
            return Conflict("node.port.taken", "The port is taken by another program")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Conflict(
                "node.file.not_permitted", "No right to use the file %(name)s", name=name
            )
        case errno.ENOENT | errno.ENOTDIR | errno.EISDIR:
            return Conflict(
                "node.file.unusable",
                "The file %(name)s cannot be used: %(why)s",
                name=name,
                why=os.strerror(error.errno or 0),
            )
    return None


def explain_saying(text: str) -> YiwangError | None:
    """A failure of the database, known by what it says. 数据库错误。"""
    for pattern, code, sentence in SAYINGS:
        if pattern.search(text):
            return Unavailable(code, sentence)
    return None
