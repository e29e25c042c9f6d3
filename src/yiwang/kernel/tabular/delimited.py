"""CSV, TSV and other delimited text as tables. 分隔文本。"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yiwang.kernel.base.text import msg

from .dialect import find_dialect
from .encoding import Encoding, find_encoding, iterate_text
from .errors import refuse
from .grid import GridRow, GridSource, Mark, Survey
from .opening import Opened
from .strict import RecordReader, TooLong, Unclosed
from .types import Note, TableSource

_SAMPLE = 256 << 10
NEVER_CLOSED = msg(
    "%(file)s: the quotation mark opened in line %(line)s is never closed. "
    "Close it, or read quotation marks as ordinary text."
)


class DelimitedSource(GridSource):
    """One delimited text file. 分隔文本表。"""

    format = "delimited"

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened.budget, opened.options)
        self.path: Path = opened.path
        self.file = opened.name
        self.member = opened.member
        self._encoding = find_encoding(opened.path, file=opened.name, asked=opened.options.encoding)
        self.encoding = self._encoding.name
        sample = _read_sample(opened.path, self._encoding)
        self.dialect = find_dialect(sample, opened.options, name=opened.name)
        self.survey = self._survey()
        self.settle(self.survey)
        self._describe()

    def grid(self) -> Iterator[GridRow]:
        """All records; raises FileRefused for a mark never closed or a cell too long. 全部记录。"""
        dialect = self.dialect
        assert dialect is not None  # noqa: S101 - set by the constructor
        reader = RecordReader(
            dialect.delimiter, dialect.quote, dialect.newline, longest=self.budget.limits.cell * 4
        )
        place = 0
        try:
            for place, record in enumerate(
                reader.records(iterate_text(self.path, self._encoding)), start=1
            ):
                yield self._row(place, record.fields, record.malformed)
        except Unclosed as error:
            raise refuse(
                "delimited.unclosed", NEVER_CLOSED, file=self.file, line=error.line
            ) from error
        except TooLong as error:
            raise self.budget.long_cell(place + 1) from error

    def _row(self, place: int, cells: list[str | None], malformed: tuple[int, ...]) -> GridRow:
        return GridRow(place, cells, tuple(Mark(at, "quote_inside", cells[at]) for at in malformed))

    def _survey(self) -> Survey:
        survey = Survey()
        longest = self.budget.limits.cell
        for row in self.grid():
            survey.add(row)
            if any(cell is not None and len(cell) > longest for cell in row.cells):
                raise self.budget.long_cell(row.place)
        self.budget.check_rows(survey.rows)
        return survey

    def _describe(self) -> None:
        params = {"encoding": self.encoding, "reason": self._encoding.reason}
        text = msg("The text was read as %(encoding)s: %(reason)s.")
        self.notes.append(Note("encoding", text, params))


def _read_sample(path: Path, encoding: Encoding) -> str:
    parts: list[str] = []
    size = 0
    for piece in iterate_text(path, encoding):
        parts.append(piece)
        size += len(piece)
        if size >= _SAMPLE:
            break
    return "".join(parts)[:_SAMPLE]


def open_delimited(opened: Opened) -> list[TableSource]:
    """The one table of a delimited text. 打开分隔文本。"""
    return [DelimitedSource(opened)]
