"""Sheets that people fill in for an import: headings, rows, problems, the plan. 导入表。"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from yiwang.kernel.base.errors import InvalidInput

SheetRow = Mapping[str, str | None]
ROW = "#"
MOST_ROWS = 20_000
FIRST_ROW = 2  # as a spreadsheet counts: the heading is row 1


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one cell of a sheet; `row` counts as a spreadsheet does, heading is 1. 错误。"""

    row: int
    column: str
    value: str
    message: str
    extra: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowChange:
    """What one row of a sheet would do: create, change or keep, and which values differ. 差异。"""

    row: int
    code: str
    name: str
    action: Literal["create", "change", "keep"]
    differences: Mapping[str, tuple[str, str]] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a sheet would change, and why it cannot where it cannot. 导入预览。"""

    changes: tuple[RowChange, ...]
    problems: tuple[RowProblem, ...]

    def count(self, action: str) -> int:
        """How many rows do that. 计数。"""
        return sum(change.action == action for change in self.changes)


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its values by field; a field whose heading is absent is absent here. 行。"""

    row: int
    values: dict[str, str]
    headings: dict[str, str]

    def problem(self, field: str, message: str, **extra: str) -> RowProblem:
        """What is wrong in the cell of that field. 单元格错误。"""
        heading = self.headings.get(field, field)
        return RowProblem(self.row, heading, self.values.get(field, ""), message, extra)


def read_lines(rows: Sequence[SheetRow], headings: Mapping[str, Sequence[str]]) -> list[Line]:
    """Rows by field; blank rows are skipped but counted. 读取行。

    A row's number is its value under `ROW` where a reader gave one. InvalidInput where a needed
    heading (the first of `headings`) is missing.
    """
    if len(rows) > MOST_ROWS:
        raise InvalidInput(
            "tabular.sheet.rows", "A sheet has at most %(most)s rows", most=MOST_ROWS
        )
    lines: list[Line] = []
    known = {alias.lower(): field for field, names in headings.items() for alias in names}
    for number, row in enumerate(rows, start=FIRST_ROW):
        found = {known.get(_bare(heading), ""): heading for heading in row}
        found.pop("", None)
        place = int(row.get(ROW) or number)
        _require_key(found, headings)
        values = {field: (row[heading] or "").strip() for field, heading in found.items()}
        if any(values.values()):
            lines.append(Line(place, values, found))
    return lines


def refuse_problems(plan: ImportPlan) -> None:
    """InvalidInput with the first problem of a sheet that cannot be taken whole. 拒绝有误的表。"""
    if not plan.problems:
        return
    first = plan.problems[0]
    raise InvalidInput(
        "tabular.sheet.problems",
        "Nothing was imported: %(count)s cells are wrong, first row %(row)s, column %(column)s",
        count=len(plan.problems),
        row=first.row,
        column=first.column,
    )


def find_repeats(lines: Iterable[Line], field: str, message: str) -> list[RowProblem]:
    """A problem for each row whose key stood in a row before. 查重。"""
    seen: set[str] = set()
    problems = []
    for line in lines:
        key = line.values[field]
        if key in seen:
            problems.append(line.problem(field, message))
        seen.add(key)
    return problems


def _bare(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).replace("\ufeff", "")
    return text.strip().rstrip("*").strip().lower()


def _require_key(found: Mapping[str, str], headings: Mapping[str, Sequence[str]]) -> None:
    key = next(iter(headings))
    if key not in found:
        raise InvalidInput(
            "tabular.sheet.heading",
            "The sheet has no column %(heading)s in its first row",
            heading=headings[key][0],
        )
