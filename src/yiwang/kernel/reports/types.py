"""A report as its parts, whatever it becomes: page, PDF, DOCX or XLSX. 报告结构。"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from yiwang.kernel.ui.charts import Bar

Ending = Literal["pdf", "docx", "xlsx"]
ENDINGS: tuple[Ending, ...] = ("pdf", "docx", "xlsx")
Cell = str | int | Decimal | None
"""Numbers stay numbers, so that a sheet can go on counting; all else is a text. 单元格。"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right. 列。"""

    heading: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs, an empty line between them. 文字。"""

    title: str
    text: str
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers with what they count. 指标。"""

    title: str
    pairs: tuple[tuple[str, Cell], ...]
    leads: tuple[str, ...] = ()
    kind: Literal["figures"] = "figures"

    @property
    def told(self) -> list[tuple[str, Cell, str]]:
        """Label, number, and where it leads on a page. 页面指标。"""
        leads = self.leads or ("",) * len(self.pairs)
        return [(*pair, lead) for pair, lead in zip(self.pairs, leads, strict=True)]


@dataclass(frozen=True, slots=True)
class PageLine:
    """A row of a table on a page: each cell with its column, and where it leads. 页面行。"""

    cells: list[tuple[Column, Cell, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; `total` is the last line, `note` says what is left out. 表格。

    `links` are addresses that lead from the first cell of each row, `leads` from the last cells of
    each, of the total as the last of them; on the page only.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    note: str = ""
    links: tuple[str, ...] = ()
    leads: tuple[tuple[str, ...], ...] = ()
    kind: Literal["table"] = "table"

    @property
    def lines(self) -> list[PageLine]:
        """Rows as a page draws them. 页面行。"""
        leads = self.leads[: len(self.rows)] or ((),) * len(self.rows)
        links = self.links or ("",) * len(self.rows)
        return [
            PageLine(self._cells(row, link, lead))
            for row, link, lead in zip(self.rows, links, leads, strict=True)
        ]

    @property
    def foot(self) -> list[tuple[Column, Cell, str]]:
        """The last line as a page draws it. 合计行。"""
        lead = self.leads[-1] if len(self.leads) > len(self.rows) else ()
        return self._cells(self.total, "", lead) if self.total else []

    def _cells(
        self, row: tuple[Cell, ...], link: str, lead: tuple[str, ...]
    ) -> list[tuple[Column, Cell, str]]:
        first = (link, *("",) * (len(row) - len(lead) - 1)) if len(lead) < len(row) else ()
        return list(zip(self.columns, row, (*first, *lead), strict=True))


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, one below the other. 条形图。 `label` says what each stands for, `measure` what is counted."""

    title: str
    label: str
    measure: str
    bars: tuple[Bar, ...]
    note: str = ""
    kind: Literal["chart"] = "chart"


Block = Prose | Figures | Table | Chart


@dataclass(frozen=True, slots=True)
class Report:
    """What is told, in order, under a title and facts such as the day. 报告。"""

    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]


def show_cell(cell: Cell) -> str:
    """A cell as text, digits grouped. 单元格文本。"""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    return f"{cell:,f}" if isinstance(cell, Decimal) else f"{cell:,}"
