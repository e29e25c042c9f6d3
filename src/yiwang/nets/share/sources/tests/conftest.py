"""A city, its people, and real databases to read from. 测试用城市与数据库。"""

from __future__ import annotations

import os
import uuid

import pytest

from yiwang.nets.share.tests.conftest import city, engineer, person, steward

__all__ = ["city", "engineer", "person", "steward"]


def need(reason: str):
    """Skip, or fail where everything is required."""
    if os.environ.get("YIWANG_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def reach(settings):
    """Sources on this machine may be read in tests."""
    settings.YIWANG_SOURCE_HOSTS = ["127.0.0.1", "localhost"]


@pytest.fixture(scope="session")
def postgres_server():
    psycopg = pytest.importorskip("psycopg")
    address = os.environ.get("YIWANG_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
    try:
        with psycopg.connect(f"{address}/postgres", autocommit=True, connect_timeout=3) as server:
            server.execute("SELECT 1")
    except psycopg.Error as error:
        need(f"PostgreSQL does not answer: {error}")
    return address


@pytest.fixture
def postgres(postgres_server):
    """A database of its own; gives a function that runs SQL there, and its settings."""
    yield from make_postgres(postgres_server, "ENCODING 'UTF8'")


def make_postgres(address: str, how: str):
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    name = f"yiwang_src_{uuid.uuid4().hex[:10]}"
    server = psycopg.connect(f"{address}/postgres", autocommit=True)
    server.execute(f"CREATE DATABASE {name} TEMPLATE template0 {how}")
    database = psycopg.connect(f"{address}/{name}", autocommit=True)
    try:
        told = conninfo_to_dict(address)
        yield Server(
            lambda sql, *values: database.execute(sql, values or None),
            {
                "host": told.get("host", "127.0.0.1"),
                "port": told.get("port", "5432"),
                "database": name,
                "user": told.get("user", "postgres"),
                "password": told.get("password", "unused"),
            },
        )
    finally:
        database.close()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        server.close()


class Server:
    """A database to read from: `run` SQL there, `settings` to reach it."""

    def __init__(self, run, settings):
        self.run = run
        self.settings = settings


@pytest.fixture
def postgres_ascii(postgres_server):
    """A database that vouches for no encoding."""
    how = "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'"
    yield from make_postgres(postgres_server, how)


@pytest.fixture
def mariadb():
    """A database of its own on the MariaDB server."""
    pymysql = pytest.importorskip("pymysql")
    told = {
        "host": os.environ.get("YIWANG_TEST_MYSQL_HOST", "127.0.0.1"),
        "port": int(os.environ.get("YIWANG_TEST_MYSQL_PORT", "3306")),
        "user": os.environ.get("YIWANG_TEST_MYSQL_USER", "root"),
        "password": os.environ.get("YIWANG_TEST_MYSQL_PASSWORD", ""),
    }
    try:
        server = pymysql.connect(**told, charset="utf8mb4", autocommit=True, connect_timeout=3)
    except pymysql.Error as error:
        need(f"MariaDB does not answer: {error}")
    name = f"yiwang_src_{uuid.uuid4().hex[:10]}"

    def run(sql):
        with server.cursor() as cursor:
            cursor.execute(sql)

    run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    run(f"USE {name}")
    run("SET SESSION sql_mode = '', time_zone = '+08:00'")
    try:
        plain = {key: str(value) for key, value in told.items()}
        yield Server(run, plain | {"database": name})
    finally:
        run(f"DROP DATABASE {name}")
        server.close()


@pytest.fixture
def sqlite(tmp_path, settings):
    """A SQLite file in a folder that may be read."""
    import sqlite3

    settings.YIWANG_SOURCE_FOLDERS = [str(tmp_path)]
    path = tmp_path / "登记.db"
    database = sqlite3.connect(path, isolation_level=None)
    yield Server(database.execute, {"path": str(path)})
    database.close()
