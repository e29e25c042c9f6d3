"""What confirmed elements read otherwise than the text as shown. 类型读取差异。

The table keeps the text as shown; where a person has said what a column is, each cell that reads
otherwise (2023.3.5 as 2023-03-05) or cannot be read at all is counted and listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yiwang.kernel.base.text import msg
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged
from yiwang.kernel.standards import services as standards
from yiwang.kernel.tabular import services as tabular
from yiwang.kernel.tabular.types import Difference
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.catalog.types import ItemInfo

from .differences import DifferenceList

TYPED_KINDS: dict[str, str] = {
    "typed.spaces": msg("spaces around the value left away"),
    "typed.width": msg("full-width characters read as half-width"),
    "typed.style": msg("date, number or code written another way"),
    "typed.not_a_number": msg("number expected, none found"),
    "typed.not_a_date": msg("date expected, none found"),
    "typed.not_a_datetime": msg("date and time expected, none found"),
}


def label_difference(kind: str) -> str:
    """The message id that says what a kind of difference means. 差异说明。"""
    return TYPED_KINDS.get(kind) or tabular.label_kind(kind)


def list_typed_differences(
    staged: Staged, items: Sequence[ItemInfo], known: Resource | None, found: DifferenceList
) -> None:
    """Add the typed differences of every confirmed column. 列出类型差异。"""
    confirmed = {one.name: one.element for one in catalog.list_items(known.id)} if known else {}
    for item in items:
        element = item.element or confirmed.get(item.name, "")
        if element:
            found.add(_differences_of(staged, item.name, element))


def _differences_of(staged: Staged, column: str, element: str) -> Iterator[Difference]:
    known = standards.get_element(element)
    name = pool.quote_name(column)
    kind, read = standards.difference_sql(known, name), standards.read_typed_sql(known, name)
    shown = {"stored": name, "kind": kind, "read": read}
    for row, stored, found, text in pool.read_staged(staged, shown, where="kind <> ''"):
        yield Difference(row, column, f"typed.{found}", stored, text)
