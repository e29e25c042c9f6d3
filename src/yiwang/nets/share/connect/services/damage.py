"""Codes that were damaged before they were sent. 来件已有的损坏。

A spreadsheet keeps fifteen digits of a number: of an identity number typed as a number the last
three become zeros, or it is saved as 1.10101E+17. That is no wrong check digit, and the sender can
only mend it at the source. Readers of sheets see the stored number and list such cells themselves;
for text this is asked of the columns that look like codes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged
from yiwang.kernel.standards import services as standards
from yiwang.kernel.tabular.types import Difference
from yiwang.nets.share.catalog.types import ItemInfo

from .differences import DifferenceList

_SHEETS = {"xlsx", "xls"}
_SCIENTIFIC = "[0-9]([.][0-9]+)?[eE][+]?[0-9]{2}"
_ZEROED = "[1-9][0-9]{14}000"
_TRUNCATED = "[1-9][0-9]{14}(0|00|0000)"


def list_damage(
    staged: Staged, items: Sequence[ItemInfo], source_format: str, found: DifferenceList
) -> None:
    """Add the damaged cells of every column that holds checked codes. 列出损坏的代码。"""
    if source_format in _SHEETS:
        return
    known = standards.get_elements()
    longest = {column.name: column.longest for column in staged.profile}
    for item in items:
        element = known.get(item.element or item.suggested)
        if element and (element.check or element.pattern) and longest.get(item.name, 0) > 6:
            check = standards.check_sql(element, pool.quote_name(item.name))
            found.add(_damage_of(staged, item.name, check))


def _damage_of(staged: Staged, column: str, check: str) -> Iterator[Difference]:
    name = pool.quote_name(column)
    kind = (
        f"CASE WHEN regexp_full_match({name}, '{_SCIENTIFIC}') THEN 'scientific'"
        f" WHEN regexp_full_match({name}, '{_ZEROED}') AND NOT coalesce({check}, false)"
        f" THEN 'spreadsheet_zeroed'"
        f" WHEN regexp_full_match({name}, '{_TRUNCATED}') AND NOT coalesce({check}, false)"
        f" THEN 'truncated_16' ELSE '' END"
    )
    shown = {"stored": name, "kind": kind}
    for row, stored, found in pool.read_staged(staged, shown, where="kind <> ''"):
        yield Difference(row, column, found, stored, stored)
