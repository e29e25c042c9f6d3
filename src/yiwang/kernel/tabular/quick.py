r"""Proving that the fast reader reads a text as the strict one does. 快速读取的前提证明。

The fast reader of the pool is many times faster, and wrong about what it was not made for: it
trims spaces before a quotation mark, takes a lone CR for an error, keeps rows without any value.
So it gets only texts of which this pass, over every byte, has shown that

- the encoding is UTF-8 (others are transcoded before) and every record has the same number of
  fields, at least one of them with a value, and none is blank;
- records end all with LF or all with CRLF, and no other CR stands outside quotation marks;
- a quotation mark stands only around a whole field or doubled within one, and no record reaches
  over several lines.

Under these conditions the two readers give the same cells; a test compares them on generated and
on real files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .types import DelimitedFile, Dialect

_CHUNK = 2 << 20


@dataclass
class Regular:
    r"""What the pass has shown. 规整文本的事实。

    `fields` per record, `longest` record in bytes, `newline` `"\n"` or `"\r\n"`.
    """

    fields: int
    rows: int
    longest: int
    newline: str
    quoted: bool


class _Irregular(Exception):
    pass


def prove_regular(path: Path, dialect: Dialect, *, longest: int, bom: int = 0) -> Regular | None:
    """The facts of a regular text, or None when only the strict reader is exact. 证明规整。

    `path` holds UTF-8 after `bom` bytes of its mark; `longest` is the most bytes that one record may have.
    """
    if dialect.newline != "\n" or len(dialect.delimiter) != 1 or not dialect.delimiter.isascii():
        return None
    if dialect.quote not in {"", '"'} or dialect.delimiter in ' "\\':
        return None
    proof = _Proof(dialect, longest)
    try:
        for block in _blocks(path, bom, longest):
            proof.add(block)
    except _Irregular:
        return None
    return proof.facts()


def _blocks(path: Path, bom: int, longest: int) -> Iterator[bytes]:
    """The bytes in whole lines; the last one may lack its end."""
    held = b""
    with path.open("rb") as stream:
        stream.seek(bom)
        while chunk := stream.read(_CHUNK):
            end = chunk.rfind(b"\n") + 1
            if not end:
                held += chunk
                if len(held) > longest:
                    raise _Irregular
                continue
            yield held + chunk[:end]
            held = chunk[end:]
    if held:
        yield held


class _Proof:
    def __init__(self, dialect: Dialect, longest: int) -> None:
        self.limit = longest
        self.delimiter = dialect.delimiter.encode()
        self.quote = dialect.quote.encode()
        d = re.escape(self.delimiter)
        self.quoted_field = re.compile(
            rb"(?<![^\n" + d + rb'])"[^"\n]*+(?:""[^"\n]*+)*+"(?=[\r\n' + d + rb"]|\Z)"
        )
        self.fields = self.rows = self.longest = 0
        self.carriage: bool | None = None
        self.quoted = False

    def facts(self) -> Regular | None:
        if not self.rows:
            return None
        newline = "\r\n" if self.carriage else "\n"
        return Regular(self.fields, self.rows, self.longest, newline, self.quoted)

    def add(self, block: bytes) -> None:
        """Look at some whole lines; raises _Irregular at the first doubt."""
        plain = self._without_quoted(block)
        lines = plain.split(b"\n")
        if not lines[-1]:
            lines.pop()
        self._look_at_ends(plain, lines)
        self._look_at_fields(lines)
        self._look_at_lengths(block, lines if plain is block else None)
        self.rows += len(lines)

    def _without_quoted(self, block: bytes) -> bytes:
        """The lines with a letter in place of each quoted field: no mark may be left."""
        if not self.quote or self.quote not in block:
            return block
        self.quoted = True
        plain = self.quoted_field.sub(b"q", block)
        if self.quote in plain:
            raise _Irregular
        return plain

    def _look_at_ends(self, plain: bytes, lines: list[bytes]) -> None:
        returns = plain.count(b"\r")
        if self.carriage is None:
            self.carriage = returns > 0
        ended = len(lines) if plain.endswith(b"\n") else len(lines) - 1
        if returns != (ended if self.carriage else 0) or returns != plain.count(b"\r\n"):
            raise _Irregular

    def _look_at_fields(self, lines: list[bytes]) -> None:
        delimiter = self.delimiter
        widths = {line.count(delimiter) for line in lines}
        self.fields = self.fields or next(iter(widths)) + 1
        empty = delimiter * (self.fields - 1)
        if widths != {self.fields - 1} or empty in lines or empty + b"\r" in lines:
            raise _Irregular

    def _look_at_lengths(self, block: bytes, lines: list[bytes] | None) -> None:
        whole = block.split(b"\n") if lines is None else lines
        self.longest = max(self.longest, max(map(len, whole)) + 1)
        if self.longest > self.limit:
            raise _Irregular


def fast_options(file: DelimitedFile) -> str:
    r"""What to tell DuckDB's `read_csv` about such a file, as SQL: nothing is left to guess. 参数。

    The reader adds the path and `columns`. `new_line` is given for LF only: of CRLF DuckDB 2.0.0
    makes no line ends at all when it is told, and is right when it is not.
    """
    newline = r"new_line = '\n', " if file.newline == "\n" else ""
    delimiter = file.delimiter.replace("'", "''")
    return (
        f"auto_detect = false, delim = '{delimiter}', quote = '{file.quote}',"
        f" escape = '{file.quote}', {newline}comment = '', header = false, skip = {file.skip},"
        f" nullstr = '', allow_quoted_nulls = false, strict_mode = true, null_padding = false,"
        f" ignore_errors = false, max_line_size = {max(file.longest * 2, 2_000_000)},"
        f" compression = 'none'"
    )
