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

# Small enough to stay near the processor from one look to the next.
_CHUNK = 512 << 10


@dataclass
class Regular:
    r"""What the pass has shown. 规整文本的事实。

    `fields` per record, no record over `longest` bytes, `newline` `"\n"` or `"\r\n"`.
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
    """Each block is laid bare to its marks: regular lines leave one and the same frame."""

    def __init__(self, dialect: Dialect, longest: int) -> None:
        self.limit = longest
        self.delimiter = dialect.delimiter.encode()
        self.quote = dialect.quote.encode()
        d = re.escape(self.delimiter)
        # It begins with the mark itself and looks back only then: so marks are found by memchr.
        self.quoted_field = re.compile(
            rb'"(?<![^\n' + d + rb']")[^"\n]*+(?:""[^"\n]*+)*+"(?=[\r\n' + d + rb"]|\Z)"
        )
        self.dropped = bytes(set(range(256)) - set(self.delimiter + b"\r\n"))
        self.fields = self.rows = self.longest = 0
        self.end = self.frame = b""
        self.quoted = False

    def facts(self) -> Regular | None:
        if not self.rows:
            return None
        return Regular(self.fields, self.rows, self.longest, self.end.decode(), self.quoted)

    def add(self, block: bytes) -> None:
        """Look at some whole lines; raises _Irregular at the first doubt."""
        self._look_at_lengths(block)
        plain = self._without_quoted(block)
        if not self.frame:
            self._learn(plain)
        if not plain.endswith(b"\n"):
            plain += self.end
        marks = plain.translate(None, self.dropped)
        rows = len(marks) // len(self.frame)
        # A line of the frame alone holds no value; a CR may stand only before its LF.
        empty = plain.startswith(self.frame) or b"\n" + self.frame in plain
        if empty or marks != self.frame * rows:
            raise _Irregular
        if self.end == b"\r\n" and plain.count(self.end) != rows:
            raise _Irregular
        self.rows += rows

    def _learn(self, plain: bytes) -> None:
        self.end = b"\r\n" if b"\r" in plain else b"\n"
        self.fields = plain.partition(b"\n")[0].count(self.delimiter) + 1
        self.frame = self.delimiter * (self.fields - 1) + self.end

    def _without_quoted(self, block: bytes) -> bytes:
        """The lines with a letter in place of each quoted field: no mark may be left."""
        if not self.quote or self.quote not in block:
            return block
        self.quoted = True
        plain = self.quoted_field.sub(b"q", block)
        if self.quote in plain:
            raise _Irregular
        return plain

    def _look_at_lengths(self, block: bytes) -> None:
        """No line is longer than its block; only of a large one is the longest looked for."""
        longest = len(block) + 1
        if longest > min(self.limit, 2 * _CHUNK):
            longest = max(map(len, block.split(b"\n"))) + 1
        self.longest = max(self.longest, longest)
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
