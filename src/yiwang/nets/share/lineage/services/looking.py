"""The lineage of one resource, as its page, its file and programs show it. 资源血缘。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.services import Resource
from yiwang.nets.share.lineage.models import Dataset
from yiwang.nets.share.lineage.types import HOPS, WHOLE, DatasetKind, Direction

from .permissions import SEE
from .seeing import Seen, see_datasets
from .tracing import MOST_HOPS, Reached, Trace, find_dataset, trace

WAYS: tuple[Direction, ...] = ("origin", "impact")


@dataclass(frozen=True, slots=True)
class End:
    """One dataset that a column comes from or goes to. 血缘端点。

    `columns` are those of it that follow, empty where only the whole is known; `direct` holds
    where values come at all, `masked` where they come and none of them whole.
    """

    dataset: Seen
    columns: tuple[str, ...]
    hops: int
    masked: bool
    direct: bool


@dataclass(frozen=True, slots=True)
class ColumnLineage:
    """One column with what it comes from and what comes of it. 列血缘。

    Of what the reader may not know the number is given.
    """

    name: str
    origin: tuple[End, ...] = ()
    impact: tuple[End, ...] = ()
    origin_hidden: int = 0
    impact_hidden: int = 0


@dataclass(frozen=True, slots=True)
class ResourceLineage:
    """The lineage of a resource, column by column. 资源血缘。

    `names` are all its columns, `columns` those that were asked for; `known` says whether anything
    is known of it at all, `cut` that there is more.
    """

    resource: Resource
    names: tuple[str, ...]
    columns: tuple[ColumnLineage, ...]
    known: bool = False
    cut: bool = False


def look_lineage(
    actor: Actor, resource_text: str, *, columns: Sequence[str] = (), hops: int = HOPS,
    after: int = 0, limit: int | None = None,
) -> ResourceLineage:  # fmt: skip
    """Where the columns of a resource come from and where they go. 查看血缘。

    Holders of `share.lineage.read` who may know of the resource. All its columns unless some are
    named, or `limit` of them after the first ones; InvalidInput for one that it has not, and for
    hops out of reach.
    """
    actor.require(SEE)
    resource = catalog.get_resource(actor, resource_text)
    names = [item.name for item in catalog.list_items(resource.id)]
    _refuse_unknown(names, columns, hops)
    wanted = [name for name in names if not columns or name in columns][after:]
    wanted = wanted if limit is None else wanted[:limit]
    dataset = find_dataset(DatasetKind.RESOURCE, resource.id)
    if dataset is None:
        blank = tuple(ColumnLineage(name) for name in wanted)
        return ResourceLineage(resource, tuple(names), blank)
    traces = {way: trace(dataset.id, way, columns=wanted, hops=hops) for way in WAYS}
    seen = see_datasets(actor, {at for one in traces.values() for at, _ in one.nodes.values()})
    return ResourceLineage(
        resource,
        tuple(names),
        tuple(_look_column(name, dataset, traces, seen) for name in wanted),
        known=True,
        cut=any(one.cut for one in traces.values()),
    )


def _refuse_unknown(names: Sequence[str], columns: Sequence[str], hops: int) -> None:
    unknown = [name for name in columns if name not in names]
    if unknown:
        raise InvalidInput(
            "lineage.column.missing", "The resource has no column %(columns)s", columns=unknown
        )
    if not 1 <= hops <= MOST_HOPS:
        raise InvalidInput(
            "lineage.hops.range", "Look 1 to %(most)s steps far", most=MOST_HOPS, field="hops"
        )


def _look_column(
    name: str, dataset: Dataset, traces: Mapping[Direction, Trace], seen: Mapping[int, Seen]
) -> ColumnLineage:
    origin, impact = (_ends(name, dataset, traces[way], seen) for way in WAYS)
    return ColumnLineage(
        name,
        tuple(one for one in origin if not one.dataset.hidden),
        tuple(one for one in impact if not one.dataset.hidden),
        sum(one.dataset.hidden for one in origin),
        sum(one.dataset.hidden for one in impact),
    )


def _ends(name: str, dataset: Dataset, found: Trace, seen: Mapping[int, Seen]) -> list[End]:
    known = found.columns.get(dataset.id, {})
    start = known.get(name, known.get(WHOLE))
    grouped: dict[int, list[Reached]] = {}
    for one in found.reach(start) if start is not None else ():
        grouped.setdefault(found.nodes[one.node][0], []).append(one)
    return [_gather(seen[at], rows, found) for at, rows in grouped.items() if at != dataset.id]


def _gather(dataset: Seen, rows: Sequence[Reached], found: Trace) -> End:
    names = {found.nodes[one.node][1] for one in rows} - {WHOLE}
    direct = any(one.direct for one in rows)
    return End(
        dataset,
        tuple(sorted(names)),
        min(one.hops for one in rows),
        direct and not any(one.whole for one in rows),
        direct,
    )


def list_rows(found: ResourceLineage) -> Iterator[dict[str, object]]:
    """The lineage as flat rows, for files and programs. 血缘清单。"""
    for column in found.columns:
        for way, ends, hidden in (
            ("origin", column.origin, column.origin_hidden),
            ("impact", column.impact, column.impact_hidden),
        ):
            for end in ends:
                yield from _rows_of(column.name, way, end)
            if hidden:
                yield _row(column.name, way, hidden=hidden)


def _rows_of(column: str, way: str, end: End) -> Iterator[dict[str, object]]:
    for name in end.columns or (WHOLE,):
        yield _row(
            column, way, hops=end.hops, kind=end.dataset.kind, namespace=end.dataset.namespace,
            name=end.dataset.name, field=name, masked=end.masked, values=end.direct,
        )  # fmt: skip


def _row(column: str, direction: str, **told: object) -> dict[str, object]:
    blank = {
        "hops": None, "kind": "", "namespace": "", "name": "", "field": "", "masked": False,
        "values": True, "hidden": 0,
    }  # fmt: skip
    return {"column": column, "direction": direction} | blank | told
