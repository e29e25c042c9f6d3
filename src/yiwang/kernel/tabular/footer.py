"""Notes and totals under a table. 表尾判定。"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .headers import count_filled
from .types import Row

TAIL_ROWS = 24
_MOST = 12
_SOURCES = r"(?:数据|资料|信息)?来源|(?:填表|填报|编制|指标|数据|补充)?说明|指标解释"
_PEOPLE = r"(?:制表|填表|填报|审核|复核|批准|负责|经办|联系|打印|导出|统计|报送|单位负责)"
_NOTE = re.compile(
    r"[\s*※★#]*[(（【\[]?\s*(?:"
    rf"备\s*注|附\s*注|注\s*\d{{0,2}}(?=[:\uff1a、.\s])|{_SOURCES}"
    rf"|{_PEOPLE}(?:人|员|单位|部门|日期|时间|电话)(?:签[字章名])?"
    r"|notes?\b|sources?\b|remarks?\b|footnotes?\b)\s*\d{0,2}\s*[)）】\]]?\s*(?:[:\uff1a]|[、.\s]\s*\S)",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[共计合总]{1,2}\s*[:\uff1a]?\s*\d+\s*[条行项户人个笔家件]?\s*(?:记录|数据)?"
)
_TOTAL = re.compile(
    r"(?:本页|本表|全[市县区省]|期末)?\s*(?:合\s*计|总\s*计|共\s*计)\s*[:\uff1a]?"
    r"|(?:grand\s+)?totals?\s*:?|sum\s*:?",
    re.IGNORECASE,
)


def find_footer(tail: Sequence[tuple[int, Row]], width: int) -> tuple[int, ...]:
    """The places of rows at the end that are no rows of the table. 判定表尾行。

    `tail` are the last rows of the file (none above the data), `width` how many columns have a
    name. From the end upwards: notes, totals, and lone lines that a gap or a note parts from the
    table.
    """
    found: list[int] = []
    pending: list[int] = []
    filled = [(at, place, row) for at, (place, row) in enumerate(tail) if count_filled(row)]
    usual = width or max((count_filled(row) for _, _, row in filled), default=0)
    for at, place, row in reversed(filled):
        if len(found) + len(pending) >= _MOST:
            break
        if _is_note(row, usual) or _is_total(row, usual, [other for _, _, other in filled]):
            found += [*pending, place]
            pending = []
        elif usual >= 3 and count_filled(row) == 1:
            pending.append(place)
            if _stands_apart(tail, at):
                found, pending = [*found, *pending], []
        else:
            break
    everything = len(found) == len(filled)
    return () if everything else tuple(sorted(found))


def _first(row: Row) -> str:
    return next((cell.strip() for cell in row if cell and cell.strip()), "")


def _is_note(row: Row, width: int) -> bool:
    narrow = width >= 2 and count_filled(row) <= max(1, width // 2)
    return narrow and bool(_NOTE.match(_first(row)) or _COUNTED.fullmatch(_first(row)))


def _is_total(row: Row, width: int, rows: Sequence[Row]) -> bool:
    """A row that says so in one of its first cells; no other row does, so it is no category."""
    if width < 2 or count_filled(row) < 2:
        return False
    at = next(
        (at for at, cell in enumerate(row[:3]) if cell and _TOTAL.fullmatch(cell.strip())), -1
    )
    if at < 0:
        return False
    said = sum(1 for other in rows if at < len(other) and _same(other[at], row[at]))
    return said == 1


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").strip() == (other or "").strip()


def _stands_apart(tail: Sequence[tuple[int, Row]], at: int) -> bool:
    """An empty row stands above."""
    if at == 0:
        return False
    above_place, above = tail[at - 1]
    return not count_filled(above) or tail[at][0] > above_place + 1
