"""The listed differences of a delivery, as a page shows them. 差异清单页。"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.kernel.ui.lists import Column, Empty, Filter, ListQuery, ListSlice, ListSpec, Provider
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.connect.models import Delivery

from .receiving import ref_of

DIFFERENCES = ListSpec(
    name="differences",
    columns=(
        Column("row", msg("Row"), "row", kind="number"),
        Column("column", msg("Column"), "column"),
        Column("kind", msg("What differs"), "kind"),
        Column("stored", msg("As stored"), "stored", kind="code"),
        Column("read", msg("As read"), "read", kind="code"),
    ),
    filters=(Filter("kind", msg("What differs"), "text"), Filter("column", msg("Column"), "text")),
    export="differences",
    empty=Empty(msg("Nothing differs"), msg("Every cell reads as it was stored.")),
)


def list_differences(actor: Actor, delivery: Delivery) -> Provider:
    """Pages of the listed differences, personal columns masked. 差异分页。"""
    masks = catalog.masks_for(actor, delivery.resource) if delivery.resource else {}

    def provide(query: ListQuery) -> ListSlice:
        if not delivery.listed:
            return ListSlice([])
        where, parameters = _narrow(query)
        after = int(query.after[0]) if query.after else 0
        page = pool.list_rows(
            delivery.listed, where=where, parameters=parameters, after=after, limit=query.limit
        )
        rows = [_mask(dict(zip(page.columns, cells, strict=True)), masks) for _, cells in page.rows]
        if masks and rows:
            ledger.record_read(
                actor,
                on=ref_of(delivery),
                purpose="",
                columns=sorted(masks),
                rows=len(rows),
                where="differences",
            )
        return ListSlice(rows, [page.next_after] if page.more else None)

    return provide


def _narrow(query: ListQuery) -> tuple[str, list[object]]:
    names = [name for name in ("kind", "column") if query.filters.get(name)]
    where = " AND ".join(f"{pool.quote_name(name)} = ?" for name in names)
    return where, [query.filters[name] for name in names]


def _mask(row: dict[str, str | None], masks: dict[str, str]) -> dict[str, str | None]:
    element = masks.get(row["column"] or "")
    if element:
        for name in ("stored", "read"):
            row[name] = standards.mask_value(element, row[name])
    return row
