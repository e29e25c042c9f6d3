"""Whether a dashboard counts what there is, and tells nothing that is masked. 看板检查。"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.records.services.filterable import OWN_GROUPS, holds_personal
from yiwang.kernel.records.types import Block, Bundle, Dashboard, Entity

from .cases import check_cases
from .views import ORDERS_OF_ALL, check_where
from .words import Flaw, Named, check_named, listed, no_entity

NUMBERS = ("integer", "number")
GROUPS = ("text", "choice", "boolean", "organization", "link", "person", "date", "integer")
KEYS_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "figures": ("entity", "where", "measures"),
    "table": ("entity", "where", "by", "measures", "most"),
    "bars": ("entity", "where", "by", "measures", "most"),
    "records": ("entity", "where", "columns", "order", "most"),
    "text": ("text",),
}
NEEDS: Mapping[str, tuple[str, ...]] = {
    "figures": ("entity", "measures"),
    "table": ("entity", "by"),
    "bars": ("entity", "by"),
    "records": ("entity", "columns"),
    "text": ("text",),
}


def check_dashboard(
    dashboard: Dashboard, bundle: Bundle, told: Mapping[str, Any]
) -> Iterator[Flaw]:
    """What does not fit in one dashboard. 看板检查。"""
    for at, (block, said) in enumerate(zip(dashboard.blocks, told["blocks"], strict=True)):
        yield from (
            (("blocks", at, *path), flaw) for path, flaw in _check_block(block, bundle, said)
        )


def _check_block(block: Block, bundle: Bundle, told: Mapping[str, Any]) -> Iterator[Flaw]:
    yield from _keys(block, told)
    if block.cases:
        yield from check_cases(block)
    if block.cases or not block.entity:
        return
    entity = bundle.entities.get(block.entity)
    if entity is None:
        yield ("entity",), no_entity(block.entity, bundle.entities)
        return
    named = list(_named(block))
    yield from check_named(named, entity.fields)
    yield from _personal(named, entity)
    yield from _each(block, entity)
    yield from _order(block, bundle)
    yield from check_where(("where",), block.where, entity)
    for at, one in enumerate(block.measures):
        yield from check_where(("measures", at, "when"), one.when, entity)


def _keys(block: Block, told: Mapping[str, Any]) -> Iterator[Flaw]:
    known = _known(block)
    for key in told:
        if key not in known:
            yield (
                (key,),
                InvalidInput(
                    "records.dashboard.key",
                    "a block of kind %(kind)s has no %(key)s; it has %(known)s",
                    kind=block.kind, key=key, known=", ".join(known),
                ),
            )  # fmt: skip
    for key in NEEDS[block.kind]:
        if key not in told and not (key == "entity" and "cases" in known and "cases" in told):
            yield (
                ("kind",),
                InvalidInput(
                    "records.dashboard.needs",
                    "a block of kind %(kind)s needs %(key)s", kind=block.kind, key=key,
                ),
            )  # fmt: skip
    yield from _measures(block)


def _known(block: Block) -> tuple[str, ...]:
    """Cases in the place of records, where a block counts."""
    told = KEYS_OF_KIND[block.kind]
    if block.cases and "measures" in told:
        told = tuple("cases" if key == "entity" else key for key in told)
    return ("kind", "title", *told)


def _measures(block: Block) -> Iterator[Flaw]:
    for at, one in enumerate(block.measures):
        if one.of == "median" and not block.cases:
            yield (
                ("measures", at, "of"),
                InvalidInput(
                    "records.dashboard.median", "only cases have a median of days in hand"
                ),
            )
        if (one.of in ("sum", "avg")) != bool(one.key) or (one.of == "share" and not one.when):
            yield (
                ("measures", at),
                InvalidInput(
                    "records.dashboard.measure",
                    "sum and avg name a field, count and share do not; a share says when",
                ),
            )
    if block.kind == "bars" and (len(block.measures) > 1 or len(block.by) > 1):
        yield (
            ("kind",),
            InvalidInput("records.dashboard.bars", "bars are by one field and show one number"),
        )


def _named(block: Block) -> Iterator[Named]:
    yield from listed(("columns",), block.columns)
    for at, by in enumerate(block.by):
        if by.key not in OWN_GROUPS:
            yield ("by", at), by.key, GROUPS
    for at, one in enumerate(block.measures):
        if one.key:
            yield ("measures", at, "field"), one.key, NUMBERS
    order = block.order.removeprefix("-")
    if order and order not in ORDERS_OF_ALL:
        yield ("order",), order, ()


def _personal(named: Sequence[Named], entity: Entity) -> Iterator[Flaw]:
    for path, key, _ in named:
        if key in entity.fields and holds_personal(entity.fields[key]):
            yield path, _told(key)


def _order(block: Block, bundle: Bundle) -> Iterator[Flaw]:
    """A list goes by an index, and it is the views that bring them."""
    views = [one for one in bundle.views.values() if one.entity == block.entity]
    told = {key.removeprefix("-") for one in views for key in (*one.order, *one.filters)}
    key = block.order.removeprefix("-")
    if key and key not in told | set(ORDERS_OF_ALL):
        yield (
            ("order",),
            InvalidInput(
                "records.dashboard.order",
                "no view orders or filters by %(field)s, so it has no index",
                field=key,
            ),
        )


def _told(key: str) -> InvalidInput:
    return InvalidInput(
        "records.dashboard.personal",
        "%(field)s is personal; a dashboard neither counts by it nor shows it",
        field=key,
    )


def _each(block: Block, entity: Entity) -> Iterator[Flaw]:
    for at, by in enumerate(block.by):
        field = entity.fields.get(by.key)
        if by.each and (field is None or field.kind != "date"):
            yield (
                ("by", at),
                InvalidInput(
                    "records.dashboard.each", "%(field)s is no date; it has no months and years",
                    field=by.key,
                ),
            )  # fmt: skip
