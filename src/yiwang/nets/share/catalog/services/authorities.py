"""One authoritative source per element. 一数一源。

Which item of which resource is the source of an element, for whom it is (a person, a firm) or for
all. One holds; a second claim opens a conflict that the data bureau decides.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from yiwang.kernel.base.act import Act, Actor, Ref
from yiwang.kernel.base.errors import Conflict, InvalidInput, NotFound
from yiwang.kernel.base.text import msg
from yiwang.kernel.events import services as events
from yiwang.kernel.identity import services as identity
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.notify import services as notices
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog.models import (
    Authority,
    AuthorityConflict,
    ElementSeat,
    Item,
    Resource,
)
from yiwang.nets.share.catalog.types import (
    SHARED,
    AuthorityState,
    ConflictState,
    Subject,
)

from .entries import get_resource, visible_resources
from .permissions import CLAIM, DECIDE, READ

SHORT = 4


def claim_authority(
    actor: Actor, resource_id: str, item: str, *, subject: str = "", reason: str
) -> Authority:
    """Claim that an item is the authoritative source of its element. 认领数源。

    Holders of `share.authority.claim` for the owner. It holds where nobody else does; else it
    waits as contested and a conflict is open, of which both departments are told. `subject` says
    for whom; without one the claim is for all, and stands against any other of the element.
    """
    resource = get_resource(actor, resource_id)
    actor.require(CLAIM, organization=resource.owner)
    _check(reason, subject)
    element = _element_of(resource, item)
    with ledger.acting(
        actor, "share.authority.claim", on=_ref(element, subject), reason=reason.strip()[:300]
    ) as act:
        _take_seat(element)
        known = Authority.objects.filter(
            resource=resource, item=item, element=element, subject=subject
        )
        if known.filter(state__in=(AuthorityState.HOLDING, AuthorityState.CONTESTED)).exists():
            raise Conflict("catalog.authority.claimed", "This item claims it already")
        holder = _holders(element, subject).first()
        claim = Authority.objects.create(
            resource=resource,
            item=item,
            element=element,
            subject=subject,
            state=AuthorityState.CONTESTED if holder else AuthorityState.HOLDING,
            reason=reason.strip()[:300],
            account=actor.id,
            created_at=act.at,
        )
        act.note(resource=resource.id, item=item, state=claim.state)
        if holder:
            _open_conflict(act, holder, claim)
        _announce(act, "claimed", claim)
    return claim


def decide_conflict(
    actor: Actor, conflict_id: str, *, winner: str, reason: str
) -> AuthorityConflict:
    """Say which claim holds, with a reason; the other is refused. 裁定冲突。

    Holders of `share.authority.decide`. Whoever has made one of the claims does not decide it.
    """
    actor.require(DECIDE)
    _check(reason, "")
    with ledger.acting(
        actor,
        "share.authority.decide",
        on=Ref("share.authority_conflict", conflict_id, ""),
        reason=reason.strip()[:300],
    ) as act:
        conflict = _lock_open(conflict_id)
        pair = {conflict.holder.id: conflict.holder, conflict.challenger.id: conflict.challenger}
        if winner not in pair:
            raise InvalidInput("catalog.authority.winner", "Choose one of the two claims")
        if actor.id in {one.account for one in pair.values()}:
            raise Conflict(
                "catalog.authority.own",
                "Who has made one of the claims does not decide between them",
            )
        won = pair.pop(winner)
        [lost] = pair.values()
        _settle(won, lost)
        conflict.state, conflict.winner = ConflictState.DECIDED, won.id
        conflict.reason, conflict.decided_by = reason.strip()[:300], actor.id
        conflict.decided_at = act.at
        conflict.save()
        _tell(
            act, conflict, msg("Decided: the authoritative source of %(element)s is %(resource)s")
        )
        act.note(winner=won.id, resource=won.resource.id)
        _announce(act, "decided", won)
    return conflict


def withdraw_authority(actor: Actor, authority_id: str, *, reason: str) -> Authority:
    """Give up a claim, whether it holds or waits. 撤回认领。

    Holders of `share.authority.claim` for the owner. Its open conflicts end; where it held, the
    oldest claim that waits against nobody else holds from now on.
    """
    found = Authority.objects.select_related("resource").filter(id=authority_id).first()
    if found is None:
        raise NotFound("catalog.authority.missing", "There is no such claim")
    actor.require(CLAIM, organization=found.resource.owner)
    _check(reason, "")
    with ledger.acting(
        actor,
        "share.authority.withdraw",
        on=_ref(found.element, found.subject),
        reason=reason.strip()[:300],
    ) as act:
        _take_seat(found.element)
        found.refresh_from_db(fields=["state"])
        if found.state not in (AuthorityState.HOLDING, AuthorityState.CONTESTED):
            raise Conflict("catalog.authority.over", "This claim is over already")
        found.state = AuthorityState.WITHDRAWN
        found.save(update_fields=["state"])
        AuthorityConflict.objects.filter(
            Q(holder=found) | Q(challenger=found), state=ConflictState.OPEN
        ).update(state=ConflictState.OVER, reason=reason.strip()[:300], decided_at=act.at)
        _seat_next(found.element)
        _announce(act, "withdrawn", found)
    return found


def find_authority(element: str, subject: str = "") -> Authority | None:
    """Who holds an element now, for that subject. 权威数源。"""
    return _holders(element, subject).select_related("resource").first()


def list_other_sources(
    actor: Actor, resource: Resource, elements: Iterable[str]
) -> dict[str, list[Authority]]:
    """For each element the authoritative sources that are other resources the actor knows. 其他数源。"""
    wanted = [one for one in elements if one]
    held = (
        Authority.objects.filter(element__in=wanted, state=AuthorityState.HOLDING)
        .filter(resource__in=visible_resources(actor))
        .exclude(resource=resource)
        .select_related("resource")
        .order_by("subject")
    )
    found: dict[str, list[Authority]] = {}
    for one in held:
        found.setdefault(one.element, []).append(one)
    return found


def list_shared(elements: Iterable[str], *, beside: str) -> dict[str, Resource]:
    """Published entries that share an element as its authoritative source, beside one owner's. 可共享数源。

    Whoever asks: that a register is in the catalogue and shared is no secret.
    """
    held = (
        Authority.objects.filter(element__in=list(elements), state=AuthorityState.HOLDING)
        .filter(resource__publish_date__isnull=False, resource__sharing_type__in=SHARED)
        .exclude(resource__owner=beside)
        .select_related("resource")
        .order_by("-subject")
    )
    return {one.element: one.resource for one in held}


def list_of_resource(resource: Resource) -> list[Authority]:
    """The claims of a resource that hold or wait. 资源的认领。"""
    running = (AuthorityState.HOLDING, AuthorityState.CONTESTED)
    return list(Authority.objects.filter(resource=resource, state__in=running).order_by("element"))


def visible_authorities(actor: Actor) -> QuerySet[Authority]:
    """Every claim of resources the actor may know of. 可见认领。"""
    actor.require(READ)
    return Authority.objects.filter(resource__in=visible_resources(actor)).select_related(
        "resource"
    )


def visible_conflicts(actor: Actor) -> QuerySet[AuthorityConflict]:
    """Conflicts for those who decide, and those of one's own resources. 可见冲突。"""
    rows = AuthorityConflict.objects.select_related("holder__resource", "challenger__resource")
    if actor.may(DECIDE):
        return rows
    if not actor.may(READ):
        return rows.none()
    own = sorted(actor.organizations)
    return rows.filter(Q(holder__resource__owner__in=own) | Q(challenger__resource__owner__in=own))


