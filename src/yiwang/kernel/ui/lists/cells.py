"""One cell: what it shows, where it leads. 单元格。"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
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


def draw_row(cells: list[Cell], labels: list[str], box: SafeString) -> SafeString:
    """A line of the table; drawn here, for a template takes ten times as long. 绘制行。

    `labels` come escaped. Django's own escaping looks at each text for laziness, which took a
    sixth of a page of fifty lines.
    """
    first, *others = cells
    line = [f'<tr>{box}<th scope="row" class="{first.column.kind}">{draw_cell(first)}</th>']
    for cell, label in zip(others, labels[1:], strict=True):
        kind = cell.column.kind if cell.text else f"{cell.column.kind} blank"
        line.append(f'<td class="{kind}" data-label="{label}">{draw_cell(cell)}</td>')
    line.append("</tr>\n")
    return SafeString("".join(line))


def draw_box(value: str, name: str) -> SafeString:
    """The box that chooses a line. 选择框。"""
    label = gettext("Choose %(name)s") % {"name": name}
    return format_html(
        '<td class="chosen"><label><input type="checkbox" name="chosen" value="{}" form="chosen"'
        ' aria-label="{}"></label></td>',
        value,
        label,
    )


def draw_cell(cell: Cell) -> str:
    """What stands in a cell, escaped. 绘制单元格。"""
    shown = escape_text(cell.text)
    if cell.column.kind == "light" and shown:
        shown = f'<span class="tag light {escape_text(cell.color)}">{shown}</span>'
    return f'<a href="{escape_text(cell.url)}">{shown}</a>' if cell.url else shown


def escape_text(text: str) -> str:
    """A text as HTML, unless it is HTML already. 转义。"""
    return text if isinstance(text, SafeString) else escape(text)


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
