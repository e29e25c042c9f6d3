"""Where the table of a grid begins and ends. 表格边界判定。

`propose_frame` is asked by the readers and by whoever shows a file before it is landed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from yiwang.kernel.base.text import msg

from .footer import find_footer
from .headers import (
    count_filled,
    first_wide,
    is_value,
    is_year,
    looks_like_names,
    propose_header,
    share_of_values,
    usual_width,
)
from .types import Note, Row

MOST_HEADER_ROWS = 3
_MOSTLY = 0.8
_OFTEN = 0.6
_NUMBERING = {"栏次", "列次", "甲", "乙", "丙", "丁"}
_NUMBERING = {"栏次", "列次", "甲", "乙", "丙", "丁"}


class Area(NamedTuple):
    """A merged area: rows as people count them, columns from 0, the last ones inside. 合并区域。"""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Frame:
    """Which rows of a file are its table. 表格边界。

    Rows are places in the file, from 1. `header_row` 0 means that there is none. `header_rows` is
    how many rows name the columns together; only where `sure` they are taken so unasked.
    `numbered` is the row under the header that only numbers the columns, 0 for none. `footer` are
    the places of notes and totals under the table. `confidence` goes from 0 to 1.
    """

    header_row: int
    header_rows: int = 1
    first_row: int = 1
    footer: tuple[int, ...] = ()
    numbered: int = 0
    sure: bool = True
    confidence: float = 1.0
    reasons: tuple[Note, ...] = ()

    @property
    def rows_used(self) -> int:
        """How many header rows are taken unasked. 采用的表头行数。"""
        return self.header_rows if self.sure else min(1, self.header_rows)


Placed = tuple[int, Row]


def propose_frame(
    rows: Sequence[Placed], tail: Sequence[Placed] = (), merged: Sequence[Area] = ()
) -> Frame:
    """Judge the first and the last rows of a file, each with its place. 建议表格边界。

    `rows` are the first ones (60 are enough), `tail` the last ones (empty: nothing is said about
    the foot), `merged` the merged areas among the first rows where the format knows them.
    """
    filled = [(place, row) for place, row in rows if count_filled(row)]
    header = propose_header(rows)
    if not filled or not header.row:
        first = filled[first_wide(filled)][0] if filled else 1
        reasons = [Note("frame_header", header.reason)]
        footer = _footer(tail, first, (), reasons)
        return Frame(0, 0, first, footer, 0, True, header.confidence, tuple(reasons))
    at = next(at for at, (place, _) in enumerate(filled) if place == header.row)
    block = _find_block(filled, at, merged)
    return _frame(filled, block, header.reason, header.confidence, tail)


class _Block(NamedTuple):
    """Header rows from `first` to `last` (indices into the filled rows)."""

    first: int
    last: int
    sure: bool
    reason: str


def _frame(
    filled: Sequence[Placed], block: _Block, reason: str, confidence: float, tail: Sequence[Placed]
) -> Frame:
    place = filled[block.first][0]
    count = block.last - block.first + 1
    reasons = [Note("frame_header", reason)]
    if count > 1:
        reasons.append(Note("frame_rows", block.reason))
        confidence = min(confidence, 0.9 if block.sure else 0.5)
    used = block.last if block.sure else block.first
    below = filled[used + 1 :]
    numbered = below[0][0] if below and numbers_columns(below[0][1], filled[block.last][1]) else 0
    if numbered:
        reasons.append(Note("frame_numbers", msg("the row below only numbers the columns")))
        below = below[1:]
    last = numbered or filled[used][0]
    heading = [row for _, row in filled[block.first : used + 1]]
    footer = _footer(tail, last + 1, heading, reasons)
    first = below[0][0] if below else last + 1
    return Frame(place, count, first, footer, numbered, block.sure, confidence, tuple(reasons))


def _footer(
    tail: Sequence[Placed], first: int, heading: Sequence[Row], reasons: list[Note]
) -> tuple[int, ...]:
    below = [(place, row) for place, row in tail if place >= first]
    footer = find_footer(below, len({at for row in heading for at in _places(row)}))
    if footer:
        text = msg("notes or totals stand under the table (%(count)s rows)")
        reasons.append(Note("frame_footer", text, {"count": len(footer)}))
    return footer


def _find_block(filled: Sequence[Placed], at: int, merged: Sequence[Area]) -> _Block:
    """The header rows around the row that was found: groups above it, parts below it."""
    for first in range(max(0, at - 2), at + 1):
        last, sure, reason = first, True, ""
        for evidence in _chain(filled, first, merged):
            last, sure, reason = last + 1, sure and evidence.sure, evidence.reason
        if last > first and last >= at:
            complete = _covers(filled[first : last + 1], filled[last + 1 :])
            return _Block(first, last, sure and complete, reason)
    return _Block(at, at, True, "")


def _covers(heading: Sequence[Placed], below: Sequence[Placed]) -> bool:
    """Together the header rows name nearly as many columns as the rows below fill."""
    named = {at for _, row in heading for at in _places(row)}
    return len(named) >= 0.8 * usual_width([row for _, row in below])


class _Evidence(NamedTuple):
    sure: bool
    reason: str


def _chain(filled: Sequence[Placed], first: int, merged: Sequence[Area]) -> Iterator[_Evidence]:
    for at in range(first, min(first + MOST_HEADER_ROWS, len(filled)) - 1):
        names = filled[at][1], filled[at + 1][1]
        below = [row for _, row in filled[at + 2 :] if row not in names]
        evidence = _joins(filled[at], filled[at + 1], below, merged)
        if evidence is None:
            return
        yield evidence


def _joins(
    upper: Placed, lower: Placed, below: Sequence[Row], merged: Sequence[Area]
) -> _Evidence | None:
    """Whether the upper row groups the names of the lower one, and what speaks for it."""
    if lower[0] != upper[0] + 1 or count_filled(lower[1]) < 2 or not _is_group(upper[1]):
        return None
    if not looks_like_names(lower[1]) or _agrees_with(lower[1], below):
        return None
    groups = [area for area in merged if area.top == area.bottom == upper[0]]
    if any(_parts_under(area, lower[1]) >= 2 for area in groups):
        standing = any(area.top <= upper[0] and area.bottom >= lower[0] for area in merged)
        sure = standing or _contrasts(lower[1], below) or _repeats(lower[1])
        return _Evidence(sure, msg("merged cells above group the names below them"))
    return _by_gaps(upper[1], lower[1], below)


def _is_group(row: Row) -> bool:
    """Names, at least two, none of them a label with its value (`单位:万元`)."""
    cells = [cell for cell in row if cell and cell.strip()]
    return len(cells) >= 2 and not any(":" in cell or "：" in cell for cell in cells)


def _parts_under(area: Area, lower: Row) -> int:
    return count_filled(lower[area.left : area.right + 1]) if area.right > area.left else 0


def _by_gaps(upper: Row, lower: Row, below: Sequence[Row]) -> _Evidence | None:
    """Without merged cells: gaps above that names fill below, and the other way round."""
    above, parts = _places(upper), _places(lower)
    children = {at for at in parts - above if _parent(at, above) in parts}
    standing = above - parts
    if not children or parts - above != children or not (standing or _repeats(lower)):
        return None
    return _Evidence(
        _contrasts(lower, below), msg("gaps in the upper row are filled by names in the row below")
    )


def _places(row: Row) -> set[int]:
    return {at for at, cell in enumerate(row) if cell and cell.strip()}


def _parent(at: int, above: set[int]) -> int:
    return max((one for one in above if one < at), default=-1)


def _repeats(row: Row) -> bool:
    names = [cell.strip() for cell in row if cell and cell.strip()]
    return len(set(names)) < len(names)


def _contrasts(lower: Row, below: Sequence[Row]) -> bool:
    """A column whose cell is a name here and a value in the rows below."""
    return any(
        not is_value(lower[at] or "") and share_of_values(below, at) >= _OFTEN
        for at in _places(lower)
    )


def _agrees_with(lower: Row, below: Sequence[Row]) -> bool:
    """The row holds values where the rows below hold values: it is data."""
    return any(
        is_value(lower[at] or "")
        and not is_year(lower[at])
        and share_of_values(below, at) > _MOSTLY
        for at in _places(lower)
    )


def numbers_columns(row: Row, header: Row) -> bool:
    """A row 1, 2, 3 ... (after 甲, 乙 or 栏次) under the header. 栏次行。"""
    shown = [cell.strip() if cell else "" for cell in row]
    cells = [cell.strip("()（）") for cell in shown]
    certain = cells != shown
    while cells and (not cells[0] or cells[0] in _NUMBERING):
        certain = bool(cells.pop(0)) or certain
    while cells and not cells[-1]:
        cells.pop()
    wanted = [str(number) for number in range(1, len(cells) + 1)]
    return (
        len(cells) >= (2 if certain else 6)
        and cells == wanted
        and count_filled(header) >= len(cells)
    )


def join_header(rows: Sequence[Placed], merged: Sequence[Area]) -> Row:
    """Several header rows as one: groups spread over their parts, joined with `/`. 合并表头。"""
    if len(rows) <= 1:
        return rows[0][1] if rows else []
    width = max(len(row) for _, row in rows)
    full = [[*row, *[None] * (width - len(row))] for _, row in rows]
    touched = [area for area in merged if rows[0][0] <= area.top <= rows[-1][0]]
    if touched:
        _spread_areas(full, rows, touched)
    else:
        _spread_gaps(full)
    return [_join(parts) for parts in zip(*full, strict=True)]


def _spread_areas(full: list[Row], rows: Sequence[Placed], areas: Sequence[Area]) -> None:
    at = {place: index for index, (place, _) in enumerate(rows)}
    for area in areas:
        right = min(area.right + 1, len(full[0]))
        value = full[at[area.top]][area.left] if area.left < right else None
        for place in range(area.top, min(area.bottom, rows[-1][0]) + 1):
            if place in at:
                full[at[place]][area.left : right] = [value] * max(0, right - area.left)


def _spread_gaps(full: list[Row]) -> None:
    for upper, lower in reversed(list(pairwise(full))):
        above = _places(upper)
        for at in sorted(_places(lower) - above):
            parent = _parent(at, above)
            if parent >= 0 and lower[parent]:
                upper[at] = upper[parent]


def _join(cells: Sequence[str | None]) -> str | None:
    parts: list[str] = []
    for cell in cells:
        part = (cell or "").strip()
        if part and part not in parts:
            parts.append(part)
    return "/".join(parts) or None
