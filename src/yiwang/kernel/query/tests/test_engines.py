"""Every engine answers as Python does: for invented rows, expressions and filters."""

import os
import sqlite3
from contextlib import closing

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.kernel.query.services import (
    Schema,
    compile_node,
    evaluate,
    from_url,
    parse_expression,
    parse_filter,
    register_sqlite,
    to_url,
    write_text,
)
from yiwang.kernel.query.tables import (
    FULL_WIDTH,
    HALF_WIDTH,
    compatibility_foldings,
)
from yiwang.kernel.query.types import Literal

from .strategies import COLUMNS, filters, rows, text_expressions

SCHEMA = Schema(COLUMNS)
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
WIDE = settings(QUICK, max_examples=4000)

TYPES = {
    "duckdb": {"text": "VARCHAR", "integer": "BIGINT", "decimal": "DECIMAL(18,3)", "date": "DATE",
               "datetime": "TIMESTAMP", "boolean": "BOOLEAN"},
    "sqlite": {"text": "TEXT", "integer": "INTEGER", "decimal": "DECIMAL", "date": "DATE",
               "datetime": "DATETIME", "boolean": "BOOL"},
    "postgresql": {"text": "text", "integer": "bigint", "decimal": "numeric(18,3)", "date": "date",
                   "datetime": "timestamptz", "boolean": "boolean"},
}  # fmt: skip


class Door:
    """One table in one engine, emptied and filled for each example."""

    def __init__(self, dialect, connection):
        self.dialect = dialect
        self.connection = connection
        self.place = "%s" if dialect == "postgresql" else "?"
        columns = ", ".join(
            f"{self.quote(name)} {TYPES[dialect][kind]}" for name, kind in COLUMNS.items()
        )
        self.run(f"CREATE TEMPORARY TABLE things (spot integer, {columns})")

    @staticmethod
    def quote(name):
        return '"' + name.replace('"', '""') + '"'

    def run(self, sql, params=None):
        return self.connection.execute(sql, *([] if params is None else [params]))

    def fill(self, found):
        self.run("DELETE FROM things")
        places = ", ".join([self.place] * (len(COLUMNS) + 1))
        for spot, row in enumerate(found):
            values = [
                None
                if row[name] is None
                else compile_node(Literal(row[name], kind), self.dialect).params[0]
                for name, kind in COLUMNS.items()
            ]
            self.run(f"INSERT INTO things VALUES ({places})", [spot, *values])

    def select(self, node):
        sql, params = compile_node(node, self.dialect, alias="t")
        found = self.run(f"SELECT {sql} FROM things t ORDER BY spot", params).fetchall()
        return [row[0] for row in found]

    def where(self, node):
        sql, params = compile_node(node, self.dialect)
        found = self.run(f"SELECT spot FROM things WHERE {sql} ORDER BY spot", params).fetchall()
        return [row[0] for row in found]


@pytest.fixture(scope="module", params=["duckdb", "sqlite", "postgresql"])
def door(request):
    with closing(connect(request.param)) as connection:
        yield Door(request.param, connection)


def connect(dialect):
    if dialect == "duckdb":
        connection = duckdb.connect()
        connection.execute("SET threads = 1")
        return connection
    if dialect == "sqlite":
        connection = sqlite3.connect(":memory:", isolation_level=None)
        register_sqlite(connection)
        return connection
    psycopg = pytest.importorskip("psycopg")
    url = os.environ.get("YIWANG_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"PostgreSQL does not answer, its SQL is not tried: {error}")


def check_filter(door, found, node):
    door.fill(found)

    expected = [spot for spot, row in enumerate(found) if evaluate(node, row)]

    assert door.where(node) == expected, (write_text(node), found)


def check_expression(door, found, node):
    door.fill(found)

    expected = [evaluate(node, row) for row in found]

    assert door.select(node) == expected, (write_text(node), found)


@QUICK
@given(found=st.lists(rows, min_size=1, max_size=4), node=filters)
def test_filters_choose_the_same_rows(door, found, node):
    check_filter(door, found, node)


@QUICK
@given(found=st.lists(rows, min_size=1, max_size=4), node=text_expressions)
def test_expressions_give_the_same_texts(door, found, node):
    check_expression(door, found, node)


@pytest.mark.deep
@WIDE
@given(found=st.lists(rows, min_size=1, max_size=4), node=filters)
def test_filters_choose_the_same_rows_at_length(door, found, node):
    check_filter(door, found, node)


@pytest.mark.deep
@WIDE
@given(found=st.lists(rows, min_size=1, max_size=4), node=text_expressions)
def test_expressions_give_the_same_texts_at_length(door, found, node):
    check_expression(door, found, node)


@QUICK
@given(node=filters)
def test_text_reads_back_as_the_same_filter(node):
    assert parse_filter(write_text(node), SCHEMA) == node


@QUICK
@given(node=text_expressions)
def test_text_reads_back_as_the_same_expression(node):
    assert parse_expression(write_text(node), SCHEMA) == node


@QUICK
@given(node=filters)
def test_a_url_reads_back_as_the_same_filter(node):
    assert from_url(to_url(node), SCHEMA) == node


def test_every_compatibility_character_folds_alike(door):
    sources = compatibility_foldings().sources
    node = parse_expression("nfkc(a)", SCHEMA)
    blank = dict.fromkeys(COLUMNS)
    texts = ["".join(sources[start : start + 50]) for start in range(0, len(sources), 50)]
    texts += [FULL_WIDTH, HALF_WIDTH, "街道ＡＢ", "街道Ａ\u030a"]

    check_expression(door, [{**blank, "a": text} for text in texts], node)


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE things; --", '" OR 1=1 --', "%s %(x)s ?", "$1 :a @b", "\\'; --", "«0»", "{0}"],
)
def test_what_looks_like_sql_is_only_text(door, text):
    blank = dict.fromkeys(COLUMNS)
    check_filter(
        door,
        [{**blank, "a": text}, blank],
        parse_filter("a = '" + text.replace("'", "''") + "'", SCHEMA),
    )
