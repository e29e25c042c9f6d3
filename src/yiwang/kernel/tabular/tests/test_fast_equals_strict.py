"""The fast reader against the strict one, on texts made to part them."""

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.tabular.quick import prove_regular
from yiwang.kernel.tabular.services import FileRefused, fast_options, open_source
from yiwang.kernel.tabular.types import Dialect, ReadOptions


def read_fast(file, columns):
    names = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(columns)))
    call = f"read_csv('{file.path}', columns = {{{names}}}, {fast_options(file)})"
    return [list(row) for row in duckdb.execute(f"SELECT * FROM {call}").fetchall()]


pieces = st.sampled_from(
    [
        "",
        "a",
        "é",
        "街道",
        '"',
        '""',
        "''",
        ",",
        ";",
        "\n",
        "\r",
        "\r\n",
        "\x00",
        " ",
        "\t",
        "\\",
        "#",
        "NULL",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x1f",
        "-",
        "0",
        "😀",
        "\x0b",
    ]
)
wild = st.lists(pieces, max_size=40).map("".join)


def field(quoted):
    text = st.text(st.sampled_from('a 街"\\,\0\u2028é#\t'), max_size=4)
    if quoted:
        return text.map(lambda one: '"' + one.replace('"', '""') + '"')
    return text.map(lambda one: one.replace('"', "").replace(",", ""))


cells = st.booleans().flatmap(field)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6)
)


def compare(path, data, **options):
    path.write_bytes(data)
    try:
        (source,) = open_source(path, "a.csv", ReadOptions(delimiter=",", **options))
    except (FileRefused, InvalidInput):  # refused: nothing to compare
        return False
    if source.fast is None:
        return False
    strict = [row for batch in source.batches() for row in batch.rows]
    assert read_fast(source.fast, source.columns) == strict
    assert source.fast.rows == len(strict)
    return True


@settings(max_examples=400, deadline=None)
@given(wild, st.sampled_from([0, 1]), st.sampled_from(["", None]))
@example('a,b\n"" ,c\n', 0, None)
@example('a,b\n "x",c\n', 0, None)
@example("a,b\n,\n", 0, None)
@example("a\n\nb\n", 0, None)
@example("a,b\rc,d\n", 0, None)
def test_what_is_called_regular_reads_alike(tmp_path_factory, text, header_row, quote):
    path = tmp_path_factory.mktemp("wild") / "given"

    compare(path, text.encode(), header_row=header_row, quote=quote)


@settings(max_examples=400, deadline=None)
@given(tables, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.sampled_from([0, 1]))
def test_well_formed_tables_read_alike(tmp_path_factory, rows, newline, ended, header_row):
    path = tmp_path_factory.mktemp("formed") / "given"
    text = newline.join(",".join(row) for row in rows) + (newline if ended else "")

    compare(path, text.encode(), header_row=header_row)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_large_table_with_marks_reads_alike_and_fast(tmp_path, newline):
    rows = [
        f'{number:08},"第{number}号, ""街道""",,"",x{"长" * (number % 50)}'
        for number in range(60_000)
    ]
    text = newline.join(["code,name,none,empty,text", *rows])

    assert compare(tmp_path / "given", text.encode(), header_row=1)


def test_a_field_of_ten_megabytes_reads_alike(tmp_path):
    text = "a,b\n1," + "x" * 10_000_000 + "\n2,y\n"

    assert compare(tmp_path / "given", text.encode(), header_row=1)


@pytest.mark.parametrize(
    "text",
    [
        'a,b\n"x" ,y\n',
        'a,b\nx"y,z\n',
        "a,b\nc\n",
        "a,b\n\nc,d\n",
        "a,b\r\nc,d\n",
        "a,b\n,\n",
        'a,"b\nc"\n',
        "a,b\n,",
        "a,b\r\n,",
        "a,b\r\nc\rd,e\n",
        "a,b\nc,d\r",
        'a,b\n"x""y" ,z\n',
        'a,b\nx,y"z"\n',
    ],
)
def test_a_text_that_the_readers_take_otherwise_is_not_regular(tmp_path, text):
    path = tmp_path / "given"
    path.write_bytes(text.encode())

    assert prove_regular(path, Dialect(",", '"', "\n"), longest=1 << 20) is None
