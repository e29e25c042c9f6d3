"""Numbers over the records that a reader may see. 统计。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Node
from yiwang.kernel.records.types import By, Entity, Measure, Wanted

from .desk import Desk
from .filterable import OWN_GROUPS
from .plans.access import access_of, facts_of
from .plans.limits import limited
from .plans.sums import Key, Sum, Summed, sum_rows
from .plans.trees import read_filter, to_columns
from .reading import condition_of

GROUPS_AT_MOST = 200


def sum_records(
    desk: Desk,
    code: str,
    wanted: Wanted,
    *,
    by: Sequence[By] = (),
    measures: Sequence[Measure] = (),
    most: int = GROUPS_AT_MOST,
) -> tuple[list[Summed], bool]:
    """Groups of the records that the reader may see, with their numbers; whether there are more. 分组统计。

    NotFound `records.view.closed` where a field that is counted by, summed or asked is hidden or
    masked on any record for the reader. At most 200 groups: the largest, of dated ones the latest.
    """
    entity = desk.entity(code)
    filters = [_read_when(desk, entity, one.when) for one in measures]
    desk.require_plain(code, _named(by, measures, filters))
    condition = condition_of(desk, access_of(desk, entity), wanted, "see")
    keys = [Key(_column(entity, one.key), one.each) for one in by]
    sums = [
        Sum(entity.fields[one.key].column if one.key else "", to_columns(entity, when) if when else None)
        for one, when in zip(measures, filters, strict=True)
    ]  # fmt: skip
    limit = max(1, min(most, GROUPS_AT_MOST))
    with limited():
        found = sum_rows(entity, condition, keys, sums, limit + 1)
    return found[:limit], len(found) > limit


def _read_when(desk: Desk, entity: Entity, when: str) -> Node | None:
    schema = desk.snapshot.schema(entity)
    return read_filter(when, facts_of(desk), schema) if when else None


def _named(
    by: Sequence[By], measures: Sequence[Measure], filters: Sequence[Node | None]
) -> Iterator[str]:
    yield from (one.key for one in by if one.key not in OWN_GROUPS)
    yield from (one.key for one in measures if one.key)
    for node in filters:
        if node is not None:
            yield from query.list_fields(node)


def _column(entity: Entity, key: str) -> str:
    return OWN_GROUPS.get(key) or entity.fields[key].column


def measure_of(
    entity: Entity, one: Measure, found: tuple[int, int], rows: int
) -> Decimal | int | None:
    """The number that a measure comes to; None where there is nothing to divide by. 统计值。

    A share is of one, not of a hundred.
    """
    count, total = found
    if one.of == "count":
        return count
    if one.of == "share":
        return Decimal(count) / rows if rows else None
    field = entity.fields[one.key]
    whole = Decimal(total).scaleb(-field.decimals)
    if one.of == "sum":
        return whole if field.decimals else total
    return round(whole / count, max(field.decimals, 1)) if count else None
