"""Records as a file, masked as on the page. 导出。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.files import services as files
from yiwang.kernel.records.types import Entity, Field, Record, Wanted
from yiwang.kernel.tabular.services import write_csv, write_xlsx
from yiwang.kernel.tabular.types import Cell
from yiwang.kernel.ui.labels import in_language

from .cells import write_cell
from .desk import Desk
from .headings import ID_HEADING, list_headings
from .naming import Names, gather_for_records
from .reading import name_records, stream_records

BLOCK = 500
FORMATS = ("csv", "xlsx")


@dataclass(frozen=True, slots=True)
class OpenExport:
    """A file that was written and is gone from its folder: only the stream holds it. 导出文件。"""

    name: str
    stream: BinaryIO
    rows: int


def open_export(
    desk: Desk, code: str, wanted: Wanted, *, ending: str, purpose: str = ""
) -> OpenExport:
    """Write the records that a filter leaves, in its order, to a file and open it. 打开导出。

    Holders of the verb export. All fields that exist for the reader, masked as on the page, and
    the id of each record. `purpose` is asked where personal data leave in the clear; each part of
    the rows leaves a row in the ledger.
    """
    if ending not in FORMATS:
        raise InvalidInput("records.export.format", "Export as csv or xlsx")
    entity = desk.require(code, "export")
    rows = export_rows(desk, entity, stream_records(desk, code, wanted, purpose))
    with files.scratch("export") as folder:
        target = folder / f"export.{ending}"
        count = write_rows(desk, entity, rows, target)
        stream = target.open("rb")
    return OpenExport(f"{in_language(entity.title)}-{today():%Y%m%d}.{ending}", stream, count)


def write_rows(desk: Desk, entity: Entity, rows: Iterable[list[Cell]], target: Path) -> int:
    """Write rows under the headings of an entity; CSV with formulas defused. 写导出文件。"""
    columns = [ID_HEADING, *list_headings(shown_fields(desk, entity)).values()]
    with target.open("wb") as out:
        if target.suffix == ".csv":
            return write_csv(out, columns, rows)
        return write_xlsx(out, columns, rows, sheet=in_language(entity.title))


def shown_fields(desk: Desk, entity: Entity) -> dict[str, Field]:
    """The fields that exist for the reader. 可见字段。"""
    return {key: entity.fields[key] for key in desk.visible(entity.code)}


def export_rows(desk: Desk, entity: Entity, records: Iterable[Record]) -> Iterator[list[Cell]]:
    """Records as rows of cells, the id first. 导出行。"""
    fields = shown_fields(desk, entity)
    for block in in_blocks(records, BLOCK):
        names = name_all(desk, entity, block)
        for record in block:
            yield [record.id, *write_row(fields, record, names).values()]


def name_all(desk: Desk, entity: Entity, records: Iterable[Record]) -> Names:
    """The names that records mention, as the reader may know them. 名称。"""
    return gather_for_records(
        lambda code, ids: name_records(desk, code, list(ids)), entity.fields, records
    )


def write_row(fields: dict[str, Field], record: Record, names: Names) -> dict[str, Cell]:
    """The cells of a record by field. 记录单元格。"""
    return {key: write_cell(one, record.values.get(key), names) for key, one in fields.items()}
