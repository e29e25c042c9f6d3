"""Publishing an entry, only when it is complete. 发布目录。"""

from __future__ import annotations

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.workflow import services as workflow
from yiwang.kernel.workflow.types import Arrival
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.types import SharingType, Stage

from .casework import PUBLISHING, follow_publishing, open_publishing
from .entries import get_resource, ref_of, save
from .permissions import EDIT, PUBLISH

REQUIRED = {
    "abstract": msg("Abstract"),
    "sharing_type": msg("Sharing type"),
    "open_type": msg("Openness"),
    "update_cycle": msg("Update cycle"),
}


def list_missing(resource: Resource) -> list[str]:
    """What an entry still needs before it can be published, as message ids. 待补全项。

    The core fields of 政务信息资源目录编制指南; a type other than unconditional needs its basis.
    """
    missing = [label for field, label in REQUIRED.items() if not getattr(resource, field)]
    limited = resource.sharing_type in (SharingType.CONDITIONAL, SharingType.NONE)
    if limited and not resource.sharing_basis:
        missing.append(msg("Basis or condition of sharing"))
    if not Item.objects.filter(resource=resource, gone=False).exists():
        missing.append(msg("Items: land a delivery first"))
    return missing


def publish_resource(actor: Actor, resource_id: str) -> Resource:
    """Put an entry where every department sees it: decides its case, opened now if none is. 发布资源。

    Holders of `share.resource.publish`. Raises InvalidInput naming what is missing.
    """
    resource = get_resource(actor, resource_id)
    actor.require(PUBLISH, organization=resource.owner)
    _refuse_unready(resource)
    with ledger.acting(actor, "share.resource.decide", on=ref_of(resource)) as act:
        open_publishing(act, resource)
        workflow.decide_about(actor, PUBLISHING, resource.id, "publish")
    resource.refresh_from_db()
    return resource


def submit_entry(act: Act, arrival: Arrival) -> None:
    """What asking for publication takes: the right to edit, and a complete entry. 提请发布。"""
    resource = get_resource(act.actor, arrival.subject)
    act.actor.require(EDIT, organization=resource.owner)
    _refuse_unready(resource)


def publish_entry(act: Act, arrival: Arrival) -> None:
    """Publish the entry that the case is about. 流程发布。"""
    actor = act.actor
    resource = get_resource(actor, arrival.subject)
    actor.require(PUBLISH, organization=resource.owner)
    _refuse_unready(resource)
    with ledger.acting(actor, "share.resource.publish", on=ref_of(resource)) as inner:
        resource.publish_date = today()
        _set_stage(resource, Stage.RESOURCE)
        save(resource)
        events.announce(inner, "share.resource.published", {"resource": resource.id})


def _refuse_unready(resource: Resource) -> None:
    missing = list_missing(resource)
    if missing:
        raise InvalidInput(
            "catalog.resource.incomplete",
            "Not complete yet, missing: %(missing)s",
            missing=missing,
        )
    if resource.publish_date:
        raise Conflict("catalog.resource.published_already", "It is published already")


def withdraw_publication(actor: Actor, resource_id: str, *, reason: str) -> Resource:
    """Take an entry back to draft, with a reason. 撤回发布。"""
    resource = get_resource(actor, resource_id)
    actor.require(PUBLISH, organization=resource.owner)
    if not reason.strip():
        raise InvalidInput("catalog.reason.missing", "Give a reason")
    if not resource.publish_date:
        raise Conflict("catalog.resource.not_published", "It is not published")
    on = ref_of(resource)
    with ledger.acting(actor, "share.resource.unpublish", on=on, reason=reason) as act:
        resource.publish_date = None
        _set_stage(resource, Stage.CACHE if resource.table else Stage.SOURCE)
        save(resource)
        follow_publishing(act, resource, why=reason.strip())
    return resource


def _set_stage(resource: Resource, stage: Stage) -> None:
    """What is retired stays so, whoever sees it. 退役不变。"""
    if resource.stage != Stage.RETIRED:
        resource.stage = stage
