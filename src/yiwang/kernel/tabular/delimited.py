"""CSV, TSV and other delimited text as tables. 分隔文本。"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from yiwang.kernel.base.text import msg

from .dialect import find_dialect
from .encoding import Encoding, find_encoding, iterate_text, transcode
from .errors import FileRefused
from .grid import GridRow, GridSource, Mark, Survey
from .headers import SAMPLE_ROWS
from .opening import Opened
from .quick import Regular, prove_regular
from .strict import RecordReader, TooLong, Unclosed
from .types import DelimitedFile, Note, TableSource

_SAMPLE = 256 << 10
_FAST_RECORD = 12 << 20


class DelimitedSource(GridSource):
    """One delimited text file. 分隔文本表。"""

    format = "delimited"

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self.path: Path = opened.path
        self.file = opened.name
        self._encoding = find_encoding(opened.path, file=opened.name, asked=opened.options.encoding)
        self.encoding = self._encoding.name
        self._plain = self._as_utf8(opened)
        sample = _read_sample(self.path, self._plain)
        self.dialect = find_dialect(sample, opened.options, name=opened.name)
        self._regular = prove_regular(
            self.path, self.dialect, longest=_FAST_RECORD, bom=self._plain.bom
        )
        self.settle(self._survey(self._regular))
        self._describe()

    @property
    def fast(self) -> DelimitedFile | None:
        """The file for the fast reader, when it was proven to read alike. 快速读取。"""
        regular, dialect = self._regular, self.dialect
        fits = regular and dialect and regular.fields == len(self.columns)
        if not fits or regular is None or dialect is None or self._below:
            return None
        return DelimitedFile(
            path=self.path,
            encoding="utf-8",
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            header=self.header_row > 0,
            skip=self.header_row,
            newline=regular.newline,
            rows=regular.rows - self.header_row,
            longest=regular.longest,
        )

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
                reader.records(iterate_text(self.path, self._plain)), start=1
            ):
                yield self._row(place, record.fields, record.malformed)
        except Unclosed as error:
            raise FileRefused(
                "tabular.delimited.unclosed",
                msg(
                    "%(file)s: the quotation mark opened in line %(line)s is never closed. Close it, or read quotation marks as ordinary text."
                ),
                file=self.file,
                line=error.line,
            ) from error
        except TooLong as error:
            raise self.budget.long_cell(place + 1) from error

    def _row(self, place: int, cells: list[str | None], malformed: tuple[int, ...]) -> GridRow:
        return GridRow(place, cells, tuple(Mark(at, "quote_inside", cells[at]) for at in malformed))

    def _as_utf8(self, opened: Opened) -> Encoding:
        """Transcode to the scratch folder where needed; the text is read from there."""
        if self._encoding.name == "utf-8":
            return self._encoding
        self.path = transcode(opened.path, self._encoding, opened.scratch.new_file(".utf8"))
        return replace(self._encoding, name="utf-8", bom=0)

    def _survey(self, regular: Regular | None) -> Survey:
        """Count the rows; of a regular text the start tells all that is still to be known."""
        survey = Survey()
        if regular:
            for row in islice(self.grid(), SAMPLE_ROWS):
                survey.add(row)
            survey.take_regular(regular.rows, regular.fields)
        else:
            for row in self.grid():
                survey.add(row)
                self._check_lengths(row)
        self.budget.check_rows(survey.rows)
        return survey

    def _check_lengths(self, row: GridRow) -> None:
        longest = self.budget.limits.cell
        if any(cell is not None and len(cell) > longest for cell in row.cells):
            raise self.budget.long_cell(row.place)

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
