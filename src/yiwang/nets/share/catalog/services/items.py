"""Items of a resource and the elements they stand for. 信息项与数据元绑定。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.types import ItemInfo

from .entries import describe_item, get_resource, list_items, ref_of, save
from .permissions import EDIT, UNMASK
from .sight import is_guarded


def set_items(act: Act, resource: Resource, found: Sequence[ItemInfo]) -> None:
    """Set the items after a delivery: new ones join, confirmed ones stay. 更新信息项。

    Called inside the act that lands the delivery. Suggestions are renewed, a confirmed or
    declined element is a person's word and stays. What the delivery has no longer is kept as
    gone, so that earlier versions stay masked.
    """
    known = {item.name: item for item in Item.objects.filter(resource=resource)}
    absent = Item.objects.filter(resource=resource).exclude(name__in=[one.name for one in found])
    absent.update(gone=True)
    released: dict[str, str] = {}
    for info in found:
        item = known.get(info.name) or Item(resource=resource, name=info.name)
        _suggest(item, info)
        before = describe_item(item).effective
        item.position, item.gone = info.position, False
        item.element = info.element or item.element
        released |= _released(item, before)
        item.save()
    _release(act, resource, released)
    _renew_grade(resource)
    act.note(items=len(found))


def bind_elements(actor: Actor, resource_id: str, elements: Mapping[str, str]) -> list[ItemInfo]:
    """Confirm which element each named item is; an empty element declines the suggestion. 确认数据元。

    Holders of `share.resource.edit` for the owner. Where a word shows what was masked until now,
    it takes `share.resource.unmask` too and leaves a row of its own. Raises NotFound for an
    unknown item or element.
    """
    resource = get_resource(actor, resource_id)
    actor.require(EDIT, organization=resource.owner)
    items = {item.name: item for item in Item.objects.filter(resource=resource)}
    _refuse_unknown(elements, items)
    with ledger.acting(actor, "share.resource.bind", on=ref_of(resource)) as act:
        released: dict[str, str] = {}
        for name, element in elements.items():
            item = items[name]
            before = describe_item(item).effective
            item.element, item.declined = element, not element
            released |= _released(item, before)
            item.save(update_fields=["element", "declined"])
        _release(act, resource, released)
        _renew_grade(resource)
        save(resource)
        act.note(bound={name: element for name, element in elements.items() if element})
    return list_items(resource.id)


def _suggest(item: Item, info: ItemInfo) -> None:
    """Renew the suggestion: a personal one ends only by a person's word. 更新推荐。

    A few rows that look harmless say nothing about the rows that were there before; and who
    declined one personal element has not looked at another.
    """
    if is_guarded(item.suggested) and not is_guarded(info.suggested):
        return
    if info.suggested != item.suggested and is_guarded(info.suggested):
        item.declined = False
    item.suggested, item.reasons = info.suggested, list(info.reasons)


def _released(item: Item, before: str) -> dict[str, str]:
    """The item and its element where it shows from now on and was masked before. 解除脱敏项。"""
    after = describe_item(item).effective
    return {item.name: after} if is_guarded(before) and not is_guarded(after) else {}


def _release(act: Act, resource: Resource, released: Mapping[str, str]) -> None:
    """Put on record that columns are masked no longer, for everybody. 解除脱敏。"""
    if not released:
        return
    act.actor.require(UNMASK, organization=resource.owner)
    with ledger.acting(act.actor, "share.resource.release", on=ref_of(resource)) as inner:
        inner.note(columns=dict(released))


def _refuse_unknown(elements: Mapping[str, str], items: Mapping[str, Item]) -> None:
    known = standards.get_elements()
    for name, element in elements.items():
        if name not in items:
            raise NotFound("catalog.item.missing", "There is no item %(item)s", item=name)
        if element and element not in known:
            raise NotFound(
                "catalog.element.missing", "There is no data element %(element)s", element=element
            )


def _renew_grade(resource: Resource) -> None:
    """The highest grade of the items wins. GB/T 43697 就高原则。"""
    known = standards.get_elements()
    grades = [known[i.effective].grade for i in list_items(resource.id) if i.effective in known]
    resource.grade = max(grades, default=0)
    resource.save(update_fields=["grade"])
