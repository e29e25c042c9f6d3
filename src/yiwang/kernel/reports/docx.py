"""A report as a text document that offices go on writing in. 报告转 DOCX。"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from yiwang.kernel.base.clock import now
from yiwang.kernel.tabular.write import clean_text
from yiwang.kernel.ui.charts import scale_bars

from .types import Block, Cell, Chart, Figures, Prose, Report, Table, show_cell

SONG, HEI = "宋体", "黑体"
"""Fonts that are named, not carried; offices have them. 字体。"""
STEPS = 40
"""A bar in text is at most so many squares. 条形格数。"""


def write_docx(report: Report, target: Path) -> None:
    """Write a report as DOCX. 生成 DOCX。"""
    document = Document()
    _prepare(document)
    core = document.core_properties
    core.title, core.author, core.created = clean_text(report.title)[:255], "", now()
    title = document.add_heading(clean_text(report.title), level=0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    facts = document.add_paragraph(
        clean_text("　".join(f"{label}：{value}" for label, value in report.facts))
    )
    facts.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for block in report.blocks:
        if block.title:
            document.add_heading(clean_text(block.title), level=1)
        _draw(document, block)
    document.save(str(target))


def _prepare(document: Any) -> None:
    """A4, and fonts for Chinese beside those for Latin letters. 页面与字体。"""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for name, font in (("Normal", SONG), ("Title", HEI), ("Heading 1", HEI)):
        style = document.styles[name]
        style.font.name = font
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in list(fonts.attrib):
            if "heme" in key:
                del fonts.attrib[key]
        for key in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(key), font)
    document.styles["Normal"].font.size = Pt(10.5)


def _draw(document: Any, block: Block) -> None:
    if isinstance(block, Prose):
        for one in block.text.split("\n\n"):
            document.add_paragraph(clean_text(one))
    elif isinstance(block, Figures):
        _grid(document, [], [(label, value) for label, value in block.pairs], {1})
    elif isinstance(block, Chart):
        _grid(document, [block.label, block.measure, ""], _squares(block), {1})
    else:
        _table(document, block)
    if isinstance(block, Table | Chart) and block.note:
        document.add_paragraph(clean_text(block.note))


def _squares(block: Chart) -> list[Sequence[Cell]]:
    return [
        (one.bar.label, f"{one.bar.value:,.10g}", "■" * round(one.width * STEPS / 1000))
        for one in scale_bars(block.bars)
    ]


def _table(document: Any, block: Table) -> None:
    numbers = {at for at, one in enumerate(block.columns) if one.number}
    rows = [*block.rows, block.total] if block.total else list(block.rows)
    _grid(document, [one.heading for one in block.columns], rows, numbers)


def _grid(
    document: Any, heads: Sequence[str], rows: Sequence[Sequence[Cell]], numbers: set[int]
) -> None:
    lines = [heads, *rows] if heads else rows
    if not lines:
        return
    table = document.add_table(rows=len(lines), cols=len(lines[0]), style="Table Grid")
    for row, line in zip(table.rows, lines, strict=True):
        for at, (cell, value) in enumerate(zip(row.cells, line, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(clean_text(show_cell(value)))
            if at in numbers:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if heads:
        _repeat(table.rows[0])
    document.add_paragraph()


def _repeat(row: Any) -> None:
    """The headings again on every page, and told as headings to a screen reader. 表头重复。"""
    for cell in row.cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - no other way in
