"""Whose grant a file came from that turned up where it should not be. 泄露溯源。

Nothing is written into the data for that. What was handed out under each grant is made once more
and held against the file. A token is made with the key of one grant: a file with tokens of a grant
left under it, and nobody but its holder and this node had them. Without tokens grants are told apart
by the rows that each was given and by noise; that shows which could have been the way, no more, for
the owner has the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import InvalidInput, YiwangError
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.kernel.tabular import services as tabular
from yiwang.kernel.tabular.types import ReadLimits
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import DeliveryOut, Grant, Terms

from .deciding import Plan, mask_columns, read_row_filter
from .masking import show_sql
from .permissions import TRACE

ROWS = 5_000
"""Rows of the file that are looked at. 取样行数。"""
VERSIONS = 3
GRANTS = 200
ENOUGH = 5
"""Rows that only one grant was given, for it to be named. 认定所需独有行数。"""
LIMITS = ReadLimits(file=512 << 20, unpacked=2 << 30, seconds=120)


@dataclass(frozen=True, slots=True)
class Trace:
    """How much of a file one grant could have given. 溯源结果。

    `rows` of the `looked` were handed out under it, `own` of them under no other grant; `keyed`
    says that tokens of its own key are among the columns. `named` is the conclusion: such tokens, in
    rows enough.
    """

    grant: Grant
    looked: int
    rows: int
    own: int
    keyed: bool
    named: bool


def trace_file(actor: Actor, resource_id: str, path: Path, name: str) -> list[Trace]:
    """The grants that a file of a resource may have come from, the likeliest first. 溯源。

    Holders of `share.grant.trace`. Grants revoked or over are looked at too, except those whose key
    was destroyed with them: their tokens nobody can make any more, and what of the rest matches
    counts. InvalidInput where the file has no column of the resource.
    """
    actor.require(TRACE)
    resource = catalog.get_resource(actor, resource_id)
    header, rows = _read(path, name)
    found: dict[str, tuple[Grant, set[int], bool]] = {}
    with ledger.acting(actor, "share.grant.trace", on=catalog.ref_of(resource)) as act:
        grants = Grant.objects.filter(resource=resource).select_related("resource", "request")
        for grant in grants.order_by("-created_at")[:GRANTS]:
            places, keyed = _match(grant, header, rows)
            if places:
                found[grant.id] = grant, places, keyed
        act.note(file=name[:100], rows=len(rows), grants=len(found))
    if not any(one in header for one in _columns_of(resource.id)):
        raise InvalidInput(
            "exchange.trace.columns", "No column of the file has the name of one of the resource"
        )
    return _weigh(found, len(rows))


def _columns_of(resource_id: str) -> list[str]:
    return [item.name for item in catalog.list_items(resource_id)]


def _read(path: Path, name: str) -> tuple[list[str], list[list[str | None]]]:
    (source, *_others) = tabular.open_source(path, name, limits=LIMITS)
    rows: list[list[str | None]] = []
    for batch in source.batches():
        rows += [[_plain(cell) for cell in row] for row in batch.rows]
        if len(rows) >= ROWS:
            break
    return list(source.columns), rows[:ROWS]


def _plain(cell: str | None) -> str | None:
    """Without the apostrophe that the download puts before what a spreadsheet would run."""
    return cell[1:] if cell and cell.startswith("'") and cell[1:2] in "=+-@\t\r\n" else cell


def _match(
    grant: Grant, header: Sequence[str], rows: Sequence[Sequence[str | None]]
) -> tuple[set[int], bool]:
    """Places of rows that were handed out under a grant, and whether its key is among them."""
    found: set[int] = set()
    keyed = False
    for terms in Terms.objects.filter(grant=grant):
        handed = DeliveryOut.objects.filter(grant=grant, terms=terms.number)
        numbers = handed.order_by("-version").values_list("version", flat=True).distinct()
        shared = [one for one in terms.columns if one in header]
        if not shared:
            continue
        at = [header.index(one) for one in shared]
        given = [[row[place] for place in at] for row in rows]
        keyed |= any(terms.masks.get(one) == "token" for one in shared)
        for number in list(numbers[:VERSIONS]):
            found |= _match_version(grant, terms, int(number), shared, given)
    return found, keyed and bool(found)


def _match_version(
    grant: Grant, terms: Terms, number: int, shared: Sequence[str],
    given: Sequence[Sequence[str | None]],
) -> frozenset[int]:  # fmt: skip
    versions = {one.number: one for one in pool.list_versions(grant.resource.table)}
    version = versions.get(number)
    if version is None or not set(shared) <= set(version.columns):
        return frozenset()
    masks, personal = mask_columns(grant.resource_id, terms)
    plan = Plan(grant, terms, version, tuple(shared), None, masks, personal, 0)
    plan = replace(plan, masks={one: mask for one, mask in masks.items() if one in shared})
    try:
        condition, parameters = catalog.compile_where(
            read_row_filter(terms.row_filter, version.columns)
        )
        return pool.match_rows(
            version.id, shared, given, where=condition, parameters=parameters, shown=show_sql(plan)
        )
    except YiwangError:  # its key was destroyed, or its filter names a column that has gone
        return frozenset()


def _weigh(found: dict[str, tuple[Grant, set[int], bool]], looked: int) -> list[Trace]:
    traces = []
    for grant, places, keyed in found.values():
        others: set[int] = set().union(
            *(two for other, two, _key in found.values() if other.id != grant.id)
        )
        own = len(places - others)
        traces.append(Trace(grant, looked, len(places), own, keyed, keyed and own >= ENOUGH))
    return sorted(traces, key=lambda one: (one.own, one.rows), reverse=True)
