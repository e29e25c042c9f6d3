"""Finding and deleting rows that need not be kept. 到期行。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.kernel.records.models import FieldColumn
from yiwang.kernel.records.types import Entity

from .columns import name_column, name_table
from .running import fetch, run


@dataclass(frozen=True, slots=True)
class Expired:
    """Ids of records whose time has ended, and of removed ones whose history's has. 到期记录。"""

    records: Sequence[str]
    removed: Sequence[str]


def find_expired(
    entity: Entity, column: str, before: str, removed_before: str, limit: int
) -> Expired:
    """Records whose column is not after `before`, oldest ids first, unless another points to them. 查找。"""
    held = "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {table} AS o WHERE o.{link} = t.id AND o.id <> t.id)"
        for table, link in _links_to(entity, live=True)
    )
    records = fetch(
        f"SELECT t.id FROM {entity.table} AS t WHERE t.{column} <= %s{held}"
        f" ORDER BY t.id LIMIT {limit}",
        [before],
    )
    removed = fetch(
        f"SELECT h.record FROM {entity.table}_h AS h WHERE h.verb = 'remove' AND h.at < %s"
        f" AND NOT EXISTS (SELECT 1 FROM {entity.table} AS t WHERE t.id = h.record)"
        f" AND NOT EXISTS (SELECT 1 FROM {entity.table}_h AS l WHERE l.record = h.record"
        f" AND l.rev > h.rev) ORDER BY h.record LIMIT {limit}",
        [removed_before],
    )
    return Expired([str(pk) for (pk,) in records], [str(pk) for (pk,) in removed])


def remove_expired(entity: Entity, found: Expired) -> None:
    """Delete the rows and every line of their history, in the caller's transaction. 删除。"""
    release_links(entity, found.records)
    for table, column, ids in (
        (f"{entity.table}_h", "record", [*found.records, *found.removed]),
        (entity.table, "id", found.records),
    ):
        if ids:
            run(f"DELETE FROM {table} WHERE {column} IN ({_marks(ids)})", ids)


def release_links(entity: Entity, ids: Sequence[str]) -> None:
    """Let go of links that nobody sees: in hidden fields, and of entities that were retired. 解除隐藏关联。

    They would keep records from being removed for a reason that nobody could find.
    """
    for table, link in _links_to(entity, live=False) if ids else []:
        run(f"UPDATE {table} SET {link} = NULL WHERE {link} IN ({_marks(ids)})", ids)


def _links_to(entity: Entity, *, live: bool) -> list[tuple[str, str]]:
    """Tables and columns that point to an entity's records, those in use or the others. 指向该对象的列。"""
    rows = FieldColumn.objects.filter(target=entity.id).select_related("entity").order_by("pk")
    return [
        (name_table(row.entity), name_column(row))
        for row in rows
        if (row.state == FieldColumn.LIVE and row.entity.retired_at is None) == live
    ]


def _marks(ids: Sequence[str]) -> str:
    return ", ".join(["%s"] * len(ids))
