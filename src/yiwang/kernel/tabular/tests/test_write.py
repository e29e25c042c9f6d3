import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.tabular.services import defuse_formula, open_source, write_csv, write_xlsx
from yiwang.kernel.tabular.types import ReadOptions


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", " =1", "\uff1d1", "-", "\r=1"]
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert defuse_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["", "张三", "-5", "+86", "-1,234.50", "3=3", "1e5", "-12.5%"])
def test_plain_texts_and_numbers_stay_as_they_are(text):
    assert defuse_formula(text) == text


cells = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
rows = st.lists(st.tuples(cells, cells).filter(any), max_size=6)


@given(rows)
def test_a_csv_without_defusing_reads_back_as_it_was(tmp_path_factory, given_rows):
    out = io.BytesIO()
    count = write_csv(out, ["甲", "乙"], given_rows, defuse=False)
    path = tmp_path_factory.mktemp("written") / "a.csv"
    path.write_bytes(out.getvalue())

    (source,) = open_source(path, "a.csv", ReadOptions(delimiter=",", header_row=1))

    assert count == len(given_rows)
    assert [tuple(row) for batch in source.batches() for row in batch.rows] == given_rows


@given(rows)
def test_no_field_of_a_defused_csv_starts_a_formula(given_rows):
    out = io.BytesIO()
    write_csv(out, ["a", "b"], given_rows)

    for row in csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")):
        for field in row:
            assert defuse_formula(field) == field


def test_a_character_that_the_encoding_lacks_is_named():
    with pytest.raises(InvalidInput) as caught:
        write_csv(io.BytesIO(), ["a"], [["😀"]], encoding="big5")

    assert caught.value.code == "tabular.write.encoding"


def test_a_text_too_long_for_a_cell_is_refused_not_cut():
    with pytest.raises(InvalidInput) as caught:
        write_xlsx(io.BytesIO(), ["a"], [["x" * 40_000]])

    assert caught.value.code == "tabular.write.cell"
