"""One cell: what it shows, where it leads. 单元格。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext

from .spec import Column, Light


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell, ready to draw. 单元格。"""

    column: Column
    text: str
    url: str = ""
    color: str = ""


def make_cell(column: Column, row: Any) -> Cell:
    """The cell of a row in a column. 生成单元格。"""
    value = read_value(column, row)
    url = column.link(row) if column.link else ""
    if isinstance(value, Light):
        return Cell(column, gettext(value.text), url, value.color)
    return Cell(column, show(value), url)


def read_value(column: Column, row: Any) -> Any:
    """What the row holds for the column. 取值。"""
    if callable(column.value):
        return column.value(row)
    for part in (column.value or column.name).split("."):
        row = row.get(part) if isinstance(row, dict) else getattr(row, part, None)
    return row


def show(value: Any) -> str:
    """A value as people read it: city time, grouped digits, an empty text for nothing. 显示值。"""
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, datetime):
        return f"{localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float):
        return f"{value:,}"  # Django groups Chinese numbers by nothing; officials read 41,352
    return str(value)


def show_plain(value: Any) -> str:
    """A value for a file: the same words, digits without groups. 导出值。"""
    if isinstance(value, Light):
        return gettext(value.text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return show(value)
