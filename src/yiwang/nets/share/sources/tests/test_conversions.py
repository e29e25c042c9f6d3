"""The page of conversions holds on the real servers. 换算对照表与真实数据库一致。"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from yiwang.kernel.live import services as live
from yiwang.kernel.live.types import Wanted

PAGE = Path(__file__).resolve().parents[6] / "docs" / "reference" / "live-conversions.md"


def examples(heading):
    """Type, SQL value and text of each row of a table."""
    part = PAGE.read_text("utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    for line in part.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and cells[0].startswith("`"):
            kind, value, text = cells
            yield kind.strip("`"), value.strip("`"), read(text)


def read(text):
    if text == "NULL":
        return None
    if text == "(empty)":
        return ""
    return text.strip("`").replace("\\n", "\n").replace("\\t", "\t")


def land(kind, settings, table):
    """Every row of a table as text."""
    known = live.get_kind(kind)
    plain, secrets = live.clean_settings(known, settings)
    with live.open_tables(known, plain, secrets) as source:
        names = tuple(column.name for column in source.describe(table).columns)
        with source.read(Wanted(table, names)) as reading:
            return [row for block in reading.blocks for row in block]


def check(run, kind, settings, heading, table="t"):
    wanted = list(examples(heading))
    assert len(wanted) > 5
    columns = ", ".join(f"c{at} {one[0]}" for at, one in enumerate(wanted))
    run(f"CREATE TABLE t ({columns})")
    run(f"INSERT INTO t VALUES ({', '.join(one[1] for one in wanted)})")

    (row,) = land(kind, settings, table)

    found = {(one[0], one[1]): cell for one, cell in zip(wanted, row, strict=True)}
    assert found == {(one[0], one[1]): one[2] for one in wanted}


def test_postgresql(postgres):
    check(postgres.run, "postgres", postgres.settings, "PostgreSQL", "public.t")


def test_mysql(mariadb):
    check(mariadb.run, "mysql", mariadb.settings, "MySQL and MariaDB")


def test_sqlite(sqlite):
    check(sqlite.run, "sqlite", sqlite.settings, "SQLite")


def test_every_gbk_character_that_mysql_knows_comes_as_it_is(mariadb):
    texts = [
        bytes([high, low]).decode("gbk", "ignore")
        for high in range(0x81, 0xFF)
        for low in range(0x40, 0xFF)
        if low != 0x7F
    ]
    texts = [one for one in texts if one and not "\ue000" <= one <= "\uf8ff"]
    mariadb.run("CREATE TABLE t (v varchar(4) CHARACTER SET gbk)")
    blob = b",".join(b"(x'" + one.encode("gbk").hex().encode() + b"')" for one in texts)
    mariadb.run("INSERT INTO t VALUES " + blob.decode())

    assert len(texts) > 21_000
    assert [row[0] for row in land("mysql", mariadb.settings, "t")] == texts


def test_gbk_bytes_in_a_latin1_column_are_read_as_what_they_are(mariadb):
    mariadb.run("CREATE TABLE t (v varchar(20) CHARACTER SET latin1)")
    mariadb.run(f"INSERT INTO t VALUES (x'{'张三'.encode('gbk').hex()}')")

    assert land("mysql", mariadb.settings | {"latin1": "gb18030"}, "t") == [("张三",)]
    assert land("mysql", mariadb.settings, "t") != [("张三",)]


def test_gbk_bytes_in_an_ascii_database(postgres_ascii):
    postgres_ascii.run("SET client_encoding TO 'SQL_ASCII'")
    postgres_ascii.run("CREATE TABLE t (v text)")
    postgres_ascii.run(r"SET standard_conforming_strings = off")
    octal = "".join(f"\\{byte:03o}" for byte in "张三".encode("gbk"))
    postgres_ascii.run(f"INSERT INTO t VALUES (E'{octal}')")
    told = postgres_ascii.settings

    assert land("postgres", told | {"encoding": "gb18030"}, "public.t") == [("张三",)]
    with pytest.raises(Exception, match="row 1, column v: the bytes are no utf-8 text"):
        land("postgres", told, "public.t")
