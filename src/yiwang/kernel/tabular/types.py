"""What reading a table takes and gives. 读表的输入与输出类型。

A cell is text as shown: `None` means that there was nothing (an unquoted empty field, an absent
key, an empty cell), `""` that there was a text of no characters (a quoted empty field).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

Cell = str | None
Row = list[Cell]


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """What one file may cost; whatever passes a limit is refused by name. 读取上限。

    Sizes in bytes, time in seconds, `cell` in characters. `ratio` is unpacked to packed size,
    looked at only once `ratio_free` bytes have come out. `memory` holds for child processes.
    """

    file: int = 8 << 30
    unpacked: int = 32 << 30
    ratio: int = 250
    ratio_free: int = 256 << 20
    part: int = 4 << 30
    members: int = 2_000
    nesting: int = 2
    rows: int = 200_000_000
    columns: int = 2_000
    cell: int = 16 << 20
    depth: int = 64
    seconds: float = 3_600
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the sender or a person says about a file; what is not said is proposed. 读取选项。

    `header_row` counts from 1; 0 means that the file has no header; None takes the proposal.
    `header_rows` joins that many rows into one name; None takes the proposal where it is sure.
    `footer_rows` is how many filled rows at the end are no rows of the table; None takes the
    proposal. `quote=""` reads quotes as ordinary text.
    `numbers="stored"` takes the stored number of a sheet instead of the number as shown.
    `scratch` is the folder for temporary files; they go when the sources are closed.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_row: int | None = None
    header_rows: int | None = None
    footer_rows: int | None = None
    sheet: str | None = None
    records: str | None = None
    numbers: Literal["shown", "stored"] = "shown"
    scratch: Path | None = None


class Difference(NamedTuple):
    """One place where what is landed is not letter for letter what was stored. 差异。

    `row` counts data rows from 1 (the row number in the pool), `column` is the column's name or
    empty when the whole row is meant, `raw` what the file holds, `shown` what is landed.
    """

    row: int
    column: str
    kind: str
    raw: str | None
    shown: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """One thing worth knowing about the file as a whole. 说明。

    `message` is an English message id with `%(name)s` places filled from `params`.
    """

    kind: str
    message: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The sentence in English. 英文说明。"""
        return self.say(str)

    def say(self, translate: Callable[[str], str]) -> str:
        """The sentence in a language; a parameter `reason` is a message id too. 译文。"""
        params = {
            name: translate(value) if name == "reason" else value
            for name, value in self.params.items()
        }
        message = translate(self.message)
        return message % params if params else message


@dataclass(slots=True)
class Batch:
    """Some rows in the order of the file. 一批行。

    `first_row` is the number of the first data row. `places[i]` is where row i stands in the file
    as people count there (record, sheet row or element, from 1).
    """

    first_row: int
    rows: list[Row]
    differences: list[Difference]
    places: list[int]


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""How a delimited text is cut. 分隔方式。

    `newline` is `"\n"` (CRLF ends a record too) or `"\r"`; `quote` may be empty.
    `layout` is () for columns set apart by any number of spaces, or the places where columns
    begin; None where `delimiter` cuts.
    """

    delimiter: str
    quote: str
    newline: str
    reasons: tuple[str, ...] = ()
    layout: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class DelimitedFile:
    r"""A text file proven to read alike in the fast reader and in ours. 可用快速读取器的文件。

    Always UTF-8 without NUL; `skip` records stand before the data, the header among them.
    `newline` is `"\n"` or `"\r\n"`, one kind throughout.
    """

    path: Path
    encoding: str
    delimiter: str
    quote: str
    header: bool
    skip: int
    newline: str
    rows: int
    longest: int


class TableSource(ABC):
    """One table found in a delivery, read as often as wanted. 表来源。

    `member` is the path inside an archive, `sheet` the sheet's or records path's name, else "".
    `header_row` counts from 1, 0 means none; `header_rows` is how many rows gave the names,
    `footer_rows` how many under the table were left out. `encoding_instead` names the encoding
    that the bytes speak for when the sender asked for another.
    """

    member: str = ""
    sheet: str = ""
    format: str = ""
    encoding: str = ""
    encoding_instead: str = ""
    dialect: Dialect | None = None
    columns: list[str]
    header_row: int = 0
    header_rows: int = 0
    footer_rows: int = 0
    notes: list[Note]

    @abstractmethod
    def batches(self) -> Iterator[Batch]:
        """All rows, in batches. 逐批读出。"""

    @property
    def fast(self) -> DelimitedFile | None:
        """The same table for the fast reader, or None when only `batches` is exact. 快速读取。"""
        return None
