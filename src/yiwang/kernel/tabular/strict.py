r"""The strict reader of delimited text. 严格分隔文本读取器。

It follows RFC 4180 and says what it does where the RFC is silent:

- an unquoted empty field is `None`, a quoted one `""`;
- a field that does not begin with a quotation mark is taken letter by letter, marks and all;
- a quoted field ends at the first mark that is not doubled; when something other than a delimiter
  or the end of the record follows, the field is taken as it stands up to there, marks and all,
  and its place is in `Record.malformed`;
- a mark that is never closed is an error that names the line where it was opened;
- with `newline="\n"` a record ends at LF, CRLF or CRCRLF (a fault of some exports) and any
  other CR is an ordinary character; with `newline="\r"` it ends at CR, and LF is an ordinary one;
- NUL is an ordinary character; nothing is trimmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from .types import Row


class Unclosed(Exception):
    """A quotation mark that is never closed; `line` is where it opens. 未闭合的引号。"""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


class TooLong(Exception):
    """A record longer than any may be; `line` is where it begins. 记录过长。"""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


class Record(NamedTuple):
    """One record: its fields, its first line, the fields whose quotation is malformed. 记录。"""

    fields: Row
    line: int
    malformed: tuple[int, ...] = ()


class RecordReader:
    """Cuts text that comes in pieces into records. 记录切分器。

    `longest` is the most characters that one record may have; it bounds the memory.
    """

    def __init__(self, delimiter: str, quote: str, newline: str, *, longest: int = 1 << 26) -> None:
        self.delimiter = delimiter
        self.quote = quote
        self.newline = newline
        self.longest = longest

    def records(self, pieces: Iterable[str]) -> Iterator[Record]:
        """All records of the text; raises Unclosed and TooLong. 逐条读出。"""
        quote, delimiter = self.quote, self.delimiter
        lines = enumerate(self._lines(pieces), start=1)
        for number, line in lines:
            if quote and quote in line:
                yield _Quoted(self, line, number, lines).read()
            else:
                fields = self.bare(line).split(delimiter)
                yield Record([field or None for field in fields], number)

    def bare(self, line: str) -> str:
        """The line without the CR of its CRLF. 去掉行尾回车。"""
        return line.rstrip("\r") if self.newline == "\n" else line

    def _lines(self, pieces: Iterable[str]) -> Iterator[str]:
        held: list[str] = []
        size, line = 0, 1
        for piece in pieces:
            lines = piece.split(self.newline)
            held.append(lines[0])
            size += len(lines[0])
            if size > self.longest:
                raise TooLong(line)
            if len(lines) == 1:
                continue
            yield "".join(held)
            yield from islice(lines, 1, len(lines) - 1)
            line += len(lines) - 1
            held, size = [lines[-1]], len(lines[-1])
        last = "".join(held)
        if last:
            yield last


class _Quoted:
    """Reading one record that has a quotation mark; it may reach over several lines."""

    def __init__(
        self, reader: RecordReader, line: str, number: int, lines: Iterator[tuple[int, str]]
    ) -> None:
        self.reader = reader
        self.line = line
        self.lines = lines
        self.first = self.number = number
        self.at = 0
        self.size = len(line)
        self.fields: Row = []
        self.malformed: list[int] = []

    def read(self) -> Record:
        while self._field():
            pass
        return Record(self.fields, self.first, tuple(self.malformed))

    def _field(self) -> bool:
        """Take one field; True when another one follows."""
        if self.line.startswith(self.reader.quote, self.at):
            return self._quoted_field()
        text, more = self._up_to_delimiter(self.at)
        self.fields.append(text or None)
        return more

    def _up_to_delimiter(self, start: int) -> tuple[str, bool]:
        end = self.line.find(self.reader.delimiter, start)
        if end < 0:
            return self.reader.bare(self.line[start:]), False
        self.at = end + len(self.reader.delimiter)
        return self.line[start:end], True

    def _quoted_field(self) -> bool:
        quote = self.reader.quote
        text, after = self._closed()
        rest = self.line[after : after + 1]
        if rest == self.reader.delimiter:
            self.fields.append(text.replace(quote + quote, quote))
            self.at = after + 1
            return True
        if not self.reader.bare(self.line[after:]):
            self.fields.append(text.replace(quote + quote, quote))
            return False
        tail, more = self._up_to_delimiter(after)
        self.malformed.append(len(self.fields))
        self.fields.append(f"{quote}{text}{quote}{tail}")
        return more

    def _closed(self) -> tuple[str, int]:
        """The text between the marks as it stands, and where the line goes on after them."""
        parts: list[str] = []
        opened, start = self.number, self.at + 1
        while (end := self._closing_mark(start)) < 0:
            parts.append(self.line[start:])
            self._next_line(opened)
            start = 0
        parts.append(self.line[start:end])
        return self.reader.newline.join(parts), end + 1

    def _closing_mark(self, start: int) -> int:
        line, quote = self.line, self.reader.quote
        while (at := line.find(quote, start)) >= 0 and line.startswith(quote, at + 1):
            start = at + 2
        return at

    def _next_line(self, opened: int) -> None:
        found = next(self.lines, None)
        if found is None:
            raise Unclosed(opened)
        self.number, self.line = found
        self.size += len(self.line) + 1
        if self.size > self.reader.longest:
            raise TooLong(opened)


def split_records(sample: str, delimiter: str, quote: str, newline: str, *, most: int) -> list[Row]:
    """The first records of a sample; what an unclosed mark begins is left out. 样本记录。"""
    records: list[Row] = []
    try:
        for record in RecordReader(delimiter, quote, newline).records([sample]):
            records.append(record.fields)
            if len(records) >= most:
                break
    except Unclosed:
        pass
    return records
