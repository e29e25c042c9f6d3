import io

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.kernel.tabular import write
from yiwang.kernel.tabular.services import open_source, write_xlsx
from yiwang.kernel.tabular.types import ReadOptions

cells = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells).filter(lambda row: row != (None, None)), max_size=5))
def test_a_written_workbook_reads_back_letter_for_letter(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("written") / "a.xlsx"
    with path.open("wb") as out:
        write_xlsx(out, ["甲", "乙"], rows)

    (source,) = open_source(path, "a.xlsx", ReadOptions(header_row=1, footer_rows=0))

    assert [tuple(row) for batch in source.batches() for row in batch.rows] == rows


def test_another_reader_sees_text_and_never_a_formula():
    out = io.BytesIO()
    write_xlsx(out, ["编号", "式"], [["001", "=1+1"], [None, "-"]], sheet="名册/2026")

    sheet = openpyxl.load_workbook(out).active

    assert sheet.title == "名册 2026"
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        ["001", "=1+1"],
        [None, "-"],
    ]
    assert sheet["B2"].data_type == "s"


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(monkeypatch):
    monkeypatch.setattr(write, "SHEET_ROWS", 4)
    out = io.BytesIO()

    count = write_xlsx(out, ["a"], [[str(number)] for number in range(7)])

    book = openpyxl.load_workbook(out)
    assert count == 7
    assert [[cell.value for cell in sheet["A"]] for sheet in book] == [
        ["a", "0", "1", "2"],
        ["a", "3", "4", "5"],
        ["a", "6"],
    ]
