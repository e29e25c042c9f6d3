"""A workbook to fill records in. 导入模板。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from django.utils.translation import gettext

from yiwang.kernel.base.text import msg
from yiwang.kernel.files import services as files
from yiwang.kernel.records.types import Entity, Field, FieldKind, Wanted
from yiwang.kernel.tabular.styled import Choices, Cover, Line, Sheet, write_workbook
from yiwang.kernel.tabular.styled import Field as Column
from yiwang.kernel.ui.labels import in_language

from .cells import label_choice
from .desk import Desk
from .headings import ID_HEADING, NEEDED, list_headings
from .importing import importable
from .naming import list_choices
from .reading import list_records

LINES = 300
LISTED = 1_000
"""Codes or linked records of one drop-down; of more, none is offered. 下拉上限。"""
LINKED = 200
HINTS: Mapping[FieldKind, str] = {
    "date": msg("a date as 2026-11-22"),
    "datetime": msg("a time as 2026-11-22 08:30"),
    "integer": msg("a whole number"),
    "number": msg("a number"),
    "boolean": msg("yes or no"),
    "choices": msg("several choices, with ; between"),
    "link": msg("the name, the key or the ID of a record"),
    "person": msg("a name or sign-in name"),
    "organization": msg("the name or code of an organization"),
    "point": msg("longitude and latitude, as 116.39,39.90"),
    "group": msg("rows as a JSON list"),
}
STEPS = (
    msg("Fill in the yellow columns of the next sheet, one record a row."),
    msg("Columns with * are needed for a new record. What may be left out may stay empty."),
    msg("To change a record, export it first: the column 编号 ID says which one a row means."),
    msg("Save, and choose the file on the import page. Nothing changes before you saw what would."),
)


def open_template(desk: Desk, code: str) -> BinaryIO:
    """A workbook with the headings, hints and drop-downs of an entity, opened. 导入模板。

    Holders of the verb import.
    """
    entity = desk.require(code, "import")
    fields = fillable(desk, entity)
    lists = list_codes(desk, fields)
    with files.scratch("template") as folder:
        target = folder / "template.xlsx"
        write_workbook(target, write_cover(entity, fields), [_sheet(entity, fields, lists)], lists)
        return target.open("rb")


def fillable(desk: Desk, entity: Entity) -> dict[str, Field]:
    """The fields that a sheet can fill in. 可填字段。"""
    allowed = set(desk.writable(entity.code, "import"))
    told = importable(desk, entity)
    return {key: one for key, one in told.items() if key in allowed and one.kind != "files"}


def list_codes(desk: Desk, fields: Mapping[str, Field]) -> Choices:
    """What the drop-downs offer, by key of the field. 下拉列表。"""
    found = {key: offer(desk, one) for key, one in fields.items()}
    return {key: pairs for key, pairs in found.items() if pairs}


def offer(desk: Desk, field: Field) -> list[tuple[str, str]]:
    """The words that a cell may hold, each with what it stands for. 可选项。"""
    if field.kind == "boolean":
        return [(gettext("Yes"), ""), (gettext("No"), "")]
    if field.kind == "choice":
        codes = [code for code, _ in list_choices(field)]
        return [(label_choice(field, code), code) for code in codes] if len(codes) <= LISTED else []
    if field.kind == "link":
        return _offer_records(desk, field.to)
    return []


def _offer_records(desk: Desk, code: str) -> list[tuple[str, str]]:
    """The titles of linked records, where they are few and no two are alike."""
    if code not in {one.code for one in desk.entities()}:
        return []
    page = list_records(desk, code, Wanted(limit=LINKED))
    titles = [one.title for one in page.records]
    if page.after is not None or len(set(titles)) < len(titles):
        return []
    return [(title, "") for title in sorted(titles)]


def write_cover(entity: Entity, fields: Mapping[str, Field]) -> Cover:
    """The cover: what it is for, each column with what belongs there, what to do. 封面。"""
    headings = list_headings(fields)
    facts = [(headings[key], _hint(one)) for key, one in fields.items()]
    title = in_language(entity.title)
    return Cover(gettext("Read first"), title, facts, [gettext(one) for one in STEPS])


def _hint(field: Field) -> str:
    kind = gettext(HINTS[field.kind]) if field.kind in HINTS else ""
    needed = gettext("needed") if field.required else ""
    unit = in_language(field.unit)
    return " · ".join(part for part in (kind, unit, needed, in_language(field.help)) if part) or "–"


def _sheet(entity: Entity, fields: Mapping[str, Field], lists: Choices) -> Sheet:
    headings = list_headings(fields)
    columns = [Column(ID_HEADING, open=True)]
    columns += [
        Column(f"{headings[key]}{NEEDED if one.required else ''}", width=18, open=True)
        for key, one in fields.items()
    ]
    return Sheet(in_language(entity.title), columns, _lines(fields, lists), frozen=1)


def _lines(fields: Mapping[str, Field], lists: Choices) -> Iterator[Line]:
    pick = {at: key for at, key in enumerate(fields, 1) if key in lists}
    for _ in range(LINES):
        yield Line([None] * (len(fields) + 1), pick=pick)
