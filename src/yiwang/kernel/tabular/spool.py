"""A grid read once and kept beside, so that it can be walked again cheaply. 网格暂存。

Sheets and other containers cost much to parse. They are parsed once, under their limits, into
lines of JSON in the scratch folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from .frame import Area
from .grid import BLANK_ROWS, GridBlock, GridRow, GridSource, Mark, Marked, Survey
from .headers import name_columns
from .limits import Budget
from .opening import Opened
from .packing import without_collector
from .types import Note, Row

_CHUNK = 500


@dataclass
class Spooled:
    """A spool and what was counted while it was written. 暂存结果。"""

    path: Path
    survey: Survey

    def as_json(self) -> dict[str, Any]:
        """For another process. 序列化。"""
        survey = self.survey
        counted = {
            "rows": survey.rows,
            "blank": survey.blank,
            "ends": survey.ends,
            "lengths": survey.lengths,
            "head": survey.head,
            "tail": list(survey.tail),
            "merged": survey.merged,
            "used": None if survey.used is None else sorted(survey.used),
        }
        return {"path": str(self.path), "survey": counted}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Spooled:
        """Back from another process. 反序列化。"""
        counted = given["survey"]
        survey = Survey(counted["rows"], counted["blank"])
        survey.ends = {int(end): count for end, count in counted["ends"].items()}
        survey.lengths = {int(end): count for end, count in counted["lengths"].items()}
        survey.head = [(place, cells) for place, cells in counted["head"]]
        survey.tail.extend((place, cells) for place, cells in counted["tail"])
        survey.merged = [Area(*area) for area in counted["merged"]]
        survey.used = None if counted["used"] is None else set(counted["used"])
        return cls(Path(given["path"]), survey)


def spool(
    rows: Iterable[GridRow | GridBlock], path: Path, budget: Budget, *, packed: int
) -> Spooled:
    """Write all rows to `path`, counting them; `packed` is the size of their file. 暂存全部行。

    Raises LimitPassed as soon as a limit is passed: a few bytes of a sheet can ask for a value in
    a million rows, so what comes out counts as unpacked.
    """
    survey = Survey()
    written = 0
    with path.open("w", encoding="utf-8") as out:
        for chunk in _chunks(rows, survey, budget):
            size = _write(out, chunk)
            written += size
            if isinstance(chunk, GridBlock) and size > budget.limits.cell:
                for row in chunk.rows():
                    _check(row, budget)
            budget.add_unpacked(size, packed=packed, produced=written)
            budget.check_rows(survey.rows)
    return Spooled(path, survey)


_Chunk = list[tuple[int, Row, Sequence[Mark]]] | GridBlock


def _chunks(
    rows: Iterable[GridRow | GridBlock], survey: Survey, budget: Budget
) -> Iterator[_Chunk]:
    chunk: list[tuple[int, Row, Sequence[Mark]]] = []
    cells = 0
    for row in rows:
        if isinstance(row, GridBlock):
            yield chunk
            chunk, cells = [], 0
            survey.add_block(row)
            yield row
            continue
        survey.add(row)
        _check(row, budget)
        chunk.append((row.place, row.cells, row.marks))
        cells += len(row.cells)
        if len(chunk) >= _CHUNK or cells > 20 * _CHUNK:
            yield chunk
            chunk, cells = [], 0
    yield chunk


def _check(row: GridRow, budget: Budget) -> None:
    budget.check_columns(len(row.cells))
    longest = budget.limits.cell
    if any(cell is not None and len(cell) > longest for cell in row.cells):
        raise budget.long_cell(row.place)


def _write(out: TextIO, chunk: _Chunk) -> int:
    # ASCII escapes carry every character, and cost less than encoding twice.
    whole = chunk if isinstance(chunk, list) else chunk._asdict()
    return out.write(json.dumps(whole) + "\n")


def unspool(path: Path) -> Iterator[GridRow | GridBlock]:
    """The rows again. 取回。"""
    with path.open(encoding="utf-8") as stream:
        for line in stream:
            chunk = _parse(line)
            if isinstance(chunk, dict):
                marked = [Marked(*one) for one in chunk["marked"]]
                yield GridBlock(chunk["places"], chunk["columns"], marked, len(line))
            else:
                for place, cells, marks in chunk:
                    yield GridRow(place, cells, tuple(Mark(*mark) for mark in marks))


_parse = without_collector(json.loads)


class SpooledSource(GridSource):
    """A table whose rows were spooled. 暂存网格表。

    `names` are the columns of a format that names them itself; without them the header is found
    among the rows.
    """

    ragged = False

    def __init__(
        self,
        opened: Opened,
        spooled: Spooled,
        *,
        kind: str,
        sheet: str = "",
        names: Sequence[str] | None = None,
    ) -> None:
        super().__init__(opened)
        self.format = kind
        self.sheet = sheet
        self._spool = spooled.path
        if names is None:
            self.settle(spooled.survey)
        else:
            self.take_names(names, spooled.survey)

    def grid(self) -> Iterator[GridRow]:
        """All rows. 全部行。"""
        for piece in unspool(self._spool):
            if isinstance(piece, GridBlock):
                yield from piece.rows()
            else:
                yield piece

    def pieces(self) -> Iterator[GridRow | GridBlock]:
        """All rows, some of them in blocks. 全部行或行块。"""
        return unspool(self._spool)

    def take_names(self, names: Sequence[str], survey: Survey) -> None:
        """Columns that need no header row. 采用既有列名。"""
        self.columns, notes = name_columns(names, len(names))
        self.width = len(self.columns)
        self.budget.check_columns(self.width)
        self.notes += notes
        if survey.blank:
            self.notes.append(blank_note(survey.blank))


def blank_note(count: int) -> Note:
    """That rows were left out. 空行说明。"""
    return Note("blank_rows", BLANK_ROWS, {"count": count})
