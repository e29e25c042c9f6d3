"""A report as a workbook: one sheet to be read, numbers as numbers. 报告转 XLSX。"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from yiwang.kernel.tabular.printed import Line, write_sheet

from .types import Block, Chart, Figures, Prose, Report


def write_xlsx(report: Report, target: Path) -> None:
    """Write a report as XLSX. 生成 XLSX。"""
    write_sheet(target, report.title, list(_lines(report)))


def _lines(report: Report) -> Iterator[Line]:
    yield Line((report.title,), "title")
    yield Line(tuple(f"{label}：{value}" for label, value in report.facts))
    for block in report.blocks:
        yield Line(())
        if block.title:
            yield Line((block.title,), "heading")
        yield from _block(block)


def _block(block: Block) -> Iterator[Line]:
    if isinstance(block, Prose):
        yield from (Line((one,)) for one in block.text.split("\n\n"))
    elif isinstance(block, Figures):
        yield from (Line(pair) for pair in block.pairs)
    elif isinstance(block, Chart):
        yield Line((block.label, block.measure), "head")
        yield from (Line((one.label, Decimal(str(one.value)))) for one in block.bars)
    else:
        yield Line(tuple(one.heading for one in block.columns), "head")
        yield from (Line(row) for row in block.rows)
        if block.total:
            yield Line(block.total, "head")
    note = getattr(block, "note", "")
    if note:
        yield Line((note,))
