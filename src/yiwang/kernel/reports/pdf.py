"""A report as PDF. 报告转 PDF。

Chinese is set in a font that is named, not carried: STSong-Light of the Adobe GB1 collection,
which every reader on a Chinese desk replaces by a Song of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from yiwang.kernel.ui.charts import ScaledBar, scale_bars

from .types import Block, Chart, Column, Figures, Prose, Report, Table, show_cell

FONT = "STSong-Light"
WIDE = 7
"""A table with more columns turns the pages. 横排列数。"""
MARGIN = 20 * mm
HEAD, RULE, FILL = (
    colors.HexColor("#EEF1F6"),
    colors.HexColor("#C9CDD4"),
    colors.HexColor("#2F5DA8"),
)
BODY = ParagraphStyle("body", fontName=FONT, fontSize=10.5, leading=16, wordWrap="CJK")
TITLE = ParagraphStyle("title", BODY, fontSize=20, leading=28, alignment=TA_CENTER, spaceAfter=6)
FACTS = ParagraphStyle("facts", BODY, fontSize=9, alignment=TA_CENTER, spaceAfter=10)
HEADING = ParagraphStyle(
    "heading", BODY, fontSize=13, leading=20, spaceBefore=10, spaceAfter=4, keepWithNext=1
)
CELL = ParagraphStyle("cell", BODY, fontSize=9, leading=13)
NUMBER = ParagraphStyle("number", CELL, alignment=TA_RIGHT)
FIGURE = ParagraphStyle("figure", BODY, fontSize=16, leading=22, alignment=TA_CENTER)
UNDER = ParagraphStyle("under", CELL, alignment=TA_CENTER)
PER_LINE = 4


def write_pdf(report: Report, target: Path) -> None:
    """Write a report as PDF; the same report gives the same bytes. 生成 PDF。"""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    widest = max((len(one.columns) for one in report.blocks if isinstance(one, Table)), default=0)
    size = landscape(A4) if widest > WIDE else A4
    document = SimpleDocTemplate(
        str(target), pagesize=size, title=report.title, lang="zh-CN", invariant=1,
        leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN, bottomMargin=MARGIN,
    )  # fmt: skip
    document.build(
        list(_story(report, size[0] - 2 * MARGIN)), onFirstPage=_number, onLaterPages=_number
    )


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(document.pagesize[0] / 2, 10 * mm, f"- {document.page} -")


def _story(report: Report, width: float) -> Iterator[Flowable]:
    yield _text(report.title, TITLE)
    yield _text("　".join(f"{label}：{value}" for label, value in report.facts), FACTS)
    for block in report.blocks:
        if block.title:
            yield _text(block.title, HEADING)
        yield from _draw(block, width)
        yield Spacer(0, 4)


def _draw(block: Block, width: float) -> Iterator[Flowable]:
    if isinstance(block, Prose):
        yield from (_text(one, BODY) for one in block.text.split("\n\n"))
    elif isinstance(block, Figures):
        if block.pairs:
            yield _figures(block, width)
    elif isinstance(block, Chart):
        yield _bars(block, width)
    else:
        yield _table(block, width)
    note = getattr(block, "note", "")
    if note:
        yield _text(note, CELL)


def _text(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(text).replace("\n", "<br/>"), style)


def _figures(block: Figures, width: float) -> Flowable:
    cells: list[Any] = [
        [_text(show_cell(value), FIGURE), _text(label, UNDER)] for label, value in block.pairs
    ]
    cells += [""] * (-len(cells) % PER_LINE)
    lines = [cells[at : at + PER_LINE] for at in range(0, len(cells), PER_LINE)]
    return Grid(
        lines, colWidths=[width / PER_LINE] * PER_LINE, style=[("BOX", (0, 0), (-1, -1), 0.5, RULE)]
    )


def _table(block: Table, width: float) -> Flowable:
    lines = [[_text(one.heading, CELL) for one in block.columns]]
    lines += [_line(block.columns, row) for row in block.rows]
    style: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.5, RULE),
        ("BACKGROUND", (0, 0), (-1, 0), HEAD),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    if block.total:
        lines.append(_line(block.columns, block.total))
        style.append(("BACKGROUND", (0, -1), (-1, -1), HEAD))
    return Grid(lines, colWidths=_widths(block.columns, width), repeatRows=1, style=style)


def _line(columns: Sequence[Column], row: Sequence[Any]) -> list[Paragraph]:
    return [
        _text(show_cell(cell), NUMBER if column.number else CELL)
        for column, cell in zip(columns, row, strict=True)
    ]


def _widths(columns: Sequence[Column], width: float) -> list[float]:
    """Texts get twice the room of numbers. 列宽。"""
    parts = [1 if one.number else 2 for one in columns]
    return [width * part / sum(parts) for part in parts]


def _bars(block: Chart, width: float) -> Flowable:
    lines = [
        [
            _text(one.bar.label, CELL),
            _text(show_cell(_plain(one)), NUMBER),
            _Bar(one.width, width / 2),
        ]
        for one in scale_bars(block.bars)
    ]
    head = [_text(block.label, CELL), _text(block.measure, NUMBER), ""]
    style = [("BACKGROUND", (0, 0), (-1, 0), HEAD), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return Grid(
        [head, *lines],
        colWidths=[width * 0.3, width * 0.15, width * 0.55],
        repeatRows=1,
        style=style,
    )


def _plain(one: ScaledBar) -> str:
    return f"{one.bar.value:,.10g}" if one.bar.value % 1 else f"{one.bar.value:,.0f}"


class _Bar(Flowable):
    """A filled rectangle in thousandths of the room there is."""

    def __init__(self, part: int, room: float) -> None:
        super().__init__()
        self.width, self.height = room * part / 1000, 9

    def draw(self) -> None:
        self.canv.setFillColor(FILL)
        self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)
