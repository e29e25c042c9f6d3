"""What the modules below hold about what follows from what, as flows. 采集血缘。

Each function asks one module for one thing as it is now. None means that nothing holds: the
delivery was withdrawn, the grant revoked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import QuerySet

from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Schema
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource, ResourceInfo
from yiwang.nets.share.compare.services import Comparison
from yiwang.nets.share.connect.services import Delivery
from yiwang.nets.share.connect.types import DeliveryKind, DeliveryState
from yiwang.nets.share.entities import services as entities
from yiwang.nets.share.entities.services import EntityResource, SnapshotRun
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.services import Grant
from yiwang.nets.share.exchange.types import Handed
from yiwang.nets.share.lineage.types import (
    WHOLE,
    Column,
    DatasetFacts,
    DatasetKind,
    DatasetName,
    EdgeKind,
    Flow,
    Link,
)
from yiwang.nets.share.sources.services import Run, SeenFile, SourceTable

from . import naming

ENDED = "/ended"
"""Stands after the run of a grant that was revoked. 已撤销。"""


def flow_of_landing(resource: Resource) -> Flow | None:
    """Where the columns of a resource come from: files, a source's table, an entity. 汇聚血缘。"""
    newest = list_landed([resource.id]).order_by("-landed_at", "-id").first()
    return describe_landing(resource, newest) if newest else None


def list_landed(resource_ids: Iterable[str]) -> QuerySet[Delivery]:
    """Deliveries that say what the columns are: those that landed and do not only delete. 有效报送。"""
    landed = Delivery.objects.filter(state=DeliveryState.LANDED).exclude(kind=DeliveryKind.DELETE)
    return landed.filter(resource__in=list(resource_ids))


def describe_landing(resource: Resource, delivery: Delivery) -> Flow:
    """One landing as a flow. 一次汇聚的血缘。"""
    name, facts, pairs = _origin_of(resource, delivery)
    target = naming.name_resource(resource.code)
    return Flow(
        naming.land_job(resource),
        delivery.id,
        delivery.landed_at or delivery.received_at,
        tuple(Link(Column(name, old), Column(target, new)) for old, new in pairs),
        {name: facts, target: facts_of_resource(resource)},
        resource.owner,
    )


def facts_of_resource(resource: Resource) -> DatasetFacts:
    """What is known of a resource as a dataset. 资源说明。"""
    return DatasetFacts(DatasetKind.RESOURCE, resource.id, resource.owner)


def _origin_of(
    resource: Resource, delivery: Delivery
) -> tuple[DatasetName, DatasetFacts, list[tuple[str, str]]]:
    columns = list(delivery.reading.get("columns", []))
    snapshot = SnapshotRun.objects.select_related("entity").filter(delivery=delivery.id).first()
    if snapshot:
        return _of_entity(resource, snapshot.entity, columns)
    table = find_table_of(delivery.id)
    if table:
        name = naming.name_source_table(table.source, table)
        facts = DatasetFacts(DatasetKind.SOURCE, table.id, table.source.owner)
        return name, facts, list(zip(_source_names(table, columns), columns, strict=True))
    facts = DatasetFacts(DatasetKind.FILE, resource.id, resource.owner)
    headings = delivery.reading.get("headings") or headings_of(delivery)
    return naming.name_files(resource.code), facts, list(zip(headings, columns, strict=True))


def _of_entity(
    resource: Resource, entity: EntityResource, columns: Sequence[str]
) -> tuple[DatasetName, DatasetFacts, list[tuple[str, str]]]:
    facts = DatasetFacts(DatasetKind.ENTITY, resource.id, resource.owner)
    fields = {one.item: one.key or "id" for one in entities.list_columns(entity)}
    pairs = [(fields.get(name, WHOLE), name) for name in columns]
    return naming.name_entity(entity.code), facts, pairs


def find_table_of(delivery_id: str) -> SourceTable | None:
    """The table of a live source that a delivery was read from. 来源表。"""
    run = Run.objects.select_related("table__source").filter(delivery=delivery_id).first()
    if run:
        return run.table
    seen = SeenFile.objects.select_related("table__source").filter(delivery=delivery_id).first()
    return seen.table if seen else None


