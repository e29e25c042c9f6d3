"""What one actor may see of one resource now, and the read row that a look costs. 可见范围。

Closed where in doubt: a column that no item describes, and one bound to an element that is gone
from the standard, shows nothing at all until a purpose is stated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import KINDS, ColumnFinding, Element
from yiwang.nets.share.catalog.models import Resource, Unmasking
from yiwang.nets.share.catalog.types import ItemInfo, ResourceInfo

from .entries import list_known_items, ref_of

HIDDEN = "*"
"""Stands for an element where nothing of a value may show. 完全隐藏。"""
TEXT = "~"
"""Stands for an element where what is personal inside a text may not show. 文本内脱敏。"""
MOSTLY = 0.8
"""Share of cells that must be one kind and nothing else for its mask to hold for all. 多数比例。"""


@dataclass(frozen=True, slots=True)
class Sight:
    """Which columns are personal and which of them are masked for this actor now. 可见范围。

    `masks` gives the element that masks a column, or `HIDDEN`; it is empty while unmasked.
    """

    resource: Resource | ResourceInfo
    masks: Mapping[str, str]
    personal: frozenset[str]
    unmasking: Unmasking | None


def sight_of(actor: Actor, resource: Resource | ResourceInfo, columns: Sequence[str]) -> Sight:
    """The actor's sight of these columns of a resource. 取可见范围。"""
    unmasking = find_unmasking(actor, resource.id)
    masks = guard_masks(resource.id, columns)
    return Sight(resource, {} if unmasking else masks, frozenset(masks), unmasking)


def guard_columns(items: Iterable[ItemInfo], columns: Sequence[str]) -> dict[str, str]:
    """The columns that are, or may be, personal, each with what masks it. 个人信息列。"""
    known = standards.get_elements()
    described = {item.name: item for item in items}
    masks = {
        name: guard_of(described[name], known) if name in described else HIDDEN for name in columns
    }
    return {name: mask for name, mask in masks.items() if mask}


def guard_masks(resource_id: str, columns: Sequence[str]) -> dict[str, str]:
    """What masks each personal column of a resource, whoever asks. 脱敏列。"""
    return guard_columns(list_known_items(resource_id), columns)


def guard_of(item: ItemInfo, known: Mapping[str, Element]) -> str:
    """What masks an item: an element, `HIDDEN`, `TEXT`, or nothing. 生效脱敏。

    An element that is personal but shown whole (sex) gives way to what was found inside.
    """
    element = known.get(item.effective)
    if item.closed or (item.effective and element is None):
        return HIDDEN
    if element and element.personal and element.mask != "keep":
        return element.code
    inside = _guard_of_found(item.found, known) if item.suspect else ""
    return inside or (element.code if element and element.personal else "")


def _guard_of_found(found: ColumnFinding, known: Mapping[str, Element]) -> str:
    for kind in found.personal:
        element = known.get(KINDS[kind].element)
        if element and found.kinds[kind].whole >= MOSTLY * found.filled:
            return element.code
    return TEXT


def is_same_guess(item: ItemInfo) -> bool:
    """Whether the suggested element is all that was found inside: to decline one is both. 同一推断。"""
    inside = _guard_of_found(item.found, standards.get_elements())
    return bool(item.suggested) and inside == item.suggested


def is_masked(item: ItemInfo) -> bool:
    """Whether an item is kept from being seen whole. 是否脱敏。"""
    known = standards.get_elements()
    guard = guard_of(item, known)
    return bool(guard) and (guard not in known or known[guard].mask != "keep")


def is_guarded(element: str) -> bool:
    """Whether an element keeps a column from being seen whole. 是否脱敏。"""
    found = standards.get_elements().get(element)
    return bool(element) and (found is None or (found.personal and found.mask != "keep"))


def hide(element: str, text: str | None) -> str | None:
    """A value as it may be shown under a mask. 脱敏取值。"""
    if element == HIDDEN:
        return None if text is None else "***"
    if element == TEXT:
        return standards.mask_spans(text)
    return standards.mask_value(element, text)


def hide_sql(element: str, column: str) -> str:
    """`hide` as a DuckDB expression. 脱敏 SQL。

    The engine cannot see names in a text: of a cell that may hold personal data nothing shows.
    """
    if element == HIDDEN:
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE '***' END"
    if element == TEXT:
        return f"CASE WHEN {standards.may_hold_sql(column)} THEN '***' ELSE {column} END"
    return standards.mask_sql(element, column)


def record_look(
    actor: Actor, sight: Sight, *, columns: Iterable[str], rows: int, place: str
) -> None:
    """Leave the read row of a look, if any of these columns is personal. 记录查阅。

    It stands on the resource wherever the look was, so that its page tells of all of them.
    """
    personal = sorted(sight.personal & set(columns))
    if not personal:
        return
    ledger.record_read(
        actor,
        on=ref_of(sight.resource),
        purpose=sight.unmasking.purpose if sight.unmasking else "",
        columns=personal,
        rows=rows,
        where=place,
        unmasked=sight.unmasking is not None,
    )


def find_unmasking(actor: Actor, resource_id: str, at: datetime | None = None) -> Unmasking | None:
    """The actor's running permission to see this resource unmasked. 生效的明文查看。"""
    moment = at or now()
    running = Unmasking.objects.filter(account=actor.id, resource_id=resource_id, until__gt=moment)
    return running.order_by("-until").first()
