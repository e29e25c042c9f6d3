"""Examples from a sheet: letters that were labelled elsewhere. 表格样本。"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.types import Entity, Texts

from .nearest import Example

Row = Mapping[str, str | None]
"""One row of a sheet, by heading. 表格行。"""


def label_rows(
    entity: Entity, texts: Texts, rows: Sequence[Row], names: Collection[str]
) -> list[Example]:
    """Examples that the rows of a sheet give; a row without a category gives none. 读取样本。

    Columns are headed by keys or names of the fields. InvalidInput where one that is needed is
    missing, and names the row whose category is none of `names`, if there are any.
    """
    columns = [_heading(entity, key, rows) for key in (*texts.of, texts.to)]
    found = []
    for number, row in enumerate(rows, start=2):
        *told, category = [(row.get(one) or "").strip() for one in columns]
        if not category or not any(told):
            continue
        if names and category not in names:
            raise InvalidInput(
                "texts.examples.category", "Row %(row)s: there is no category %(category)s",
                row=number, category=category,
            )  # fmt: skip
        found.append(Example(tuple(told), category))
    return found


def _heading(entity: Entity, key: str, rows: Sequence[Row]) -> str:
    """What a field is called in the sheet."""
    headings = {one.strip(): one for one in rows[0]} if rows else {}
    for name in (key, *entity.fields[key].label.values()):
        if name in headings:
            return headings[name]
    raise InvalidInput(
        "texts.examples.column", "The sheet has no column %(column)s",
        column=entity.fields[key].label["zh"],
    )  # fmt: skip
