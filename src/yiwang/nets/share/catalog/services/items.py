"""Items of a resource and the elements they stand for. 信息项与数据元绑定。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.errors import NotFound
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.types import ItemInfo

from .entries import get_resource, list_items, ref_of, save
from .permissions import EDIT


def set_items(act: Act, resource: Resource, found: Sequence[ItemInfo]) -> None:
    """Set the items after a delivery: new ones join, gone ones leave, confirmed ones stay. 更新信息项。

    Called inside the act that lands the delivery. Suggestions are renewed, a confirmed or
    declined element is a person's word and stays.
    """
    known = {item.name: item for item in Item.objects.filter(resource=resource)}
    Item.objects.filter(resource=resource).exclude(name__in=[one.name for one in found]).delete()
    for info in found:
        item = known.get(info.name) or Item(resource=resource, name=info.name)
        item.position, item.suggested = info.position, info.suggested
        item.element = info.element or item.element
        item.reasons = list(info.reasons)
        item.save()
    _renew_grade(resource)
    act.note(items=len(found))


def bind_elements(actor: Actor, resource_id: str, elements: Mapping[str, str]) -> list[ItemInfo]:
    """Confirm which element each named item is; an empty element declines the suggestion. 确认数据元。

    Holders of `share.resource.edit` for the owner. Raises NotFound for an unknown item or element.
    """
    resource = get_resource(actor, resource_id)
    actor.require(EDIT, organization=resource.owner)
    items = {item.name: item for item in Item.objects.filter(resource=resource)}
    _refuse_unknown(elements, items)
    with ledger.acting(actor, "share.resource.bind", on=ref_of(resource)) as act:
        for name, element in elements.items():
            item = items[name]
            item.element, item.declined = element, not element
            item.save(update_fields=["element", "declined"])
        _renew_grade(resource)
        save(resource)
        act.note(bound={name: element for name, element in elements.items() if element})
    return list_items(resource.id)


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
