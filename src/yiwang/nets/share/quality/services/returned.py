"""Reading a workbook that came back. 读取整改单回执。

It is known by its hidden sheet, whose signature only this node can make. Clerks sort, delete,
insert and save with other programs: columns are found by their headings, lines by their numbers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular import services as tabular
from yiwang.kernel.tabular.types import Cell, ReadLimits, ReadOptions, TableSource
from yiwang.nets.share.quality.types import Answer

from .digests import is_signed
from .sheets import ANSWER, ANSWERS, FORMAT, HIDDEN_SHEET, ID, MARK, MOST_LINES, REASON, VALUE

LIMITS = ReadLimits(file=64 << 20, unpacked=1 << 30, rows=1_000_000, columns=500, seconds=300)
HEAD_ROWS = 30
"""A heading further down is no heading any more: clerks put a few lines above at most."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a workbook says about one line, and what that line is. 一行答复。

    `sheet` and `place` are where it stands in the returned file.
    """

    number: int
    resource: str
    version: str
    row: int
    field: str
    digest: str
    groups: tuple[str, ...]
    answer: str = ""
    value: str | None = None
    reason: str = ""
    sheet: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """A line of the file that could not be read as an answer. 无法识别的行。"""

    sheet: str
    place: int
    why: str
    number: int = 0


@dataclass(slots=True)
class Returned:
    """A returned workbook as read. `missing` lines were deleted by who answered. 回执内容。"""

    notice: str
    given: list[Given] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    missing: int = 0


@dataclass(slots=True)
class _Seen:
    """The answers read so far, by line. 已读答复。"""

    known: dict[int, Given]
    answers: dict[int, Given] = field(default_factory=dict)
    twice: set[int] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)


STRANGE = msg(
    "%(file)s is not a notice of this node: its hidden sheet is missing or was changed. Fill in the "
    "workbook as it was sent and send that back"
)
BARE = msg("%(file)s has no column %(column)s on any sheet; put the heading back as it was")
NO_ANSWER = msg("The answer is none of those offered")
NO_LINE = msg("There is no such line on this notice")
TWICE = msg("The line stands twice with different answers")


def read_returned(path: Path, name: str) -> Returned:
    """Read a returned workbook. 读取回执。

    InvalidInput `quality.return.strange` for what is no workbook of this node.
    """
    options = ReadOptions(header_row=0, scratch=path.parent)
    sources = tabular.open_source(path, name, options, LIMITS)
    machine = [list(rows_of(one)) for one in sources if one.sheet == HIDDEN_SHEET]
    notice, lines = read_machine(machine[0] if len(machine) == 1 else [], name)
    seen = _Seen({one.number: one for one in lines})
    headed = [_read_sheet(one, seen) for one in sources if one.sheet != HIDDEN_SHEET]
    if not any(headed):
        raise InvalidInput("quality.return.heading", BARE, file=name, column=ID)
    found = Returned(notice, troubles=seen.troubles)
    found.given = [seen.answers[one] for one in sorted(seen.answers) if one not in seen.twice]
    found.missing = len(seen.known.keys() - seen.answers.keys())
    return found


def read_machine(rows: Sequence[tuple[int, Sequence[str]]], name: str) -> tuple[str, list[Given]]:
    """The notice and its lines from the hidden sheet, once its signature holds. 读隐藏页。"""
    plain = [[*row, *[""] * 7][:7] for _, row in rows][1:]
    head = plain[0] if plain else [""] * 7
    strange = InvalidInput("quality.return.strange", STRANGE, file=name)
    if head[:2] != [MARK, FORMAT] or len(plain) > MOST_LINES + 1:
        raise strange
    if not is_signed([[*head[:6], "-"], *plain[1:]], head[6]):
        raise strange
    return head[2], [_line(row) for row in plain[1:]]


def _line(row: Sequence[str]) -> Given:
    number, resource, version, at, field_name, digest, groups = row
    return Given(int(number), resource, version, int(at), field_name, digest, tuple(groups.split()))


def rows_of(source: TableSource) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet with their places, absent cells as empty texts. 逐行读取。"""
    for batch in source.batches():
        for place, row in zip(batch.places, batch.rows, strict=True):
            yield place, [cell or "" for cell in row]


def _read_sheet(source: TableSource, seen: _Seen) -> bool:
    """Read the answers of a sheet; whether it has our headings at all. 读一页。"""
    columns: dict[str, int] = {}
    for tried, (place, row) in enumerate(rows_of(source)):
        if not columns:
            columns = find_columns(row)
            if tried > HEAD_ROWS:
                return False
            continue
        _read_row(source.sheet, place, row, columns, seen)
    return bool(columns)


def find_columns(row: Sequence[str]) -> dict[str, int]:
    """Where our headings stand in a row, or nothing where it is not the row of headings. 查找表头。"""
    wanted = {short_heading(one): one for one in (ID, ANSWER, VALUE, REASON)}
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        name = wanted.get(short_heading(cell))
        if name and name not in found:
            found[name] = at
    return found if {ID, ANSWER, VALUE} <= found.keys() else {}


def short_heading(text: str) -> str:
    """A heading without spaces and line breaks, width folded; the register has columns of its own
    called 编号, so both halves count. 表头归一。
    """
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _read_row(
    sheet: str, place: int, row: Sequence[str], columns: dict[str, int], seen: _Seen
) -> None:
    cells = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
    number = read_number(cells[ID])
    told = any(cells.get(name, "").strip() for name in (ANSWER, VALUE, REASON))
    if number is None or number not in seen.known:
        if told or cells[ID].strip():
            seen.troubles.append(Trouble(sheet, place, NO_LINE))
        return
    line = seen.known[number]
    answer = read_answer(cells[ANSWER], cells[VALUE])
    if answer is None:
        seen.troubles.append(Trouble(sheet, place, NO_ANSWER, number))
        answer = ""
    given = Given(
        line.number, line.resource, line.version, line.row, line.field, line.digest, line.groups,
        answer=answer, value=cells[VALUE], reason=" ".join(cells.get(REASON, "").split())[:1000],
        sheet=sheet, place=place,
    )  # fmt: skip
    before = seen.answers.setdefault(number, given)
    if (before.answer, before.value) != (given.answer, given.value) and number not in seen.twice:
        seen.twice.add(number)
        seen.troubles.append(Trouble(sheet, place, TWICE, number))


def read_number(text: str) -> int | None:
    """A line's number however a program shows it: 000012, 12, 12.0, full width. 读行号。"""
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix(".0")
    return int(plain) if plain.isascii() and plain.isdecimal() and len(plain) <= 9 else None


def read_answer(text: str, value: Cell) -> str | None:
    """Which answer is meant; "" for none, None for what is not offered. 读答复。

    A corrected value without an answer is meant as a correction.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Answer.CORRECTED if value and value.strip() else ""
    return WORDS.get(plain.casefold())


WORDS: dict[str, str] = {
    **{label: str(code) for code, label in ANSWERS.items()},
    **{str(code): str(code) for code in Answer},
    "corrected": "corrected",
    "the value is right": "right",
    "value is right": "right",
    "remove this row": "remove",
    "not known": "unknown",
}