def _source_names(table: SourceTable, columns: Sequence[str]) -> list[str]:
    """The names there of the columns here: the same, unless two differed by their case alone."""
    names = [one["name"] for one in table.columns]
    return names if len(names) == len(columns) else list(columns)


def headings_of(delivery: Delivery) -> list[str]:
    """What the landed columns were called in the file, of deliveries that did not note it. 原列名。"""
    old = {new: heading for heading, new in delivery.instructions.get("names", {}).items()}
    return [old.get(name, name) for name in delivery.reading.get("columns", [])]


def flow_of_grant(grant: Grant) -> Flow | None:
    """Which columns a grant allows, masked or not, and by which it chooses rows. 授权血缘。

    What was handed out stays told, also once the grant allows it no longer.
    """
    terms = exchange.get_terms(grant)
    allowed = [] if grant.revoked_at else terms.columns
    columns = list(dict.fromkeys([*allowed, *list_handed(grant)]))
    if not columns:
        return None
    masks = mask_all(grant, terms, columns)
    source = naming.name_resource(grant.resource.code)
    target = naming.name_grant(grant.request.number)
    links = [
        Link(Column(source, name), Column(target, name), masking=name in masks) for name in columns
    ]
    links += [
        Link(Column(source, name), Column(target), kind=EdgeKind.INDIRECT)
        for name in fields_of(terms.row_filter)
    ]
    return Flow(
        naming.name_job("grant", grant.request.number),
        f"{grant.id}/{terms.number}{ENDED if grant.revoked_at else ''}",
        grant.revoked_at or terms.created_at,
        tuple(links),
        {source: facts_of_resource(grant.resource), target: facts_of_grant(grant)},
        grant.resource.owner,
    )


def list_handed(grant: Grant) -> list[str]:
    """The columns that were handed out under a grant. 已交付列。"""
    rows = exchange.list_handed_out(grant).filter(state=Handed.DONE).order_by()
    return sorted(
        {name for one in rows.values_list("columns", flat=True).distinct() for name in one}
    )


def mask_all(grant: Grant, terms: exchange.Terms, columns: Sequence[str]) -> set[str]:
    """Those of the columns that the grant shows masked only. 脱敏列。"""
    guards = catalog.guard_masks(grant.resource_id, columns)
    return set(guards) - set(terms.clear) | set(terms.masks)


def facts_of_grant(grant: Grant) -> DatasetFacts:
    """What is known of a grant as a dataset: it is of who has it. 授权说明。"""
    return DatasetFacts(DatasetKind.GRANT, grant.id, grant.organization)


def fields_of(text: str) -> list[str]:
    """The columns by which a filter chooses. 筛选列。"""
    found = query.parse_filter(text, Schema.open()) if text else None
    return sorted(set(query.list_fields(found))) if found else []


def flow_of_comparison(comparison_id: str) -> Flow | None:
    """Which columns of two resources a comparison reads. 比对血缘。"""
    found = Comparison.objects.filter(id=comparison_id, finished_at__isnull=False).first()
    if found is None:
        return None
    known = catalog.get_resources([found.left_resource, found.right_resource])
    sides = (known[found.left_resource], known[found.right_resource])
    target = naming.name_comparison(found.id)
    texts = [*found.keys, *found.values, *found.alternate]
    facts = {
        naming.name_resource(one.code): DatasetFacts(DatasetKind.RESOURCE, one.id, one.owner)
        for one in sides
    }
    facts[target] = DatasetFacts(DatasetKind.COMPARISON, found.id, found.organization)
    return Flow(
        naming.name_job("compare", found.id),
        found.id,
        found.finished_at or found.created_at,
        tuple(link for text in texts for link in _links_of_pair(text, sides, target)),
        facts,
        found.organization,
    )


def _links_of_pair(text: str, sides: Sequence[ResourceInfo], target: DatasetName) -> Iterator[Link]:
    """The columns that an expression of a comparison reads, on both sides."""
    for pair in query.parse_key_pairs(text, Schema.open(), Schema.open()):
        for side, node in zip(sides, (pair.left, pair.right), strict=True):
            for name in query.list_fields(node):
                source = Column(naming.name_resource(side.code), name)
                yield Link(source, Column(target, text[:300]))
