"""Cases about entries: to publish them, to confirm what their items are. 目录流程。"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.identity import services as identity
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.types import AboutCase
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.types import Stage

PUBLISHING, ELEMENTS = "share.publishing", "share.elements"
NAMES_AT_MOST = 2000


def open_proposals() -> QuerySet[Item]:
    """Items whose proposed element nobody has confirmed or declined. 待确认信息项。"""
    return Item.objects.filter(element="", declined=False, gone=False).exclude(suggested="")


def is_unpublished() -> Q:
    """Entries that have data and that no other department can see yet. 待发布条件。"""
    return Q(publish_date=None) & ~Q(table="") & ~Q(stage=Stage.RETIRED)


def follow_publishing(act: Act, resource: Resource, *, why: str = "") -> None:
    """Open the case that publishes an entry once it holds data; drop it when it retires. 发布流程联动。"""
    if resource.stage == Stage.RETIRED:
        workflow.tell_about(act, PUBLISHING, resource.id, "gone")
    elif resource.table and not resource.publish_date:
        open_publishing(act, resource, why=why)


def open_publishing(act: Act, resource: Resource, *, why: str = "") -> None:
    """Open the case that publishes an entry, unless one is open. 目录发布立案。"""
    _open(act, PUBLISHING, resource, why=why)


def follow_elements(act: Act, resource: Resource) -> None:
    """Open the case that confirms proposed elements, or end it once none is left. 数据元流程联动。"""
    names = list(open_proposals().filter(resource=resource).values_list("name", flat=True))
    items = Truncator("、".join(names)).chars(NAMES_AT_MOST)
    if not names or resource.stage == Stage.RETIRED:
        workflow.tell_about(act, ELEMENTS, resource.id, "gone")
    elif not workflow.tell_about(act, ELEMENTS, resource.id, "", items=items):
        _open(act, ELEMENTS, resource, items=items)


def decide_elements(actor: Actor, resource: Resource) -> None:
    """Somebody looked at the proposals one by one; once none is left, that was their task. 逐项确认。"""
    if not open_proposals().filter(resource=resource).exists():
        workflow.decide_about(actor, ELEMENTS, resource.id, "confirmed")


def catch_up_publishing(act: Act) -> int:
    """The cases of entries that held data before there were cases. 补立发布流程。"""
    return _catch_up(act, PUBLISHING, Resource.objects.filter(is_unpublished()), follow_publishing)


def catch_up_elements(act: Act) -> int:
    """The cases of proposals made before there were cases. 补立数据元流程。"""
    waiting = Resource.objects.filter(Exists(open_proposals().filter(resource=OuterRef("pk"))))
    return _catch_up(act, ELEMENTS, waiting, follow_elements)


def _catch_up(
    act: Act, code: str, rows: QuerySet[Resource], follow: Callable[[Act, Resource], object]
) -> int:
    known, count = workflow.list_open_subjects(code), 0
    for resource in rows.iterator(chunk_size=500):
        if resource.id not in known:
            follow(act, resource)
            count += 1
    return count


def list_cases(actor: Actor, resource_id: str) -> list[AboutCase]:
    """The open cases about an entry. 目录在办流程。"""
    return workflow.list_about(actor, (PUBLISHING, ELEMENTS), [resource_id]).get(resource_id, [])


def entry_page(resource_id: str) -> str:
    """The page of an entry. 目录页地址。"""
    return reverse("catalog:detail", args=[resource_id])


def items_page(resource_id: str) -> str:
    """The page on which the elements of an entry are confirmed. 数据元确认页地址。"""
    return reverse("catalog:bind", args=[resource_id])


def _open(act: Act, code: str, resource: Resource, **data: str) -> None:
    told = {"name": resource.name, "owner": resource.owner, **data}
    told["office"] = identity.find_office("steward", resource.owner)
    workflow.open_about(
        act, code, resource.id, title=resource.name, organization=resource.owner,
        data={key: value for key, value in told.items() if value},
    )  # fmt: skip
