"""Workbooks to fill in, read back by independent readers."""

from __future__ import annotations

import openpyxl
import pytest

from yiwang.kernel.tabular.services import open_source
from yiwang.kernel.tabular.styled import Cover, Field, Line, Sheet, write_workbook
from yiwang.kernel.tabular.types import ReadOptions

FIELDS = (
    Field("编号"),
    Field("答复", open=True, choices=("是", "否")),
    Field("更正", open=True),
    Field("值", width=20),
)


def lines():
    yield Line(("1", None, None, "=1+1"), wrong=3, comment="算式", pick={2: "性别"})
    yield Line(("2", None, None, "001"), wrong=3, pick={2: "性别"})
    yield Line(("3", None, None, "\x01坏\ufffe"), wrong=3)
    yield Line(("4", None, None, None), pick={2: "性别"})


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "a.xlsx"
    cover = Cover("封面", "整改单", [("编号", "A-1")], ["看一看", "改一改"])
    sheets = [
        Sheet("登记/册", FIELDS, lines(), frozen=1),
        Sheet("登记 册", FIELDS, []),
        Sheet("_m", [Field("a")], [Line(("x",))], hidden=True),
    ]
    assert write_workbook(path, cover, sheets, {"性别": [("1", "男"), ("2", "女")]}) == 4
    return path


def test_a_workbook_is_text_guarded_and_has_drop_downs(book):
    found = openpyxl.load_workbook(book)

    assert found.sheetnames == ["封面", "登记 册", "登记 册 2", "_m", "代码 Codes"]
    sheet = found["登记 册"]
    assert sheet["D2"].value == "=1+1"
    assert sheet["D2"].data_type == "s"
    assert sheet["D3"].value == "001"
    assert sheet["D3"].number_format == "@"
    assert sheet["D4"].value == "坏"
    assert sheet["A2"].protection.locked
    assert not sheet["B2"].protection.locked
    assert sheet.protection.sheet
    assert found["_m"].sheet_state == "veryHidden"
    assert sheet["D2"].comment.text == "算式"
    assert sheet.freeze_panes == "B2"
    ranges = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert ranges == {"B2:B5": '"是,否"', "C2:C3 C5": "'代码 Codes'!$A$2:$A$3"}
    assert sheet["D2"].fill.fgColor.rgb == "FFFDECEA"


def test_our_own_reader_reads_it_back(book):
    sources = open_source(book, "a.xlsx", ReadOptions(header_row=0))

    found = {one.sheet: [row for batch in one.batches() for row in batch.rows] for one in sources}
    assert [row[0] for row in found["登记 册"]] == ["编号", "1", "2", "3", "4"]
    assert found["登记 册"][1][3] == "=1+1"
    assert found["_m"] == [["a"], ["x"]]
