"""What every database adapter keeps, on its real server. 数据库适配器契约。"""

from __future__ import annotations

import pytest

from yiwang.kernel.base.errors import NotFound, YiwangError
from yiwang.kernel.live import services as live
from yiwang.kernel.live.types import Wanted

KINDS = ("postgres", "mysql", "sqlite")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def server(kind, request):
    return request.getfixturevalue({"mysql": "mariadb"}.get(kind, kind))


@pytest.fixture
def name(kind):
    return "public.people" if kind == "postgres" else "people"


@pytest.fixture
def people(server, kind):
    text = "varchar(40)" if kind == "mysql" else "text"
    server.run(f"CREATE TABLE people (id bigint PRIMARY KEY, xm {text}, changed timestamp NULL)")
    for at in range(1, 8):
        server.run(f"INSERT INTO people VALUES ({at}, '张{at}', '2026-01-0{at} 08:00:00')")
    return server


def opened(kind, server, **more):
    known = live.get_kind(kind)
    return live.open_tables(known, *live.clean_settings(known, server.settings | more))


def rows(source, wanted):
    with source.read(wanted) as reading:
        return reading.upper, [row for block in reading.blocks for row in block]


def test_tables_are_found_with_keys_and_watermarks(kind, people, name):
    with opened(kind, people) as source:
        assert source.check()
        (table,) = source.discover()

    assert (table.name, table.key) == (name, ("id",))
    assert [column.name for column in table.columns if column.moves] == ["id", "changed"]


@pytest.mark.parametrize(
    ("watermark", "since", "same", "overlap", "expected"),
    [
        ("id", "", False, 0, "1234567"),
        ("id", "5", False, 0, "67"),
        ("id", "5", True, 0, "567"),
        ("id", "5", False, 2, "4567"),
        ("id", "7", False, 0, ""),
        ("changed", "2026-01-05 08:00:00", False, 0, "67"),
        ("changed", "2026-01-05 08:00:00", True, 0, "567"),
        ("changed", "2026-01-05 08:00:00", False, 86_401, "4567"),
    ],
)
def test_rows_above_a_watermark(kind, people, name, watermark, since, same, overlap, expected):
    wanted = Wanted(
        name, ("id",), watermark=watermark, since=since, from_since=same, overlap=overlap, batch=2
    )
    with opened(kind, people) as source:
        upper, found = rows(source, wanted)

    assert "".join(sorted(row[0] for row in found)) == expected
    assert upper == ("7" if watermark == "id" else "2026-01-07 08:00:00")


def test_big_numbers_of_a_watermark_are_compared_exactly(kind, people, name):
    big = 9_007_199_254_740_993
    for at in (big - 1, big, big + 1):
        people.run(f"INSERT INTO people VALUES ({at}, 'x', NULL)")
    with opened(kind, people) as source:
        _, found = rows(source, Wanted(name, ("id",), watermark="id", since=str(big)))

    assert found == [(str(big + 1),)]


def test_a_reading_sees_one_state_of_the_table(kind, people, name):
    with opened(kind, people) as source:
        with source.read(Wanted(name, ("id",), batch=2)) as reading:
            first = next(reading.blocks)
            if (
                kind != "sqlite"
            ):  # whose readers and writers of a rollback journal exclude each other
                people.run("DELETE FROM people WHERE id > 4")
                people.run("INSERT INTO people VALUES (99, 'x', NULL)")
            rest = [row for block in reading.blocks for row in block]

    assert [row[0] for row in [*first, *rest]] == list("1234567")


def test_a_reading_that_is_left_early_lets_go(kind, people, name):
    for at in range(100, 1100):
        people.run(f"INSERT INTO people VALUES ({at}, 'x', NULL)")
    with opened(kind, people) as source, source.read(Wanted(name, ("id",), batch=2)) as reading:
        next(reading.blocks)
    with opened(kind, people) as source:
        assert len(rows(source, Wanted(name, ("id",)))[1]) == 1007


def test_an_empty_table_has_columns_and_no_rows(kind, people, name):
    people.run("DELETE FROM people")
    with opened(kind, people) as source:
        assert rows(source, Wanted(name, ("id", "xm"), watermark="id")) == ("", [])


def test_what_is_not_there_is_said(kind, people, name):
    with opened(kind, people) as source:
        with pytest.raises(NotFound, match="no table"):
            source.describe("public.nobody" if kind == "postgres" else "nobody")
        with pytest.raises(NotFound, match="no column"), source.read(Wanted(name, ("nothing",))):
            pass


def test_nothing_can_be_written(kind, people):
    with opened(kind, people) as source, pytest.raises(Exception, match=r"(?i)read.?only"):
        raw = source._connection
        if kind == "mysql":
            with raw.cursor() as cursor:
                cursor.execute("START TRANSACTION READ ONLY")
                cursor.execute("DELETE FROM people")
        else:
            raw.execute("DELETE FROM people")


def test_names_are_quoted(kind, people, name):
    odd = '怪"名`字%'
    quoted = (
        f"`{odd.replace('`', '``')}`" if kind == "mysql" else '"' + odd.replace('"', '""') + '"'
    )
    people.run(f"CREATE TABLE {quoted} (id int, {quoted} int)")
    with opened(kind, people) as source:
        table = source.describe(f"public.{odd}" if kind == "postgres" else odd)
        assert rows(source, Wanted(table.name, ("id", odd), watermark=odd, since="1"))[1] == []


@pytest.mark.parametrize("kind", ["postgres", "mysql"])
def test_a_wrong_password_is_said_in_words(kind, people):
    if kind == "mysql":
        people.run("CREATE USER IF NOT EXISTS yw_try@'127.0.0.1' IDENTIFIED BY 'right'")
    told = {"user": "yw_try" if kind == "mysql" else "nobody_of_that_name", "password": "wrong"}
    with pytest.raises(YiwangError) as refused, opened(kind, people, **told):
        pass
    if kind == "mysql":
        people.run("DROP USER yw_try@'127.0.0.1'")
    assert refused.value.code in ("live.sign_in.refused", "live.database.missing")
    assert "wrong" not in refused.value.detail


def test_a_host_that_is_not_allowed_is_refused(kind, people, settings, tmp_path):
    settings.YIWANG_SOURCE_HOSTS, settings.YIWANG_SOURCE_FOLDERS = [], []

    with pytest.raises(YiwangError, match="may not"), opened(kind, people):
        pass
