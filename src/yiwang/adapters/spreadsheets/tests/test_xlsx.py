import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadLimits, ReadOptions


@pytest.fixture
def book(tmp_path):
    def save(fill, name="given.xlsx"):
        workbook = openpyxl.Workbook()
        fill(workbook)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return save


def rows_of(source):
    return [row for batch in source.batches() for row in batch.rows]


def kinds_of(source):
    return [
        (one.row, one.column, one.kind, one.raw)
        for batch in source.batches()
        for one in batch.differences
    ]


def test_a_sheet_is_read_as_it_is_shown(book):
    def fill(workbook):
        sheet = workbook.active
        sheet.append(["编号", "日期", "比例", "启用"])
        sheet.append([1234, date(2015, 1, 6), 0.256, True])
        sheet["A2"].number_format = "000000"
        sheet["C2"].number_format = "0.0%"

    (source,) = open_source(book(fill), "名册.xlsx")

    assert source.columns == ["编号", "日期", "比例", "启用"]
    assert rows_of(source) == [["001234", "2015-01-06", "25.6%", "TRUE"]]
    assert kinds_of(source) == [
        (1, "编号", "number_format", "1234"),
        (1, "日期", "date", "42010"),
        (1, "比例", "number_format", "0.256"),
        (1, "启用", "boolean", "1"),
    ]


def test_a_number_too_long_for_a_sheet_is_named_as_damage_that_came_with_the_file(book):
    def fill(workbook):
        workbook.active.append(["证件号码"])
        workbook.active.append([110101199001011234])

    (source,) = open_source(book(fill), "a.xlsx")

    assert [kind for _, _, kind, _ in kinds_of(source)] == ["digits_lost"]


def test_hidden_sheets_and_merged_areas_are_read_and_noted(book):
    def fill(workbook):
        workbook.active.append(["甲", "乙", "丙"])
        workbook.active.append(["x", None, "y"])
        workbook.active.merge_cells("A2:B2")
        hidden = workbook.create_sheet("备份")
        hidden.append(["a", "b"])
        hidden.append(["c", "d"])
        hidden.sheet_state = "hidden"

    shown, hidden = open_source(book(fill), "a.xlsx")

    assert "merged" in {note.kind for note in shown.notes}
    assert "sheet_hidden" in {note.kind for note in hidden.notes}
    assert rows_of(hidden) == [["c", "d"]]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(book):
    path = book(lambda workbook: workbook.active.append(["a", "b"]))

    with pytest.raises(FileRefused) as caught:
        open_source(path, "a.xlsx", ReadOptions(sheet="总表"))

    assert (caught.value.code, caught.value.extra["sheets"]) == ("tabular.sheet.unknown", "Sheet")


def test_what_a_sheet_claims_about_its_size_is_not_believed(book):
    path = book(lambda workbook: workbook.active.append(["a"]))
    _rewrite(path, "xl/worksheets/sheet1.xml", b'ref="A1:A1"', b'ref="A1:XFD1048576"')

    (source,) = open_source(path, "a.xlsx")

    assert source.columns == ["a"]


def test_a_cell_beyond_the_columns_allowed_is_refused(book):
    def fill(workbook):
        workbook.active.cell(1, 2_001, "far")

    with pytest.raises(FileRefused) as caught:
        open_source(book(fill), "a.xlsx")

    assert caught.value.code == "tabular.limit.columns"


def test_entities_in_a_sheet_are_refused(book):
    path = book(lambda workbook: workbook.active.append(["a"]))
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    _rewrite(path, "xl/worksheets/sheet1.xml", b"<worksheet", bomb)

    with pytest.raises(FileRefused) as caught:
        open_source(path, "a.xlsx")

    assert caught.value.code == "tabular.file.hostile"


def test_a_part_that_unpacks_beyond_all_measure_is_refused(book):
    path = book(lambda workbook: workbook.active.append(["a"]))
    spaces = b"<worksheet>" + b" " * 30_000_000
    _rewrite(path, "xl/worksheets/sheet1.xml", b"<worksheet", spaces + b"<worksheet")

    with pytest.raises(FileRefused) as caught:
        open_source(path, "a.xlsx", limits=ReadLimits(ratio_free=1 << 20))

    assert caught.value.code == "tabular.limit.ratio"


def test_a_cut_file_is_refused(book):
    path = book(lambda workbook: workbook.active.append([datetime(2020, 1, 1)] * 50))
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(FileRefused):
        open_source(path, "a.xlsx")


def _rewrite(path, part, old, new):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
