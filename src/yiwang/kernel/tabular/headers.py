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
_LIST_NAME = re.compile(
    r"(?:名称?|姓名|编[号码]|代码|号码?|地址|类[别型]|日期|时间|序号|标题|内容|单位|电话|备注|说明|关键词)$"
    r"|^(?:[a-z]+_)*(?:id|name|code|title|address|date|value|text|key|type|number|no)s?$",
    re.IGNORECASE,
)
_NOTHING = {"NA", "N/A", "#N/A", "NULL", "null", "None", "nan", "NaN", "无", "-", "/"}


@dataclass(frozen=True, slots=True)
class HeaderProposal:
    """Which row is the header, from 1, or 0 for none, with the reason. 表头建议。"""

    row: int
    reason: str
    confidence: float = 0.9


def propose_header(rows: Sequence[tuple[int, Row]]) -> HeaderProposal:
    """Judge the first rows, each with its place in the file. 建议表头行。

    The table begins with the first row that is about as wide as most rows; what stands above are
    titles. It is the header when its cells are names (no numbers, no dates, hardly one twice) and
    it is unlike the rows below.
    """
    filled = [(place, row) for place, row in rows if count_filled(row)]
    if not filled:
        return HeaderProposal(0, msg("there are no rows"))
    at = first_wide(filled)
    place, row = filled[at]
    if not looks_like_names(row):
        return HeaderProposal(0, msg("the first row of the table holds values, not names"))
    if _alike(row, [later for _, later in filled[at + 1 :]]):
        return HeaderProposal(0, msg("the first row looks like the rows below it"))
    if len(row) == 1 and not _names_a_list(row, [later for _, later in filled[at + 1 :]]):
        return HeaderProposal(
            0, msg("one column, whose first row may be a value like the rest"), 0.6
        )
    return HeaderProposal(place, msg("the first full row holds names"))


def _names_a_list(row: Row, later: Sequence[Row]) -> bool:
    """A heading of one column shows by its word, or by values below it."""
    return (
        not later
        or bool(_LIST_NAME.search((row[0] or "").strip()))
        or share_of_values(later, 0) > 0.6
    )


def first_wide(filled: Sequence[tuple[int, Row]]) -> int:
    """The first of these rows that is about as wide as most of them. 首个完整行。"""
    width = usual_width([row for _, row in filled])
    return next(at for at, (_, row) in enumerate(filled) if count_filled(row) >= 0.6 * width)


def count_filled(row: Row) -> int:
    """How many cells show something. 有内容的单元格数。"""
    return sum(1 for cell in row if cell and cell.strip())


def usual_width(rows: Sequence[Row]) -> int:
    """The number of filled cells under which most of the cells stand. 通常宽度。"""
    widths = Counter(count_filled(row) for row in rows)
    return max(widths, key=lambda width: (widths[width] * width, width), default=0)


def is_value(cell: str) -> bool:
    """A number, a date, a code: it has digits and no letters; or it says that there is none."""
    text = cell.strip()
    if text in _NOTHING:
        return True
    has_digit = any(one.isdigit() for one in text)
    return has_digit and not _LETTER.search(_DATE_WORDS.sub("", text))


def is_year(cell: Cell) -> bool:
    """A year, which names a column as often as it is a value. 是否年份。"""
    return bool(_YEAR.fullmatch(cell or ""))


def looks_like_names(row: Row) -> bool:
    """Hardly a value, hardly a name twice. 是否像列名。"""
    names = [cell.strip() for cell in row if cell and cell.strip()]
    values = sum(1 for name in names if is_value(name) and not is_year(name))
    return values <= 0.5 * len(names) and len(set(names)) >= 0.5 * len(names)


def _alike(first: Row, later: Sequence[Row]) -> bool:
    """Whether the first row holds values where the rows below hold values too."""
    valued = [at for at, cell in enumerate(first) if cell and is_value(cell)]
    if not later or not valued or any(is_year(first[at]) for at in valued):
        return False
    below = sum(1 for at in valued if share_of_values(later, at) > 0.8)
    return below >= max(1, len(valued) * 0.8)


def share_of_values(rows: Sequence[Row], at: int) -> float:
    """How much of a column is values. 列中数值占比。"""
    cells = [row[at] for row in rows if at < len(row) and row[at]]
    return sum(1 for cell in cells if cell and is_value(cell)) / len(cells) if cells else 0


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
