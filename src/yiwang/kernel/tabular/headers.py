"""Proposing which row names the columns. 表头判定。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.kernel.base.text import msg

from .types import Cell, Note, Row

SAMPLE_ROWS = 60
_LETTER = re.compile(r"[^\W\d_]")
_DATE_WORDS = re.compile(r"(?<=\d)[年月日时分秒TZ](?=\d|\s|$)")
_YEAR = re.compile(r"\s*(?:19|20)\d\d年?\s*")
_NOTHING = {"NA", "N/A", "#N/A", "NULL", "null", "None", "nan", "NaN", "无", "-", "/"}


@dataclass(frozen=True, slots=True)
class HeaderProposal:
    """Which row is the header, from 1, or 0 for none, with the reason. 表头建议。"""

    row: int
    reason: str


def propose_header(rows: Sequence[tuple[int, Row]]) -> HeaderProposal:
    """Judge the first rows, each with its place in the file. 建议表头行。

    The table begins with the first row that is about as wide as most rows; what stands above are
    titles. It is the header when its cells are names (no numbers, no dates, hardly one twice) and
    it is unlike the rows below.
    """
    filled = [(place, row) for place, row in rows if _count(row)]
    if not filled:
        return HeaderProposal(0, msg("there are no rows"))
    width = _usual_width([row for _, row in filled])
    at = next(at for at, (_, row) in enumerate(filled) if _count(row) >= 0.6 * width)
    place, row = filled[at]
    if not _looks_like_names(row):
        return HeaderProposal(0, msg("the first row of the table holds values, not names"))
    if _alike(row, [later for _, later in filled[at + 1 :]]):
        return HeaderProposal(0, msg("the first row looks like the rows below it"))
    return HeaderProposal(place, msg("the first full row holds names"))


def _count(row: Row) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _usual_width(rows: Sequence[Row]) -> int:
    """The commonest number of filled cells; of equally common ones the largest."""
    widths = Counter(_count(row) for row in rows)
    return max(widths, key=lambda width: (widths[width], width))


def _is_value(cell: str) -> bool:
    """A number, a date, a code: it has digits and no letters; or it says that there is none."""
    text = cell.strip()
    if text in _NOTHING:
        return True
    has_digit = any(one.isdigit() for one in text)
    return has_digit and not _LETTER.search(_DATE_WORDS.sub("", text))


def _looks_like_names(row: Row) -> bool:
    names = [cell.strip() for cell in row if cell and cell.strip()]
    values = sum(1 for name in names if _is_value(name) and not _YEAR.fullmatch(name))
    return values <= 0.5 * len(names) and len(set(names)) >= 0.5 * len(names)


def _alike(first: Row, later: Sequence[Row]) -> bool:
    """Whether the first row holds values where the rows below hold values too."""
    valued = [at for at, cell in enumerate(first) if cell and _is_value(cell)]
    if not later or not valued or any(_YEAR.fullmatch(first[at] or "") for at in valued):
        return False
    below = sum(1 for at in valued if _share(later, at) > 0.8)
    return below >= max(1, len(valued) * 0.8)


def _share(rows: Sequence[Row], at: int) -> float:
    cells = [row[at] for row in rows if at < len(row) and row[at]]
    return sum(1 for cell in cells if cell and _is_value(cell)) / len(cells) if cells else 0


def name_columns(header: Sequence[Cell], width: int) -> tuple[list[str], list[Note]]:
    """Names for all columns; blank and doubled ones are changed in a fixed way and noted. 列名。

    A blank name becomes `column_N`, the second `name` becomes `name_2`; spaces and line breaks at
    the ends go, line breaks inside become one space.
    """
    names: list[str] = []
    notes: list[Note] = []
    taken: set[str] = set()
    for at in range(width):
        raw = header[at] if at < len(header) else None
        plain = re.sub(r"[ \t]*[\r\n]+[ \t]*", " ", (raw or "").strip())
        name = _free(plain or f"column_{at + 1}", taken)
        taken.add(name.casefold())
        names.append(name)
        if name != (raw or ""):
            notes.append(_renamed(at + 1, raw, plain, name))
    return names, notes


def _free(name: str, taken: set[str]) -> str:
    if name.casefold() not in taken:
        return name
    number = 2
    while f"{name}_{number}".casefold() in taken:
        number += 1
    return f"{name}_{number}"


def _renamed(column: int, raw: Cell, plain: str, name: str) -> Note:
    params = {"column": column, "raw": raw or "", "name": name}
    if not plain:
        return Note("header_blank", msg("Column %(column)s has no name; it is %(name)s."), params)
    if name != plain:
        text = msg("Column %(column)s is a second %(raw)s; it is %(name)s.")
        return Note("header_doubled", text, params)
    text = msg("The name of column %(column)s was freed of spaces and line breaks.")
    return Note("header_trimmed", text, params)
