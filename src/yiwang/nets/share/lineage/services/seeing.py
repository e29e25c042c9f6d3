"""Which datasets a reader may have named, and what they are called. 血缘可见范围。

A dataset is seen by who may see the thing that it is. Of the others it shows that they are there,
and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Model, QuerySet
from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.compare import services as compare
from yiwang.nets.share.connect.services.permissions import SEE as SEE_DELIVERIES
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.lineage.models import Dataset
from yiwang.nets.share.lineage.types import DatasetKind
from yiwang.nets.share.sources import services as sources

from .permissions import SEE

AT_ONCE = 500
OWN = {
    DatasetKind.FILE: SEE_DELIVERIES,
    DatasetKind.ENTITY: SEE,
    DatasetKind.SOURCE: sources.SEE,
    DatasetKind.OUTSIDE: SEE,
}
"""Of what belongs to an organization, what its people need to see it. 本单位可见。"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A dataset as one reader may know of it. 可见数据集。

    Of a hidden one only `id` and `hidden` say anything. `owner` is a code, `url` its page here.
    """

    id: int
    hidden: bool = True
    kind: str = ""
    namespace: str = ""
    name: str = ""
    label: str = ""
    owner: str = ""
    url: str = ""

    @property
    def kind_label(self) -> str:
        """What it is, in words. 类型。"""
        return str(DatasetKind(self.kind).label) if self.kind else ""


def see_datasets(actor: Actor, ids: Iterable[int]) -> dict[int, Seen]:
    """Datasets as this reader may know of them. 数据集可见情况。 A constant number of queries."""
    wanted = sorted(set(ids))
    rows = [
        row
        for at in range(0, len(wanted), AT_ONCE)
        for row in Dataset.objects.filter(id__in=wanted[at : at + AT_ONCE])
    ]
    known = _know(actor, rows)
    return {row.id: _see(actor, row, known) for row in rows}


def _know(actor: Actor, rows: Sequence[Dataset]) -> dict[str, Mapping[str, Model]]:
    """The things behind them that the reader may know of, by what they are."""
    grants = exchange.visible_grants(actor)
    return {
        DatasetKind.RESOURCE: _by_id(
            catalog.visible_resources(actor),
            rows,
            DatasetKind.RESOURCE,
            DatasetKind.FILE,
            DatasetKind.ENTITY,
        ),
        DatasetKind.GRANT: _by_id(grants, rows, DatasetKind.GRANT, DatasetKind.HANDED),
        DatasetKind.COMPARISON: _by_id(
            compare.visible_comparisons(actor), rows, DatasetKind.COMPARISON
        ),
    }


def _by_id(found: QuerySet, rows: Sequence[Dataset], *kinds: str) -> dict[str, Model]:  # type: ignore[type-arg]
    ids = sorted({row.about for row in rows if row.kind in kinds})
    parts = (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
    return {one.pk: one for part in parts for one in found.filter(id__in=part)}


def _see(actor: Actor, row: Dataset, known: Mapping[str, Mapping[str, Model]]) -> Seen:
    needed = OWN.get(DatasetKind(row.kind))
    behind = DatasetKind.GRANT if row.kind == DatasetKind.HANDED else row.kind
    thing = known.get(behind, {}).get(row.about)
    if needed:
        thing = known[DatasetKind.RESOURCE].get(row.about)
    seen = actor.may(needed, organization=row.owner) if needed else thing is not None
    if not seen:
        return Seen(row.id)
    label, url = _call(row, thing)
    return Seen(row.id, False, row.kind, row.namespace, row.name, label, row.owner, url)


PAGES = {
    DatasetKind.RESOURCE: "lineage:of_resource",
    DatasetKind.GRANT: "exchange:grant",
    DatasetKind.HANDED: "exchange:grant",
    DatasetKind.COMPARISON: "compare:detail",
    DatasetKind.FILE: "connect:of_resource",
    DatasetKind.ENTITY: "entities:of_resource",
    DatasetKind.SOURCE: "sources:table",
}


def _call(row: Dataset, thing: object) -> tuple[str, str]:
    page = PAGES.get(DatasetKind(row.kind))
    return _label(row, thing), reverse(page, args=[row.about]) if page else ""


def _label(row: Dataset, thing: object) -> str:
    way = row.name.rpartition("/")[2]
    if isinstance(thing, exchange.Grant):
        return f"{thing.request.number} {way}" if row.kind == DatasetKind.HANDED else way
    if row.kind in (DatasetKind.ENTITY, DatasetKind.SOURCE):
        return way
    return getattr(thing, "title", "") or getattr(thing, "name", "") or row.name
