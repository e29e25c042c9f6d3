"""A grid read once and kept beside, so that it can be walked again cheaply. 网格暂存。

Sheets and other containers cost much to parse. They are parsed once, under their limits, into
lines of JSON in the scratch folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from .grid import GridRow, GridSource, Mark, Survey
from .limits import Budget
from .opening import Opened
from .types import Row

_CHUNK = 500


def spool(rows: Iterable[GridRow], path: Path, budget: Budget) -> Survey:
    """Write all rows to `path`, counting them. 暂存全部行。

    Rows without any value are not written. Raises LimitPassed as soon as one is passed.
    """
    survey = Survey()
    with path.open("w", encoding="utf-8") as out:
        chunk: list[tuple[int, Row, list[Mark]]] = []
        for row in rows:
            survey.add(row)
            _check(row, budget)
            chunk.append((row.place, row.cells, list(row.marks)))
            if len(chunk) >= _CHUNK:
                _write(out, chunk)
                budget.check_time()
                budget.check_rows(survey.rows)
                chunk = []
        _write(out, chunk)
    return survey


def _check(row: GridRow, budget: Budget) -> None:
    budget.check_columns(len(row.cells))
    longest = budget.limits.cell
    if any(cell is not None and len(cell) > longest for cell in row.cells):
        raise budget.long_cell(row.place)


def _write(out: TextIO, chunk: list[tuple[int, Row, list[Mark]]]) -> None:
    # Lone surrogates, which JSON escapes can hold, survive as escapes.
    out.write(json.dumps(chunk) + "\n")


def unspool(path: Path) -> Iterator[GridRow]:
    """The rows again. 取回。"""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            for place, cells, marks in json.loads(line):
                yield GridRow(place, cells, tuple(Mark(*mark) for mark in marks))


class SpooledSource(GridSource):
    """A table whose rows were spooled. 暂存网格表。"""

    ragged = False

    def __init__(
        self, opened: Opened, rows: Iterable[GridRow], *, kind: str, sheet: str = ""
    ) -> None:
        super().__init__(opened)
        self.format = kind
        self.sheet = sheet
        self._spool = opened.scratch.new_file(".rows")
        self.settle(spool(rows, self._spool, opened.budget))

    def grid(self) -> Iterator[GridRow]:
        """All rows. 全部行。"""
        return unspool(self._spool)
