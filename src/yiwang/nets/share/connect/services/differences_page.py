"""The listed differences of a delivery, as a page shows them. 差异清单页。"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.pool import services as pool
from yiwang.kernel.ui.lists import Column, Empty, Filter, ListQuery, ListSlice, ListSpec, Provider
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services.permissions import EXPORT, LOOK
from yiwang.nets.share.connect.models import Delivery

from .typing_differences import label_difference

DIFFERENCES = ListSpec(
    name="differences",
    columns=(
        Column("row", msg("Row"), "row", kind="number"),
        Column("column", msg("Column"), "column"),
        Column("kind", msg("What differs"), lambda row: gettext(label_difference(row["kind"]))),
        Column("stored", msg("As stored"), "stored", kind="code"),
        Column("read", msg("As read"), "read", kind="code"),
    ),
    filters=(Filter("kind", msg("What differs"), "text"), Filter("column", msg("Column"), "text")),
    export="differences",
    empty=Empty(msg("Nothing differs"), msg("Every cell reads as it was stored.")),
)


def list_differences(actor: Actor, delivery: Delivery, *, export: bool = False) -> Provider:
    """Pages of the listed differences, personal columns masked. 差异分页。

    They are cells of the register: holders of `share.resource.look` for the owner, and of
    `share.resource.export` where they are taken away. Each page leaves a read row.
    """
    actor.require(LOOK, organization=delivery.owner)
    if export:
        actor.require(EXPORT, organization=delivery.owner)
    if not delivery.listed:
        return lambda _: ListSlice([])
    resource = catalog.get_resources([delivery.resource])[delivery.resource]
    columns = pool.get_version(delivery.pool_version).columns
    sight = catalog.sight_of(actor, resource, columns)
    place = "differences export" if export else "differences"

    def provide(query: ListQuery) -> ListSlice:
        where, parameters = _narrow(query)
        after = int(query.after[0]) if query.after else 0
        page = pool.list_rows(
            delivery.listed, where=where, parameters=parameters, after=after, limit=query.limit
        )
        found = [dict(zip(page.columns, cells, strict=True)) for _, cells in page.rows]
        shown = {str(row["column"]) for row in found}
        catalog.record_look(actor, sight, columns=shown, rows=len(found), place=place)
        rows = [_mask(row, sight, columns) for row in found]
        return ListSlice(rows, [page.next_after] if page.more else None)

    return provide


def _narrow(query: ListQuery) -> tuple[str, list[object]]:
    names = [name for name in ("kind", "column") if query.filters.get(name)]
    where = " AND ".join(f"{pool.quote_name(name)} = ?" for name in names)
    return where, [query.filters[name] for name in names]


def _mask(
    row: dict[str, str | None], sight: catalog.Sight, columns: Sequence[str]
) -> dict[str, str | None]:
    """A cell as the register shows it; one under no column of it shows while nothing is masked."""
    name = row["column"] or ""
    beyond = catalog.HIDDEN if sight.masks and name not in columns else ""
    element = sight.masks.get(name, beyond)
    if element:
        row |= {part: catalog.hide(element, row[part]) for part in ("stored", "read")}
    return row
