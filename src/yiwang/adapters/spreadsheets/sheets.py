"""What all kinds of sheets share: choosing one, and what is worth a note. 工作表通用部分。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from yiwang.kernel.base.text import msg
from yiwang.kernel.tabular.headers import SAMPLE_ROWS
from yiwang.kernel.tabular.services import Area, FileRefused, Opened
from yiwang.kernel.tabular.types import Note
from yiwang.kernel.tabular.write import letters_of

_KEPT_AREAS = 2_000


@dataclass
class SheetFacts:
    """What stands beside the cells of a sheet. 工作表附注。"""

    areas: list[Area] = field(default_factory=list)
    merged_count: int = 0
    hidden_rows: int = 0
    hidden_columns: int = 0

    def add_area(self, area: Area) -> None:
        """Count a merged area; those of the first rows are kept, as headings may lie in them. 合并。"""
        self.merged_count += 1
        if area.top <= SAMPLE_ROWS and len(self.areas) < _KEPT_AREAS:
            self.areas.append(area)


def name_area(area: Area) -> str:
    """`B3:C4`. 区域名。"""
    first, last = letters_of(area.left), letters_of(area.right)
    return f"{first}{area.top}:{last}{area.bottom}"


def choose_sheet(names: Sequence[str], opened: Opened) -> list[str]:
    """The sheets asked for: one by name, or all. 选择工作表。"""
    asked = opened.options.sheet
    if asked is None:
        return list(names)
    if asked not in names:
        raise unknown_sheet(opened.name, asked, names)
    return [asked]


def unknown_sheet(file: str, asked: str, names: Sequence[str]) -> Exception:
    """The refusal of a sheet that is not there. 无此工作表。"""
    return FileRefused(
        "tabular.sheet.unknown",
        msg("%(file)s has no sheet %(sheet)s. It has: %(sheets)s."),
        file=file,
        sheet=asked,
        sheets=", ".join(names),
    )


def notes_of(sheet: str, facts: SheetFacts, *, hidden: bool) -> list[Note]:
    """What a reader of the table should know. 说明。"""
    notes: list[Note] = []
    if hidden:
        notes.append(Note("sheet_hidden", msg("The sheet %(sheet)s is hidden."), {"sheet": sheet}))
    if facts.merged_count:
        text = msg("%(count)s merged areas (%(areas)s): the value stands in the first cell only.")
        areas = ", ".join(map(name_area, facts.areas[:8])) or "-"
        notes.append(Note("merged", text, {"count": facts.merged_count, "areas": areas}))
    if facts.hidden_rows:
        text = msg("%(count)s hidden rows were read too.")
        notes.append(Note("rows_hidden", text, {"count": facts.hidden_rows}))
    if facts.hidden_columns:
        text = msg("%(count)s hidden columns were read too.")
        notes.append(Note("columns_hidden", text, {"count": facts.hidden_columns}))
    return notes
