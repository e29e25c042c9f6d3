"""How the columns of a plan are shown: whole, as usual masked, or as its grant says. 授权脱敏。"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from yiwang.kernel.files import services as files
from yiwang.kernel.pool import services as pool
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.types import CHOSEN

from .deciding import Plan

PURPOSE = "share.exchange.mask"
PERSONS = ("resident_id", "credit_code")
"""Elements that say whose a row is; the days of one person are moved alike. 主体标识数据元。"""


def show_sql(plan: Plan) -> Mapping[str, str]:
    """What is read instead of each masked column, as SQL of the pool. 脱敏表达式。"""
    keyed = [mask for mask in plan.masks.values() if standards.needs_key(mask.removeprefix(CHOSEN))]
    key = files.derive_key(plan.grant.mask_key, PURPOSE) if keyed else b""
    person = find_whose(plan) if keyed else ""
    whose = pool.quote_name(person) if person else "''"
    return {name: _show(name, mask, key, whose) for name, mask in plan.masks.items()}


def _show(name: str, mask: str, key: bytes, whose: str) -> str:
    column = pool.quote_name(name)
    if mask.startswith(CHOSEN):
        return standards.disguise_sql(mask.removeprefix(CHOSEN), key, column, whose)
    return catalog.hide_sql(mask, column)


def show_values(plan: Plan) -> Callable[[Mapping[str, str | None]], tuple[str | None, ...]] | None:
    """The same for one row at a time, without the engine; None where a mask is the engine's. 逐行脱敏。

    A row holds the columns of the plan by name, and the one that says whose it is.
    """
    if catalog.TEXT in plan.masks.values():
        return None  # the engine hides more of a text than Python does
    keyed = [mask for mask in plan.masks.values() if standards.needs_key(mask.removeprefix(CHOSEN))]
    key = files.derive_key(plan.grant.mask_key, PURPOSE) if keyed else b""
    whose = find_whose(plan) if keyed else ""

    def show(row: Mapping[str, str | None]) -> tuple[str | None, ...]:
        person = (row[whose] or "") if whose else ""
        return tuple(
            _hide(plan.masks.get(name, ""), key, row[name], person) for name in plan.columns
        )

    return show


def needs_whose(plan: Plan) -> frozenset[str]:
    """The column that `show_values` asks beside those of the plan, if any. 附加列。"""
    keyed = any(standards.needs_key(mask.removeprefix(CHOSEN)) for mask in plan.masks.values())
    return frozenset([find_whose(plan)]) - {""} if keyed else frozenset()


def _hide(mask: str, key: bytes, cell: str | None, whose: str) -> str | None:
    if mask.startswith(CHOSEN):
        return standards.disguise(mask.removeprefix(CHOSEN), key, cell, whose)
    return catalog.hide(mask, cell) if mask else cell


def find_whose(plan: Plan) -> str:
    """The column that says whose a row is, granted or not; empty without one. 主体标识列。"""
    items = {item.effective: item.name for item in catalog.list_items(plan.grant.resource_id)}
    found = [items[one] for one in PERSONS if items.get(one) in plan.version.columns]
    return found[0] if found else ""
