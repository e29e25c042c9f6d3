"""Workbooks as departments make them. 样例工作簿。"""

from __future__ import annotations

import io

import openpyxl

HEADINGS = ["姓名", "发放金额"]


def two_months() -> bytes:
    """The same list for two months, a title above each. 两个月的名册。"""
    book = openpyxl.Workbook()
    january = book.active
    january.title = "一月"
    for sheet in (january, book.create_sheet("二月")):
        for row in (["发放名册"], HEADINGS, ["张小云", "600"], ["李大山", "700"]):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
