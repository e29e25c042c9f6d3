"""Items of a resource and the elements they stand for. 信息项与数据元绑定。"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiwang.kernel.base.act import SYSTEM, Act, Actor
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.standards import services as standards
from yiwang.kernel.standards.types import ColumnFinding, Usage
from yiwang.kernel.workflow.types import Arrival
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.types import ItemInfo

from .authorities import refuse_rebinding
from .casework import decide_elements, follow_elements, open_proposals
from .entries import (
    describe_item,
    editable_resources,
    get_resource,
    list_items,
    read_finding,
    ref_of,
    save,
    visible_resources,
    write_finding,
)
from .grading import renew_grade
from .permissions import EDIT, UNMASK
from .sight import is_guarded, is_masked, is_same_guess

USAGES = 50
"""So many items are named on the page of an element. 引用上限。"""


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
        _remember(item, info.found)
        before = describe_item(item)
        item.position, item.gone = info.position, False
        item.element = info.element or item.element
        released |= released_by(item, before)
        item.save()
    record_release(act, resource, released)
    renew_grade(resource)
    follow_elements(act, resource)
    act.note(items=len(found))


def with_proposals(rows: QuerySet[Resource]) -> QuerySet[Resource]:
    """Those with items whose proposed element nobody has confirmed or declined. 数据元待确认资源。"""
    return rows.filter(Exists(open_proposals().filter(resource=OuterRef("pk"))))


def count_unconfirmed(actor: Actor) -> int:
    """Entries within reach that wait for a word on what their items are. 待确认数据元的资源数。"""
    return with_proposals(editable_resources(actor)).count()


def count_proposals(resource_id: str) -> int:
    """How many items of a resource have a proposed element that nobody looked at. 待确认项数。"""
    return open_proposals().filter(resource=resource_id).count()


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
            refuse_rebinding(resource, name, element)
            if element != item.element:
                refuse_declared(resource, item)
            before = describe_item(item)
            item.element, item.declined = element, not element
            item.cleared |= not element and is_same_guess(before)
            released |= released_by(item, before)
            item.save(update_fields=["element", "declined", "cleared"])
        record_release(act, resource, released)
        renew_grade(resource)
        save(resource)
        act.note(bound={name: element for name, element in elements.items() if element})
        events.announce(act, "share.resource.bound", {"resource": resource.id})
        decide_elements(actor, resource)
    return list_items(resource.id)


def adopt_proposals(act: Act, arrival: Arrival) -> None:
    """Confirm every proposed element of the entry that the case is about. 全部采用推荐。"""
    _word_on_all(act, arrival.subject, adopt=True)


def decline_proposals(act: Act, arrival: Arrival) -> None:
    """Decline every proposed element of the entry that the case is about. 全部不采用。"""
    _word_on_all(act, arrival.subject, adopt=False)


def _word_on_all(act: Act, resource_id: str, *, adopt: bool) -> None:
    items = open_proposals().filter(resource=resource_id)
    words = {item.name: item.suggested if adopt else "" for item in items}
    bind_elements(act.actor, resource_id, words)


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


def _remember(item: Item, found: ColumnFinding) -> None:
    """Keep what was found: a personal kind ends only by a person's word. 更新识别结果。

    Whoever cleared one kind has not looked at another.
    """
    before = read_finding(item.found)
    if set(found.personal) - set(before.personal) or (found.unread and not before.unread):
        item.cleared = False
    kept = {kind: before.kinds[kind] for kind in before.personal if kind not in found.kinds}
    item.found = write_finding(replace(found, kinds={**kept, **found.kinds}))


def clear_finding(
    actor: Actor, resource_id: str, name: str, *, reason: str, cleared: bool = True
) -> list[ItemInfo]:
    """Say that no personal data stands inside an item, or take that back. 认定无个人信息。

    Holders of `share.resource.edit` for the owner; where it shows what was masked until now it
    takes `share.resource.unmask` too, and leaves a row of its own. Raises InvalidInput without a
    reason, NotFound for an unknown item, Conflict where nothing was found inside.
    """
    resource = get_resource(actor, resource_id)
    actor.require(EDIT, organization=resource.owner)
    if len(reason.strip()) < 4:
        raise InvalidInput("catalog.finding.reason", "Give a reason in a few words")
    with ledger.acting(
        actor, "share.resource.judge", on=ref_of(resource), reason=reason.strip()
    ) as act:
        item = Item.objects.select_for_update().filter(resource=resource, name=name).first()
        if item is None:
            raise NotFound("catalog.item.missing", "There is no item %(item)s", item=name)
        before = describe_item(item)
        if not (before.found.personal or before.found.unread):
            raise Conflict(
                "catalog.finding.none", "Nothing personal was found in %(item)s", item=name
            )
        item.cleared = cleared
        item.save(update_fields=["cleared"])
        record_release(act, resource, released_by(item, before))
        renew_grade(resource)
        act.note(item=name, cleared=cleared, found=list(before.found.personal))
        events.announce(
            act,
            "share.resource.judged",
            {"resource": resource.id, "item": name, "cleared": cleared},
        )
    return list_items(resource.id)


def released_by(item: Item, before: ItemInfo) -> dict[str, str]:
    """The item and its element where it shows from now on and was masked before. 解除脱敏项。"""
    after = describe_item(item)
    return {item.name: after.effective} if is_masked(before) and not is_masked(after) else {}


def record_release(act: Act, resource: Resource, released: Mapping[str, str]) -> None:
    """Put on record that columns are masked no longer, for everybody. 解除脱敏。"""
    if not released:
        return
    if act.actor.id != SYSTEM.id:
        act.actor.require(UNMASK, organization=resource.owner)
    with ledger.acting(act.actor, "share.resource.release", on=ref_of(resource)) as inner:
        inner.note(columns=dict(released))


def refuse_declared(resource: Resource, item: Item) -> None:
    """Refuse to call an item something else than its entity declares. 禁止改绑声明项。"""
    if item.declared:
        raise Conflict(
            "catalog.item.declared",
            "Entity %(entity)s declares what %(item)s is; change it there",
            entity=resource.kept_by,
            item=item.name,
        )


def _refuse_unknown(elements: Mapping[str, str], items: Mapping[str, Item]) -> None:
    known = standards.get_elements()
    for name, element in elements.items():
        if name not in items:
            raise NotFound("catalog.item.missing", "There is no item %(item)s", item=name)
        if element and element not in known:
            raise NotFound(
                "catalog.element.missing", "There is no data element %(element)s", element=element
            )


def list_element_usages(actor: Actor, code: str) -> list[Usage]:
    """Items that are, or look like, the element, in entries the actor may know of. 引用该数据元的信息项。"""
    found = (
        Item.objects.filter(Q(element=code) | Q(element="", suggested=code, declined=False))
        .filter(gone=False, resource__in=visible_resources(actor))
        .select_related("resource")
        .order_by("resource__name", "position")[:USAGES]
    )
    return [
        Usage(one.resource.name, f"/catalog/{one.resource_id}/", one.name, bool(one.element))
        for one in found
    ]
