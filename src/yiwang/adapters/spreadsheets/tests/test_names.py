"""What a workbook is called says nothing: templates, macros and other suites' endings are read by content."""

from __future__ import annotations

import openpyxl
import pytest

from yiwang.kernel.tabular.services import open_source

ROWS = [["编号", "姓名"], ["001", "张三"], ["002", "李四"]]


def read(path, name):
    [source] = open_source(path, name)
    return source.format, source.columns, [row for batch in source.batches() for row in batch.rows]


@pytest.mark.parametrize("ending", ["xlsx", "xlsm", "xltx", "et", "xls", "csv", ""])
@pytest.mark.parametrize("template", [False, True])
def test_a_workbook_is_read_whatever_its_ending(tmp_path, ending, template):
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.template = template
    book.save(tmp_path / "file")

    assert read(tmp_path / "file", f"名册.{ending}") == ("xlsx", ROWS[0], ROWS[1:])
