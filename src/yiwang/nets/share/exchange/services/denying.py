"""Who may have nothing. 禁止名单。"""

from __future__ import annotations

from yiwang.kernel.base.act import Actor, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger import services as ledger
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.exchange.models import Denial

from .finding import visible_denials
from .granting import require_reason
from .permissions import DENY


def deny(actor: Actor, organization: str, *, resource_id: str = "", reason: str) -> Denial:
    """Put an organization on the list, for one resource or for all. 列入禁止名单。

    Holders of `share.grant.deny` for the owner; for all resources only those who hold it for all.
    It goes before grants from the next question on.
    """
    resource = catalog.get_resource(actor, resource_id) if resource_id else None
    if resource is not None:
        actor.require(DENY, organization=resource.owner)
    else:
        actor.require(DENY, organization="")
    if organization not in identity.get_organizations([organization]):
        raise InvalidInput(
            "exchange.denial.organization", "There is no organization %(name)s", name=organization
        )
    why = require_reason(reason)
    on = Ref("share.denial", "", organization)
    with ledger.acting(actor, "share.grant.deny", on=on, reason=why) as act:
        made = Denial.objects.create(
            organization=organization, resource=resource, reason=why, account=actor.id,
            created_at=act.at,
        )  # fmt: skip
        act.on = Ref("share.denial", made.id, organization)
    return made


def lift_denial(actor: Actor, denial_id: str, *, reason: str) -> None:
    """Take an organization off the list. 移出禁止名单。"""
    found = visible_denials(actor).filter(id=denial_id).first()
    if found is None:
        raise NotFound("exchange.denial.missing", "There is no such line on the list")
    actor.require(DENY, organization=found.resource.owner if found.resource else "")
    why = require_reason(reason)
    on = Ref("share.denial", found.id, found.organization)
    with ledger.acting(actor, "share.grant.allow", on=on, reason=why) as act:
        changed = Denial.objects.filter(pk=found.pk, lifted_at=None).update(
            lifted_at=act.at, lifted_by=actor.id
        )
        if not changed:
            raise Conflict("exchange.denial.over", "It was lifted already")
