"""CSV, TSV and other delimited text as tables. 分隔文本。"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from os import SEEK_END
from pathlib import Path

from yiwang.kernel.base.text import msg

from .dialect import find_dialect
from .encoding import Encoding, find_encoding, iterate_text, transcode
from .errors import FileRefused
from .footer import TAIL_ROWS
from .grid import GridRow, GridSource, Mark, Survey
from .headers import SAMPLE_ROWS
from .opening import Opened
from .quick import Regular, prove_regular
from .spaced import SpacedReader
from .strict import RecordReader, TooLong, Unclosed
from .types import DelimitedFile, Note, Row, TableSource

_SAMPLE = 256 << 10
_LOOKED_AT = 500
_TAIL_BYTES = 64 << 10
_FAST_RECORD = 12 << 20


class DelimitedSource(GridSource):
    """One delimited text file. 分隔文本表。"""

    format = "delimited"

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self.path: Path = opened.path
        self.file = opened.name
        self._encoding = find_encoding(opened.path, file=opened.name, asked=opened.options.encoding)
        self.encoding, self.encoding_instead = self._encoding.name, self._encoding.instead
        self._plain = self._as_utf8(opened)
        sample = _read_sample(self.path, self._plain)
        self.dialect = find_dialect(sample, opened.options, name=opened.name)
        self._regular = prove_regular(
            self.path, self.dialect, longest=_FAST_RECORD, bom=self._plain.bom
        )
        self.settle(self._survey(self._regular))
        self._again = self._header_again()
        self._describe()

    @property
    def fast(self) -> DelimitedFile | None:
        """The file for the fast reader, when it was proven to read alike. 快速读取。"""
        regular, dialect = self._regular, self.dialect
        fits = regular and dialect and regular.fields == len(self.columns)
        if not fits or regular is None or dialect is None or self._left_out or self._again:
            return None
        skip = self.header_row + self._below
        return DelimitedFile(
            path=self.path,
            encoding="utf-8",
            delimiter=dialect.delimiter,
            quote=dialect.quote,
            header=self.header_row > 0,
            skip=skip,
            newline=regular.newline,
            rows=regular.rows - skip,
            longest=regular.longest,
        )

    def grid(self) -> Iterator[GridRow]:
        """All records; raises FileRefused for a mark never closed or a cell too long. 全部记录。"""
        reader = self._reader()
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
            survey.tail.extend(self._last_rows(regular))
        else:
            for row in self.grid():
                survey.add(row)
                self._check_lengths(row)
        self.budget.check_rows(survey.rows)
        return survey

    def _header_again(self) -> bool:
        """Whether the headings may stand in a regular text once more, below themselves."""
        first, _ = self._headings
        if not self._regular or not first or not self._regular.rows:
            return False
        with self.path.open("rb") as stream:
            stream.seek(self._plain.bom)
            for _ in range(self.header_row + self._below):
                stream.readline()
            start = stream.tell() - 1
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
                return any(self._stands_again(text, cell or "", start) for cell in first)

    def _stands_again(self, text: mmap.mmap, cell: str, start: int) -> bool:
        """Look at each line that begins with this cell, bare or quoted; many are a yes unseen."""
        quoted = '"' + cell.replace('"', '""') + '"'
        for begin in {cell.encode(), quoted.encode()}:
            at = start
            for _ in range(_LOOKED_AT):
                at = text.find(b"\n" + begin, at)
                if at < 0:
                    break
                end = text.find(b"\n", at + 1)
                if self._repeats(self._cut(text[at + 1 : end if end >= 0 else None])):
                    return True
                at += 1
            else:
                return True
        return False

    def _cut(self, lines: bytes) -> Row:
        return next((record.fields for record in self._reader().records([lines.decode()])), [None])

    def _reader(self) -> RecordReader:
        dialect = self.dialect
        assert dialect is not None  # noqa: S101 - set by the constructor
        longest = self.budget.limits.cell * 4
        if dialect.layout is not None:
            return SpacedReader(dialect.layout, dialect.newline, longest=longest)
        return RecordReader(dialect.delimiter, dialect.quote, dialect.newline, longest=longest)

    def _last_rows(self, regular: Regular) -> Iterator[tuple[int, Row]]:
        """The last records of a regular text: none of them reaches over a line end."""
        with self.path.open("rb") as stream:
            size = stream.seek(0, SEEK_END)
            stream.seek(max(self._plain.bom, size - _TAIL_BYTES))
            lines = stream.read().removesuffix(b"\n").split(b"\n")
        whole = lines if size - self._plain.bom <= _TAIL_BYTES else lines[1:]
        last = whole[-TAIL_ROWS:]
        text = b"\n".join(last).decode()
        for at, record in enumerate(
            self._reader().records([text]), start=regular.rows - len(last) + 1
        ):
            yield at, record.fields

    def _check_lengths(self, row: GridRow) -> None:
        longest = self.budget.limits.cell
        if any(cell is not None and len(cell) > longest for cell in row.cells):
            raise self.budget.long_cell(row.place)

    def _describe(self) -> None:
        params = {"encoding": self.encoding, "reason": self._encoding.reason}
        text = msg("The text was read as %(encoding)s: %(reason)s.")
        self.notes.append(Note("encoding", text, params))
        dialect = self.dialect
        if dialect and dialect.layout is not None:
            text = msg("The columns were set apart by spaces: %(reason)s.")
            self.notes.append(Note("spaced", text, {"reason": dialect.reasons[0]}))


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
