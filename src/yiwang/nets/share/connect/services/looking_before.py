"""What a preview shows: rows as they stand, what each column would be, masked on suspicion. 预览内容。

Nothing has landed and nobody has said yet what is personal, so every column that looks personal is
masked, for its sender too. A row that was proposed as headings is shown as it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import get_language

from yiwang.kernel.base.act import Actor
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import Suggestion
from yiwang.kernel.tabular.preview import FilePreview, ReadHead, TableHead, read_head
from yiwang.kernel.tabular.types import Row
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.sight import guard_columns
from yiwang.nets.share.catalog.types import ItemInfo
from yiwang.nets.share.connect.models import Delivery
from yiwang.nets.share.connect.types import Instructions

from .holding import describe_drift
from .landing import options_of
from .previewing import expected_of, get_open, landing_names, open_preview
from .receiving import ref_of

SHOWN_ROWS = 20
SHOWN_LAST = 6
SHOWN_VALUES = 3
SHOWN_CELL = 40
LIKELY = 3
_LONG_NUMBER = re.compile(r"\d{7,}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A first value, and what the typed reading makes of it. 样例读法。"""

    stored: str
    read: str
    problem: str = ""
    differs: bool = False


@dataclass(frozen=True, slots=True)
class ColumnLook:
    """What one column would become. 列预览。"""

    number: int
    heading: str
    name: str
    element: str
    suggestions: tuple[Suggestion, ...]
    readings: tuple[Reading, ...]
    filled: int
    unreadable: int
    masked: str
    key: bool
    kept: bool
    fresh: bool = False

    @property
    def shown(self) -> str:
        """The heading as it may be shown: a value in its place is masked too. 显示列名。"""
        return show_heading(self.heading, self.masked)

    @property
    def others(self) -> list[Suggestion]:
        """The other suggestions, should the chosen one be wrong. 其他推荐。"""
        return [one for one in self.suggestions if one.code != self.element]

    @property
    def reasons(self) -> list[str]:
        """Why the first suggestion is made, in the reader's language. 推荐理由。"""
        best = next((one for one in self.suggestions if one.code == self.element), None)
        chinese = (get_language() or "").startswith("zh")
        return [one.zh if chinese else one.en for one in best.reasons] if best else []

    @property
    def confidence(self) -> int:
        """How sure the chosen suggestion is, in percent. 把握。"""
        best = next((one for one in self.suggestions if one.code == self.element), None)
        return min(99, round(best.score * 100)) if best else 0


@dataclass(frozen=True, slots=True)
class PictureRow:
    """One raw row: its place, what it is taken for, its cells and which are masked. 原始行。"""

    place: int
    part: str
    cells: list[tuple[str | None, bool]]
    gap: bool = False


@dataclass(frozen=True, slots=True)
class PreviewLook:
    """Everything that the page of a preview shows. 预览。"""

    delivery: Delivery
    found: FilePreview
    told: Instructions
    table: TableHead | None = None
    read: ReadHead | None = None
    columns: list[ColumnLook] = field(default_factory=list)
    picture: list[PictureRow] = field(default_factory=list)
    drift: str = ""
    known: catalog.Resource | None = None
    footer_proposed: int = 0

    @property
    def masked(self) -> list[str]:
        """The headings of columns that are masked. 脱敏列。"""
        return [one.shown for one in self.columns if one.masked]

    @property
    def headings(self) -> list[str]:
        """The headings as read under these instructions. 表头。"""
        return self.read.columns if self.read else []


def look_preview(
    actor: Actor, delivery_id: str, told: Instructions | None = None, *, name: str = ""
) -> PreviewLook | None:
    """The preview of a delivery under these instructions, None while there is none. 查看预览。

    Holders of `share.delivery.land` for the owner. Leaves a read row where a column looks personal.
    """
    delivery = get_open(actor, delivery_id)
    found = open_preview(delivery)
    if found is None:
        return None
    told = told or Instructions.from_json(delivery.instructions)
    known = catalog.find_of_owner(delivery.owner, name or delivery.resource_name)
    look = PreviewLook(delivery, found, told, known=known)
    look = look_at(look)
    if look.masked:
        ledger.record_read(
            actor,
            on=ref_of(delivery),
            purpose="",
            columns=look.masked,
            rows=len(look.picture),
            where="preview",
        )
    return look


def look_at(look: PreviewLook) -> PreviewLook:
    """The first table of what was found, under the instructions. 预览一张表。"""
    if not look.found.tables:
        return look
    table, told, known = look.found.tables[0], look.told, look.known
    asked = options_of(told)
    read = read_head(table, asked)
    proposed = read_head(table, replace(asked, header_row=None, header_rows=None))
    ends = read_head(table, replace(asked, footer_rows=None))
    before = _guards(proposed, told, known) if proposed.header_row != read.header_row else {}
    columns = _look_columns(read, told, known, before)
    guards = {read.places[one.number]: one.masked for one in columns if one.masked}
    return replace(
        look,
        table=table,
        read=read,
        columns=columns,
        picture=_draw(table, read, guards, proposed),
        drift=_drift(read, told, known),
        footer_proposed=len(ends.footer),
    )


def _guards(read: ReadHead, told: Instructions, known: catalog.Resource | None) -> dict[int, str]:
    """What masks the cells of a row under the proposed headings, whatever row a person chose."""
    columns = _look_columns(read, told, known, {})
    return {read.places[one.number]: one.masked for one in columns if one.masked}


def _drift(read: ReadHead, told: Instructions, known: catalog.Resource | None) -> str:
    if known is None or not known.table:
        return ""
    expected, found = expected_of(known.id), landing_names(read.columns, told)
    return describe_drift(expected, found) if expected != found else ""


