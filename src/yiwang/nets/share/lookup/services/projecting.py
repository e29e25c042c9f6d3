"""Keeping rows by their key in the business database, for grants that programs look into. 键值投影。

What stands here is a copy that may lag: it is used for the version that the plan names and for no
other, and for columns that it holds, else the pool answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import SYSTEM, Ref
from yiwang.kernel.base.clock import now, today
from yiwang.kernel.jobs import services as jobs
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import VersionInfo
from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Schema
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.models import Grant
from yiwang.nets.share.exchange.types import Method
from yiwang.nets.share.lookup.models import Projection

from .tables import Cells, create_table, digest_sql, drop_table, insert_rows

TASK = "lookup.project"
BATCH = 5_000
"""Rows of one short transaction: others write between two. 每批行数。"""
KEPT = timedelta(minutes=2)
"""For whoever is reading a table that has just ended. 结束后保留。"""
STUCK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Needed:
    """What the grants of a resource need by key. 投影需求。"""

    version: VersionInfo
    key: tuple[str, ...]
    columns: tuple[str, ...]


def arrange(resource_id: str) -> None:
    """Queue the making of what the grants of a resource need; end what none needs. 安排投影。"""
    needed = find_needed(resource_id)
    standing = Projection.objects.filter(resource_id=resource_id, ended_at=None)
    if needed is None:
        standing.update(ended_at=now())
        return
    standing.exclude(pool_version=needed.version.id).update(ended_at=now())
    if any(_fits(one, needed) for one in standing):
        return
    on = Ref("share.resource", resource_id)
    with ledger.acting(SYSTEM, "share.lookup.project", on=on) as act:
        told = {"resource": resource_id}
        jobs.enqueue(act, TASK, told, on=on, unique_key=f"{TASK}.{resource_id}")


def arrange_for_grant(grant_id: str) -> None:
    """The same for the resource of a grant. 按授权安排投影。"""
    for resource_id in Grant.objects.filter(id=grant_id).values_list("resource_id", flat=True):
        arrange(resource_id)


def arrange_all() -> dict[str, int]:
    """The same for all resources that have grants or projections, and drop what ended. 定时安排。"""
    Projection.objects.filter(ready_at=None, ended_at=None, created_at__lt=now() - STUCK).update(
        ended_at=now()
    )
    standing = Projection.objects.filter(ended_at=None).values_list("resource_id", flat=True)
    wanted = {*standing, *_live_grants().values_list("resource_id", flat=True)}
    for resource_id in sorted(wanted):
        arrange(resource_id)
    return {"resources": len(wanted), "dropped": drop_ended()}


def drop_ended() -> int:
    """Drop the tables that ended a while ago. 删除已结束投影。"""
    gone = list(Projection.objects.filter(ended_at__lt=now() - KEPT))
    for one in gone:
        with transaction.atomic():
            drop_table(one)
            one.delete()
    return len(gone)


def project(resource_id: str, check: Callable[[], None] = lambda: None) -> int:
    """Make the projection that a resource needs; how many rows it has. 建投影。

    Rows go in by batches; nobody uses the table before it is whole. `check` may raise to stop.
    """
    needed = find_needed(resource_id)
    standing = Projection.objects.filter(resource_id=resource_id, ended_at=None)
    standing.filter(ready_at=None).update(ended_at=now())
    if needed is None or any(_fits(one, needed) for one in standing):
        return 0
    with transaction.atomic():
        made = Projection.objects.create(
            resource_id=resource_id, pool_version=needed.version.id, key=list(needed.key),
            columns=list(needed.columns), vendor=connection.vendor,
        )  # fmt: skip
        create_table(made)
    made.rows = _fill(made, needed, check)
    made.ready_at = now()
    made.save(update_fields=["rows", "ready_at"])
    standing.exclude(pk=made.pk).update(ended_at=now())
    return made.rows


def _fill(made: Projection, needed: Needed, check: Callable[[], None]) -> int:
    count = 0
    try:
        for rows in _read(needed):
            check()
            insert_rows(made, rows)
            count += len(rows)
    except BaseException:
        Projection.objects.filter(pk=made.pk).update(ended_at=now())
        raise
    return count


def _read(needed: Needed) -> Iterator[list[tuple[str, int, Cells]]]:
    """Rows in the order of their keys: so an index grows at its end."""
    key = digest_sql([pool.quote_name(name) for name in needed.key])
    listed = ", ".join(pool.quote_name(name) for name in needed.columns)
    rows = f"SELECT {key} AS k, _row, {listed} FROM {pool.relation(needed.version.id)}"  # noqa: S608
    with pool.engine() as engine:
        found = engine.execute(f"FROM ({rows}) WHERE k IS NOT NULL ORDER BY k, _row")
        while block := found.fetchmany(BATCH):
            yield [(str(row[0]), int(row[1]), tuple(row[2:])) for row in block]


def find_needed(resource_id: str) -> Needed | None:
    """What should stand by key, or None where nothing should. 投影需求。

    A key needs to be named by the entry, and grants for programs that give it unmasked.
    """
    grants = list(_live_grants().filter(resource_id=resource_id).select_related("resource"))
    resource = grants[0].resource if grants else None
    version = pool.find_latest(resource.table) if resource and resource.table else None
    if resource is None or version is None:
        return None
    key = tuple(resource.key or version.key)
    columns = _gather(grants, key, resource)
    if not key or not columns or not {*key} <= {*version.columns}:
        return None
    return Needed(version, key, tuple(name for name in version.columns if name in columns))


def _gather(grants: Sequence[Grant], key: tuple[str, ...], resource: Resource) -> set[str]:
    """The columns that grants show, choose rows by, or mask by: of those that give the key whole."""
    terms = exchange.get_terms_of(grants)
    found: set[str] = set()
    for grant in grants:
        held = terms[grant.id]
        masks, _ = exchange.mask_columns(resource.id, held)
        if not {*key} <= {*held.columns} - {*masks}:
            continue
        found |= {*held.columns}
        if held.row_filter:
            found |= {*query.list_fields(query.parse_filter(held.row_filter, Schema.open()))}
        if any(mask.startswith("=") for mask in masks.values()):
            persons = catalog.list_items(resource.id)
            found |= {one.name for one in persons if one.effective in exchange.PERSONS}
    return found


def _live_grants() -> QuerySet[Grant]:
    return Grant.objects.filter(
        Q(until__gte=today()), revoked_at=None, request__method=Method.API
    ).exclude(resource__table="")


def _fits(one: Projection, needed: Needed) -> bool:
    return (
        one.pool_version == needed.version.id
        and one.vendor == connection.vendor
        and tuple(one.key) == needed.key
        and {*needed.columns} <= {*one.columns}
    )
