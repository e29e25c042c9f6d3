"""Which database the node writes to. 业务数据库。

SQLite in the home folder unless `database` in yiwang.toml (or YIWANG_DATABASE) names PostgreSQL as
`postgresql://user:password@host:port/name`; a host that starts with `/` (percent-encoded) or is
left out means the local socket.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from .home import Home

KEPT_SECONDS = 60
"""How long a connection outlives its request: a new one costs a third of a page on SQLite, which
reads the whole schema again. 连接保留秒数。"""


def configure_database(home: Home, environment: Mapping[str, str]) -> dict[str, Any]:
    """Django's description of the node's database. 数据库配置。"""
    url = environment.get("YIWANG_DATABASE") or home.settings.get("database", "")
    return describe_postgres(url) if url else describe_sqlite(home)


def describe_sqlite(home: Home) -> dict[str, Any]:
    """SQLite for an embedded node: WAL, IMMEDIATE, patient with other writers. 内嵌库。

    FULL: what a person was told is accepted is on the disk, also when the power goes.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(home.path / "yiwang.sqlite3"),
        "CONN_MAX_AGE": KEPT_SECONDS,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000",
        },
    }


def describe_postgres(url: str) -> dict[str, Any]:
    """PostgreSQL from its address. PostgreSQL 配置。"""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"database: not a PostgreSQL address: {parts.scheme}://…")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
    }
