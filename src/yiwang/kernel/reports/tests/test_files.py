"""Reports as files: what is told stands in each of them, and nothing runs."""

from __future__ import annotations

from decimal import Decimal

import docx
import openpyxl
import pytest

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.reports.services import write_report
from yiwang.kernel.reports.types import Chart, Column, Figures, Prose, Report, Table, show_cell
from yiwang.kernel.ui.charts import Bar

REPORT = Report(
    "督查通报",
    (("统计时间", "2026-11-22"),),
    (
        Figures("总体", (("在办", 12), ("办结率", "75.0%"))),
        Table(
            "各单位",
            (Column("单位"), Column("件数", number=True)),
            (("市住建局 <b>&", 7), ("=1+1", Decimal("5.25"))),
            total=("合计", Decimal("12.25")),
            note="仅列前 2 项",
        ),
        Chart("红黄绿", "灯", "件数", (Bar("红", 3), Bar("绿", 0))),
        Prose("说明", "第一段\n\n第二段"),
    ),
)


def test_a_text_document_holds_headings_tables_and_paragraphs(tmp_path):
    write_report(REPORT, tmp_path / "r.docx")

    read = docx.Document(str(tmp_path / "r.docx"))
    rows = [[cell.text for cell in row.cells] for table in read.tables for row in table.rows]
    assert ["市住建局 <b>&", "7"] in rows
    assert ["合计", "12.25"] in rows
    assert [one.text for one in read.paragraphs if one.style.name == "Heading 1"] == [
        "总体", "各单位", "红黄绿", "说明",
    ]  # fmt: skip


def test_a_sheet_keeps_numbers_numbers_and_texts_texts(tmp_path):
    write_report(REPORT, tmp_path / "r.xlsx")

    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    rows = [row[:2] for row in sheet.values]
    assert ("市住建局 <b>&", 7) in rows
    assert ("=1+1", 5.25) in rows
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s", "n"}


def test_a_pdf_is_the_same_for_the_same_report_and_carries_no_font(tmp_path):
    for name in ("a.pdf", "b.pdf"):
        write_report(REPORT, tmp_path / name)

    content = (tmp_path / "a.pdf").read_bytes()
    assert content == (tmp_path / "b.pdf").read_bytes()
    assert b"STSong-Light" in content
    assert b"/FontFile" not in content


def test_two_hundred_rows_run_over_pages(tmp_path):
    rows = tuple((f"单位{at}", at) for at in range(200))
    table = Table("长表", (Column("单位"), Column("件数", number=True)), rows)

    write_report(Report("长", (), (table,)), tmp_path / "r.pdf")

    assert (tmp_path / "r.pdf").read_bytes().count(b"/Type /Page\n") > 3


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx"])
def test_a_report_without_anything_is_a_file_too(tmp_path, ending):
    blocks = (Table("空", (Column("单位"),), ()), Chart("空", "灯", "件数", ()), Figures("空", ()))

    write_report(Report("空", (), blocks), tmp_path / f"r.{ending}")

    assert (tmp_path / f"r.{ending}").stat().st_size > 500


def test_no_other_format_is_written(tmp_path):
    with pytest.raises(InvalidInput):
        write_report(REPORT, tmp_path / "r.exe")


def test_numbers_are_grouped():
    assert [show_cell(one) for one in (1234567, Decimal("1234.50"), "x", None)] == [
        "1,234,567", "1,234.50", "x", "",
    ]  # fmt: skip
