"""Publishing an entry, only when it is complete. 发布目录。"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.events import services as events
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog.models import Item, Resource
from yiwang.nets.share.catalog.types import SharingType, Stage

from .entries import get_resource, ref_of, save
from .permissions import PUBLISH

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
    """Put an entry where every department sees it. 发布资源。

    Holders of `share.resource.publish`. Raises InvalidInput naming what is missing.
    """
    resource = get_resource(actor, resource_id)
    actor.require(PUBLISH, organization=resource.owner)
    missing = list_missing(resource)
    if missing:
        raise InvalidInput(
            "catalog.resource.incomplete",
            "Not complete yet, missing: %(missing)s",
            missing=missing,
        )
    if resource.publish_date:
        raise Conflict("catalog.resource.published_already", "It is published already")
    with ledger.acting(actor, "share.resource.publish", on=ref_of(resource)) as act:
        resource.publish_date, resource.stage = today(), Stage.RESOURCE
        save(resource)
        events.announce(act, "share.resource.published", {"resource": resource.id})
    return resource


def withdraw_publication(actor: Actor, resource_id: str, *, reason: str) -> Resource:
    """Take an entry back to draft, with a reason. 撤回发布。"""
    resource = get_resource(actor, resource_id)
    actor.require(PUBLISH, organization=resource.owner)
    if not reason.strip():
        raise InvalidInput("catalog.reason.missing", "Give a reason")
    if not resource.publish_date:
        raise Conflict("catalog.resource.not_published", "It is not published")
    with ledger.acting(actor, "share.resource.unpublish", on=ref_of(resource), reason=reason):
        resource.publish_date = None
        resource.stage = Stage.CACHE if resource.table else Stage.SOURCE
        save(resource)
    return resource