def get_conflict(actor: Actor, conflict_id: str) -> AuthorityConflict:
    """One conflict that the actor may see. 取冲突。"""
    found = visible_conflicts(actor).filter(id=conflict_id).first()
    if found is None:
        raise NotFound("catalog.authority.no_conflict", "There is no such conflict")
    return found


def count_conflicts() -> int:
    """Open conflicts. 待裁定数量。"""
    return AuthorityConflict.objects.filter(state=ConflictState.OPEN).count()


def refuse_rebinding(resource: Resource, name: str, element: str) -> None:
    """Refuse to call an item something else while it is a source of what it was. 禁止改绑。"""
    running = Authority.objects.filter(
        resource=resource, item=name, state__in=(AuthorityState.HOLDING, AuthorityState.CONTESTED)
    ).exclude(element=element)
    if running.exists():
        raise Conflict(
            "catalog.authority.bound",
            "%(item)s is claimed as a source of its element; withdraw the claim first",
            item=name,
        )


def _check(reason: str, subject: str) -> None:
    if len(reason.strip()) < SHORT:
        raise InvalidInput("catalog.finding.reason", "Give a reason in a few words")
    if subject not in Subject.values:
        raise InvalidInput("catalog.authority.subject", "Choose for whom the source is")


def _element_of(resource: Resource, name: str) -> str:
    item = Item.objects.filter(resource=resource, name=name, gone=False).first()
    if item is None:
        raise NotFound("catalog.item.missing", "There is no item %(item)s", item=name)
    if item.element not in standards.get_elements():
        raise InvalidInput(
            "catalog.authority.unbound", "Confirm first which data element %(item)s is", item=name
        )
    return item.element


