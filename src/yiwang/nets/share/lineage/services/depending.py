"""Which grants lose something if columns of a resource go. 受影响授权。

Grants of the resource itself are read from the grants as they are now: one that was made a moment
ago counts. Those of data made of it are found along the kept edges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yiwang.kernel.base.clock import today
from yiwang.nets.share.catalog.types import Dependent
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.services import Grant, Terms
from yiwang.nets.share.lineage.models import Dataset
from yiwang.nets.share.lineage.types import DatasetKind

from .collecting import fields_of
from .tracing import find_dataset, trace


def list_granted(resource_id: str, columns: Sequence[str]) -> list[Dependent]:
    """Running grants that use columns of a resource, or data made of them. 受影响授权。"""
    own = Grant.objects.filter(resource=resource_id, revoked_at=None, until__gte=today())
    grants = list(own.select_related("request"))
    terms = exchange.get_terms_of(grants)
    direct = [
        Dependent(one.id, one.request.number, one.organization, used)
        for one in grants
        if (used := _used(terms[one.id], columns))
    ]
    known = {one.id for one in grants}
    return direct + [one for one in _farther(resource_id, columns) if one.id not in known]


def _used(terms: Terms, columns: Sequence[str]) -> tuple[str, ...]:
    used = {*terms.columns, *fields_of(terms.row_filter)}
    return tuple(name for name in columns if name in used)


def _farther(resource_id: str, columns: Sequence[str]) -> Iterator[Dependent]:
    dataset = find_dataset(DatasetKind.RESOURCE, resource_id)
    if dataset is None:
        return
    reached: dict[int, set[str]] = {}
    found = trace(dataset.id, "impact", columns=columns)
    for name in columns:
        start = found.columns.get(dataset.id, {}).get(name)
        for one in found.reach(start) if start is not None else ():
            reached.setdefault(found.nodes[one.node][0], set()).add(name)
    rows = Dataset.objects.filter(id__in=list(reached), kind=DatasetKind.GRANT)
    uses = {row.about: tuple(sorted(reached[row.id])) for row in rows}
    grants = Grant.objects.filter(id__in=list(uses), revoked_at=None, until__gte=today())
    for grant in grants.select_related("request"):
        yield Dependent(
            grant.id, grant.request.number, grant.organization, uses[grant.id], direct=False
        )
