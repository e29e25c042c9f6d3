import csv
import gzip
import io
import json
from pathlib import Path

import openpyxl
import pytest
import python_calamine

from yiwang.kernel.tabular.services import FileRefused, open_source
from yiwang.kernel.tabular.types import ReadOptions

from . import find_shared, list_files

DATA = find_shared()
FILES = list_files()
pytestmark = pytest.mark.skipif(DATA is None, reason="the folder of real inputs is not here")
REFUSED = {
    "simple.unknown": "empty",
    "encrypted_no_password.xls": "encrypted",
    "libreoffice.xlsx": "no_table",
}
TREES = {
    "combined_labels.json",
    "combined_windows.json",
    "divisions_v1.json.gz",
    "townships_v1.json.gz",
}


def by_size(name):
    large = (DATA / name).stat().st_size > 1_000_000
    return pytest.param(name, marks=pytest.mark.deep) if large else name


@pytest.mark.parametrize("name", [by_size(name) for name in FILES])
def test_each_file_is_read_alike_by_another_reader_or_refused_with_a_reason(name):
    base = Path(name).name
    if base in REFUSED or base in TREES:
        with pytest.raises(FileRefused) as caught:
            open_source(DATA / name, base)
        expected = f"tabular.file.{REFUSED[base]}" if base in REFUSED else "tabular.records.which"
        assert caught.value.code == expected
        return

    sources = open_source(DATA / name, base)

    for source in sources:
        rows = sum(len(batch.rows) for batch in source.batches())
        assert rows or base in {"utf8bom.csv", "unicode_sheet_name.xls"}
        if source.format == "delimited":
            same_as_csv_module(source)
        elif source.format == "xlsx":
            same_as_openpyxl(DATA / name, source)
        elif source.format in {"xls", "ods"} and base != "large.ods":
            same_as_calamine(DATA / name, source)


def same_as_csv_module(source):
    text = source.path.read_bytes().decode("utf-8-sig").replace("\r\r\n", "\r\n")
    dialect = source.dialect
    csv.field_size_limit(1 << 24)
    quoting = csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, quoting=quoting, strict=False
    )
    for row in source.grid():
        theirs = next(rows)
        if not row.marks:
            assert [cell or "" for cell in row.cells] == (theirs or [""]), row.place
    assert next(rows, None) is None


def same_as_openpyxl(path, source):
    sheet = openpyxl.load_workbook(path, data_only=True)[source.sheet]
    found = {
        (row.place, at): cell
        for row in source.grid()
        for at, cell in enumerate(row.cells, start=1)
        if cell is not None
    }
    theirs = {
        (cell.row, cell.column): cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert found.keys() == theirs.keys()
    marked = {(row.place, mark.at + 1) for row in source.grid() for mark in row.marks}
    for place in found.keys() - marked:
        assert found[place] == str(theirs[place])


def same_as_calamine(path, source):
    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_name(source.sheet)
    theirs = {
        (at, column): value
        for at, row in enumerate(sheet.to_python(skip_empty_area=False), start=1)
        for column, value in enumerate(row)
        if value != ""
    }
    found = {
        (row.place, at): cell for row in source.grid() for at, cell in enumerate(row.cells) if cell
    }
    assert found.keys() == theirs.keys()
    marked = {(row.place, mark.at) for row in source.grid() for mark in row.marks}
    for place, value in theirs.items():
        if isinstance(value, str) and place not in marked:
            assert found[place] == value


def test_the_townships_come_out_of_their_tree():
    path = "/*/townships/* county_code={0} name={1} code=value county=../../county"
    file = DATA / "01-divisions/quhua/townships_v1.json.gz"

    (source,) = open_source(file, file.name, ReadOptions(records=path))
    rows = [tuple(row) for batch in source.batches() for row in batch.rows]

    with gzip.open(file) as stream:
        tree = json.load(stream)
    assert len(rows) == 38_749
    assert rows == [
        (county_code, name, code, county["county"])
        for county_code, county in tree.items()
        for name, code in county["townships"].items()
    ]