def _take_seat(element: str) -> None:
    """Let one act at a time deal with an element: the others wait here. 排队。"""
    ElementSeat.objects.get_or_create(element=element)
    ElementSeat.objects.select_for_update().get(element=element)


def _holders(element: str, subject: str) -> QuerySet[Authority]:
    held = Authority.objects.filter(element=element, state=AuthorityState.HOLDING)
    return held.filter(Q(subject=subject) | Q(subject="")) if subject else held


def _open_conflict(act: Act, holder: Authority, claim: Authority) -> None:
    conflict = AuthorityConflict.objects.create(
        element=claim.element,
        subject=claim.subject,
        holder=holder,
        challenger=claim,
        state=ConflictState.OPEN,
        opened_at=act.at,
    )
    _tell(act, conflict, msg("Two resources claim to be the source of %(element)s"))
    events.announce(act, "share.authority.contested", {"conflict": conflict.id})


def _lock_open(conflict_id: str) -> AuthorityConflict:
    found = AuthorityConflict.objects.filter(id=conflict_id).first()
    if found is None:
        raise NotFound("catalog.authority.no_conflict", "There is no such conflict")
    _take_seat(found.element)
    found = AuthorityConflict.objects.select_related(
        "holder__resource", "challenger__resource"
    ).get(id=conflict_id)
    if found.state != ConflictState.OPEN:
        raise Conflict("catalog.authority.decided", "This conflict is decided already")
    return found


def _settle(won: Authority, lost: Authority) -> None:
    """The loser goes first: never do two hold at once. 落定。"""
    lost.state = AuthorityState.REFUSED
    lost.save(update_fields=["state"])
    others = _holders(won.element, won.subject).exclude(id=won.id)
    if won.state != AuthorityState.HOLDING and others.exists():
        raise Conflict(
            "catalog.authority.others",
            "Another source holds a part of this; decide or withdraw that one first",
        )
    won.state = AuthorityState.HOLDING
    won.save(update_fields=["state"])


def _seat_next(element: str) -> None:
    """Let waiting claims hold that nothing stands against any more, the oldest first. 递补。"""
    waiting = Authority.objects.filter(element=element, state=AuthorityState.CONTESTED)
    for claim in waiting.order_by("created_at", "id"):
        open_still = AuthorityConflict.objects.filter(challenger=claim, state=ConflictState.OPEN)
        if not open_still.exists() and not _holders(element, claim.subject).exists():
            claim.state = AuthorityState.HOLDING
            claim.save(update_fields=["state"])


def _tell(act: Act, conflict: AuthorityConflict, title: str) -> None:
    """Tell the stewards of both departments, and who decides. 通知双方。"""
    owners = {conflict.holder.resource.owner, conflict.challenger.resource.owner}
    told = set(identity.list_account_ids(role="steward", organization_codes=owners))
    told |= set(identity.list_account_ids(role="engineer"))
    element = standards.find_element(conflict.element)
    won = conflict.challenger if conflict.winner == conflict.challenger.id else conflict.holder
    notices.notify(
        act,
        told,
        title,
        f"/catalog/authorities/conflicts/{conflict.id}/",
        element=element.zh if element else conflict.element,
        resource=won.resource.name,
    )


def _announce(act: Act, what: str, claim: Authority) -> None:
    events.announce(
        act,
        f"share.authority.{what}",
        {"authority": claim.id, "element": claim.element, "resource": claim.resource_id},
    )


def _ref(element: str, subject: str) -> Ref:
    return Ref("share.authority", f"{element}/{subject}".rstrip("/"), element)
