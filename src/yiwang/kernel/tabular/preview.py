"""The first rows of every table of a file, to look at before it lands. 预览。

A preview costs little however large the file is: of delimited text only the start is cut into
records, of other formats reading ends after a set time. What it keeps are raw rows; what a choice
of header rows makes of them is worked out by the same rules that read the whole file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from itertools import islice
from pathlib import Path
from typing import Any

from .detect import find_format
from .encoding import Encoding, find_encoding, find_undecodable, iterate_text
from .errors import FileRefused
from .footer import TAIL_ROWS
from .grid import GridRow, GridSource, Survey
from .headers import SAMPLE_ROWS
from .limits import Budget
from .opening import Opened, Scratch
from .records.candidates import list_candidates
from .records.stream import JsonStream
from .services import open_any
from .spool import Spooled
from .types import ReadLimits, ReadOptions, Row, TableSource

CELL = 300
HEAD_BYTES = 4 << 20
LIMITS = ReadLimits(seconds=120)
NAMED = frozenset({"json", "jsonl", "parquet"})
CONSIDERED = ("utf-8", "gb18030", "big5", "utf-16-le", "cp1252")
_LARGEST = 64 << 20
_LINE = 40


@dataclass(slots=True)
class TableHead:
    """The start of one table as it stands in its file. 表首。

    `survey` holds the first and the last rows with their places and what was counted of the rest;
    of a long text nothing is known beyond its start (`cut`). `named` says that the format itself
    names the columns, which are then in `columns`.
    """

    member: str
    sheet: str
    format: str
    survey: Survey
    cut: bool = False
    hidden: bool = False
    named: bool = False
    columns: list[str] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[int, Row]]:
        """The first rows with their places. 前几行。"""
        return self.survey.head

    @property
    def tail(self) -> list[tuple[int, Row]]:
        """The last rows that do not stand among the first, none of a text that was cut. 末几行。"""
        last = self.survey.head[-1][0] if self.survey.head else 0
        return [] if self.cut else [(place, row) for place, row in self.survey.tail if place > last]

    def as_json(self) -> dict[str, Any]:
        """As stored. 存储形式。"""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return plain | {"survey": Spooled(Path(), self.survey).as_json()["survey"]}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> TableHead:
        """As read back. 读回。"""
        survey = Spooled.from_json({"path": "", "survey": found["survey"]}).survey
        return cls(**{**found, "survey": survey})

    @property
    def label(self) -> str:
        """Which table of the file. 表名。"""
        return " / ".join(part for part in (self.member, self.sheet) if part)


@dataclass(slots=True)
class EncodingLook:
    """How a line of the file reads in one encoding; nothing in `sample` where it cannot. 编码试读。"""

    name: str
    sample: str
    line: int = 0


@dataclass(slots=True)
class RecordsLook:
    """A place in a document where records may stand, and how many. 记录位置候选。"""

    path: str
    count: int
    members: list[str]


@dataclass(slots=True)
class FilePreview:
    """What can be seen of a file before it lands. 文件预览。"""

    format: str
    tables: list[TableHead] = field(default_factory=list)
    encodings: list[EncodingLook] = field(default_factory=list)
    records: list[RecordsLook] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As stored. 存储形式。"""
        return {
            "format": self.format,
            "tables": [one.as_json() for one in self.tables],
            "encodings": [asdict(one) for one in self.encodings],
            "records": [asdict(one) for one in self.records],
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> FilePreview:
        """As read back. 读回。"""
        return cls(
            format=found["format"],
            tables=[TableHead.from_json(one) for one in found["tables"]],
            encodings=[EncodingLook(**one) for one in found["encodings"]],
            records=[RecordsLook(**one) for one in found["records"]],
        )


def preview_file(
    path: Path,
    name: str,
    options: ReadOptions | None = None,
    limits: ReadLimits = LIMITS,
) -> FilePreview:
    """The heads of all tables of a file, and what else it could be read as. 预览文件。

    Raises what `open_source` raises, except that a document without a list that stands out gives
    the places where records may stand instead.
    """
    options = options or ReadOptions()
    found = FilePreview(find_format(path))
    budget = Budget(name, limits)
    budget.check_file(path.stat().st_size)
    look = _Looking(found)
    opened = Opened(path, name, options, budget, Scratch(options.scratch), look.open_any)
    sources = look.open_any(opened)
    for source in sources:
        if source.columns:
            head = head_of(source, cut=source.member in look.cut)
            head.encoding = look.cut.get(source.member, head.encoding)
            found.tables.append(head)
    return found


class _Looking:
    """Opens what stands in archives too, and notes what else each text could be."""

    def __init__(self, found: FilePreview) -> None:
        self.found = found
        self.cut: dict[str, str] = {}

    def open_any(self, opened: Opened) -> list[TableSource]:
        """The tables of a file; of a long text only its start is opened."""
        if find_format(opened.path) == "delimited":
            opened = self._start_of(opened)
        try:
            return open_any(opened)
        except FileRefused as error:
            if error.code == "tabular.records.which":
                self.found.records = _list_records(opened)
            elif error.code != "tabular.file.no_table":
                raise
            if not self.found.records:
                raise
            return []

    def _start_of(self, opened: Opened) -> Opened:
        """A file with no more than the start, its encoding that of the whole."""
        path, asked = opened.path, opened.options.encoding
        encoding = find_encoding(path, file=opened.name, asked=asked)
        self.found.encodings = list(_consider(path, encoding))
        if path.stat().st_size <= HEAD_BYTES:
            return opened
        self.cut[opened.member] = encoding.name
        start = opened.scratch.new_file(".start")
        with start.open("wb") as out:
            for piece in _whole_lines(iterate_text(path, encoding)):
                out.write(piece.encode())
        return replace(opened, path=start, options=replace(opened.options, encoding="utf-8"))


def _whole_lines(pieces: Iterator[str]) -> Iterator[str]:
    """The first pieces, cut after the last line that ended."""
    held, size = "", 0
    for piece in pieces:
        end = max(piece.rfind("\n"), piece.rfind("\r")) + 1
        if end:
            yield held + piece[:end]
            held = piece[end:]
        else:
            held += piece
        size += len(piece)
        if size >= HEAD_BYTES:
            return
    yield held


def _consider(path: Path, chosen: Encoding) -> Iterator[EncodingLook]:
    """How the first line that is not plain ASCII reads in each encoding worth a thought."""
    if chosen.ascii:
        return
    line = _first_line(path)
    if not line:
        return
    names = [chosen.name, *(one for one in CONSIDERED if one != chosen.name)]
    for name in names:
        wide = name.startswith("utf-16")
        if wide != chosen.name.startswith("utf-16") and name != chosen.name:
            continue
        bad = find_undecodable(path, name, skip=chosen.bom)
        sample = "" if bad else _shown(path if wide else line, name, chosen.bom)
        yield EncodingLook(name, sample, bad.line if bad else 0)


def _first_line(path: Path) -> bytes:
    with path.open("rb") as stream:
        return next((line for line in islice(stream, 10_000) if not line[3:].isascii()), b"")


def _shown(source: Path | bytes, name: str, bom: int) -> str:
    if isinstance(source, Path):
        with source.open("rb") as stream:
            source = stream.read(bom + 4 * _LINE)[bom:]
    text = source.decode(name, "ignore").strip("\ufeff\r\n\t ")
    return text.splitlines()[0][:_LINE] if text else ""


def head_of(source: TableSource, *, cut: bool = False) -> TableHead:
    """The start of one table. 取表首。"""
    grid = source if isinstance(source, GridSource) and source.format not in NAMED else None
    return TableHead(
        member=source.member,
        sheet=source.sheet if source.format not in {"json", "jsonl"} else "",
        format=source.format,
        survey=_shorten(grid.survey if grid else _first_rows(source)),
        cut=cut,
        hidden=any(note.kind == "sheet_hidden" for note in source.notes),
        named=grid is None,
        columns=list(source.columns),
        encoding=source.encoding,
        delimiter=source.dialect.delimiter if source.dialect else "",
        notes=[{"message": n.message, "params": n.params} for n in source.notes],
    )


def _first_rows(source: TableSource) -> Survey:
    """The first rows of a table whose format names the columns."""
    survey = Survey()
    for batch in source.batches():
        for place, cells in enumerate(batch.rows, start=batch.first_row):
            survey.add(GridRow(place, cells))
            if survey.rows >= SAMPLE_ROWS:
                return survey
    return survey


def _shorten(survey: Survey) -> Survey:
    """Cells short enough to look at."""
    head = [(place, _cut(cells)) for place, cells in survey.head]
    tail = deque(((place, _cut(cells)) for place, cells in survey.tail), maxlen=TAIL_ROWS)
    return replace(survey, head=head, tail=tail)


def _cut(cells: Row) -> Row:
    return [cell if cell is None or len(cell) <= CELL else cell[:CELL] + "…" for cell in cells]


class HeadSource(GridSource):
    """The head of a table, read by the rules that read the whole. 表首读取。"""

    def __init__(self, opened: Opened, head: TableHead) -> None:
        super().__init__(opened)
        self.ragged = head.format == "delimited"
        self.format = head.format
        self._rows = [*head.rows, *head.tail]
        self.settle(head.survey)

    def grid(self) -> Iterator[GridRow]:
        """The rows of the head, then the last ones. 表首与表尾各行。"""
        return (GridRow(place, list(cells)) for place, cells in self._rows)


@dataclass(frozen=True, slots=True)
class ReadHead:
    """What a choice makes of a head: columns, the rows below them, the header's place. 表首读法。

    `places` says in which raw cell each column stands; `footer` which rows end the table.
    """

    columns: list[str]
    rows: list[tuple[int, Row]]
    header_row: int = 0
    header_rows: int = 0
    footer: tuple[int, ...] = ()
    places: tuple[int, ...] = ()


def read_head(head: TableHead, options: ReadOptions) -> ReadHead:
    """Columns and data rows of a head under these options. 按读法取表首。"""
    if head.named:
        return ReadHead(head.columns, head.rows, places=tuple(range(len(head.columns))))
    opened = Opened(
        Path(), head.label, options, Budget(head.label, ReadLimits()), Scratch(None), open_any
    )
    source = HeadSource(opened, head)
    rows = [
        (place, cells)
        for batch in source.batches()
        for place, cells in zip(batch.places, batch.rows, strict=True)
    ]
    kept = [*source.kept, *range(source.width, source.width + 1)]
    return ReadHead(
        columns=source.columns,
        rows=rows,
        header_row=source.header_row,
        header_rows=source.header_rows if source.header_row else 0,
        footer=source.frame.footer,
        places=tuple(kept[: len(source.columns)]),
    )


def _list_records(opened: Opened) -> list[RecordsLook]:
    encoding = find_encoding(opened.path, file=opened.name, asked=opened.options.encoding)
    stream = JsonStream(iterate_text(opened.path, encoding), largest=_LARGEST)
    return [RecordsLook(one.path, one.count, one.members) for one in list_candidates(stream)]