def _look_columns(
    read: ReadHead,
    told: Instructions,
    known: catalog.Resource | None,
    before: Mapping[int, str],
) -> list[ColumnLook]:
    items = {one.name: one for one in catalog.list_items(known.id)} if known else {}
    columns = []
    for number, heading in enumerate(read.columns):
        values = [row[number] for _, row in read.rows if number < len(row)]
        look = _look_column(number, heading, values, told, items)
        guard = before.get(read.places[number], "")
        if guard and not look.masked:
            look = replace(
                look, masked=guard, readings=tuple(_cover(one, guard) for one in look.readings)
            )
        columns.append(look)
    return columns


def _cover(reading: Reading, guard: str) -> Reading:
    return replace(
        reading,
        stored=catalog.hide(guard, reading.stored) or "",
        read=catalog.hide(guard, reading.read) or "",
    )


def _look_column(
    number: int,
    heading: str,
    values: Sequence[str | None],
    told: Instructions,
    items: Mapping[str, ItemInfo],
) -> ColumnLook:
    name = told.names.get(heading, heading)
    item = items.get(name)
    suggestions = tuple(standards.suggest_elements(heading, values, limit=LIKELY))
    best = suggestions[0].code if suggestions else ""
    filled = [value for value in values if value is not None and value.strip()]
    worth = best if best and standards.is_worth_proposing(heading, best, Counter(filled)) else ""
    element, confirmed = _element_of(heading, told, item, worth)
    mask = _mask_of(name, element, "" if confirmed else best)
    readings = [_read(element, value, mask) for value in filled]
    return ColumnLook(
        number=number,
        heading=heading,
        name=name,
        element=element,
        suggestions=suggestions,
        readings=tuple(readings[:SHOWN_VALUES]),
        filled=len(filled),
        unreadable=sum(1 for one in readings if one.problem),
        masked=mask,
        key=heading in told.key or name in told.key,
        kept=heading not in told.left_out,
        fresh=bool(items) and item is None,
    )


def _element_of(
    heading: str, told: Instructions, item: ItemInfo | None, best: str
) -> tuple[str, bool]:
    """The element of a column, and whether a person has said so about the resource's item."""
    confirmed = bool(item and (item.element or item.declined))
    known = item.element if item and confirmed else best
    return told.columns.get(heading, known), confirmed


def _mask_of(name: str, element: str, suspected: str) -> str:
    """What masks a column: what it is said to be, or looks like while nobody has confirmed else."""
    for code in (element, suspected):
        found = guard_columns([ItemInfo(name, 0, element=code)], [name]) if code else {}
        if found:
            return found[name]
    return ""


def _read(element: str, value: str, mask: str) -> Reading:
    shown = catalog.hide(mask, value) or "" if mask else value
    shown = shown[:SHOWN_CELL]
    if not element or standards.find_element(element) is None:
        return Reading(shown, shown)
    typed = standards.read_typed(element, value)
    if typed.text is None:
        return Reading(shown, "", problem=typed.problem or "unreadable")
    read = (catalog.hide(mask, typed.text) or "" if mask else typed.text)[:SHOWN_CELL]
    return Reading(shown, read, differs=bool(typed.difference))


def _draw(
    table: TableHead, read: ReadHead, guards: Mapping[int, str], proposed: ReadHead
) -> list[PictureRow]:
    """The first and the last rows as they stand, each said what it is taken for."""
    data = {place for place, _ in read.rows}
    free = set(range(proposed.header_row, proposed.header_row + proposed.header_rows))
    every = [*table.rows, *table.tail]
    shown = [*every[:SHOWN_ROWS], *every[SHOWN_ROWS:][-SHOWN_LAST:]]
    rows: list[PictureRow] = []
    for place, cells in shown:
        part = _part(place, read, data)
        hidden = _hide_row(cells, guards, part, free=part == "head" and place in free)
        gap = bool(rows) and place > rows[-1].place + 1
        rows.append(PictureRow(place, part, hidden, gap=gap))
    return rows


def _part(place: int, read: ReadHead, data: set[int]) -> str:
    if read.header_row and read.header_row <= place < read.header_row + read.header_rows:
        return "head"
    if place in data:
        return "data"
    return "above" if place < read.header_row else "foot"


def _hide_row(
    cells: Row, guards: Mapping[int, str], part: str, *, free: bool
) -> list[tuple[str | None, bool]]:
    shown = []
    for at, cell in enumerate(cells):
        guard = "" if free else guards.get(at, "")
        if cell is None or (guard and part == "head" and names_itself(cell)):
            shown.append((cell, False))
        elif guard:
            shown.append(((catalog.hide(guard, cell) or "")[:SHOWN_CELL], True))
        else:
            plain = cell if part == "data" else _LONG_NUMBER.sub(_hide_number, cell)
            shown.append((plain[:SHOWN_CELL], plain != cell))
    return shown


def names_itself(cell: str) -> bool:
    """Whether a cell is the name of a datum rather than one: it has no digit and names one. 是否列名。"""
    return not any(one.isdigit() for one in cell) and bool(
        standards.suggest_elements(cell, [], limit=1)
    )


def show_heading(heading: str, guard: str) -> str:
    """A heading, masked where it holds a value of a masked column. 显示表头。"""
    if not guard or names_itself(heading) or heading.startswith("column_"):
        return heading
    return catalog.hide(guard, heading) or ""


def _hide_number(found: re.Match[str]) -> str:
    return found[0][:3] + "*" * (len(found[0]) - 3)
