"""Proposing which row names the columns. 表头判定。"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.kernel.base.text import msg

from .types import Cell, Note, Row

SAMPLE_ROWS = 60
_CANDIDATES = 30
_VALUE = re.compile(
    r"\s*[-+]?[¥$€£]?\d[\d,.\s]*(?:[eE][-+]?\d+)?%?\s*"
    r"|\s*\d{1,4}[-/.年]\d{1,2}(?:[-/.月]\d{1,4}日?)?(?:[T\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?Z?\s*"
)


@dataclass(frozen=True, slots=True)
class HeaderProposal:
    """Which row is the header, from 1, or 0 for none, with the reason. 表头建议。"""

    row: int
    reason: str


def propose_header(rows: Sequence[tuple[int, Row]]) -> HeaderProposal:
    """Judge the first rows, each with its place in the file. 建议表头行。

    The header is the first row that is about as wide as the table, whose cells are names (not
    numbers, not dates, none twice) and that is unlike the rows below it.
    """
    filled = [(place, row) for place, row in rows if any(cell for cell in row)]
    if not filled:
        return HeaderProposal(0, msg("there are no rows"))
    width = _usual_width([row for _, row in filled])
    for at, (place, row) in enumerate(filled[:_CANDIDATES]):
        if _looks_like_names(row, width):
            if at == 0 and _alike(row, [later for _, later in filled[1:]]):
                return HeaderProposal(0, msg("the first row looks like the rows below it"))
            return HeaderProposal(place, msg("the first row whose cells are all names"))
    if _numbers(filled[0][1]):
        return HeaderProposal(0, msg("the first row holds values, and no row holds names"))
    return HeaderProposal(filled[0][0], msg("no row stands out; the first one is taken"))


def _count(row: Row) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _usual_width(rows: Sequence[Row]) -> int:
    return Counter(_count(row) for row in rows).most_common(1)[0][0]


def _numbers(row: Row) -> int:
    return sum(1 for cell in row if cell and _VALUE.fullmatch(cell))


def _looks_like_names(row: Row, width: int) -> bool:
    names = [cell.strip() for cell in row if cell and cell.strip()]
    if len(names) < max(1, 0.6 * width) or (width > 1 and len(names) < 2):
        return False
    if _numbers(row) > 0.5 * len(names):
        return False
    return len(set(names)) >= 0.5 * len(names) and max(map(len, names)) <= 120


def _alike(first: Row, later: Sequence[Row]) -> bool:
    """Whether the first row holds values where the rows below hold values too."""
    if not later:
        return False
    valued = [at for at, cell in enumerate(first) if cell and _VALUE.fullmatch(cell)]
    if not valued:
        return False
    below = [_share(later, at) for at in valued]
    return sum(1 for share in below if share > 0.8) >= max(1, len(valued) * 0.8)


def _share(rows: Sequence[Row], at: int) -> float:
    cells = [row[at] for row in rows if at < len(row) and row[at]]
    return sum(1 for cell in cells if cell and _VALUE.fullmatch(cell)) / len(cells) if cells else 0


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
