"""What becomes of a grant: made, narrowed, revoked. 授权的生成、收窄与撤销。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yiwang.kernel.base.act import Act, Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.base.text import msg
from yiwang.kernel.events import services as events
from yiwang.kernel.files import services as files
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.notify import services as notices
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.exchange.models import REASON, Grant, Request, Terms
from yiwang.nets.share.exchange.types import Method

from .entering import enter_grant
from .finding import get_grant, get_terms, ref_of
from .permissions import REVOKE

RATE = 60
CHECK_RATE = 100
"""Records a minute that a grant for checks compares; others allow `RATE` requests. 每分钟核验条数。"""
SHORT = 4


@dataclass(frozen=True, slots=True)
class Narrower:
    """What is left of a grant. 收窄内容。"""

    columns: tuple[str, ...]
    until: date
    quota: int


def create_grant(act: Act, request: Request, *, allocated: bool = False) -> Grant:
    """The grant that a request asked for, from today on, within the act of the decision. 生成授权。"""
    grant = Grant.objects.create(
        request=request, resource=request.resource, organization=request.organization,
        purpose=request.purpose, allocated=allocated, until=request.until,
        account=act.actor.id, created_at=act.at, mask_key=_make_key(request),
    )  # fmt: skip
    _add_terms(
        act, grant, 1, columns=request.columns, clear=request.clear, masks=request.masks,
        row_filter=request.row_filter, begins=today(), until=request.until, quota=request.volume,
        rate=CHECK_RATE if request.method == Method.CHECK else RATE,
    )  # fmt: skip
    with ledger.acting(act.actor, "share.grant.make", on=ref_of(grant)) as inner:
        inner.note(resource=request.resource_id, allocated=allocated)
        enter_grant(inner, "share.grant.made", grant)
        events.announce(inner, "share.grant.made", {"grant": grant.id})
    return grant


def narrow_grant(actor: Actor, grant_id: str, left: Narrower, *, reason: str) -> Grant:
    """Leave less of a grant: fewer columns, an earlier end, fewer rows. 收窄授权。

    Holders of `share.grant.revoke` for the owner. Never more: who needs more asks for it.
    """
    grant = get_grant(actor, grant_id)
    actor.require(REVOKE, organization=grant.resource.owner)
    why = require_reason(reason)
    with ledger.acting(actor, "share.grant.narrow", on=ref_of(grant), reason=why) as act:
        grant = _lock(grant_id)
        before = get_terms(grant)
        _refuse_wider(before, left)
        _add_terms(
            act, grant, before.number + 1, columns=_in_order(before.columns, left.columns),
            clear=_in_order(before.clear, left.columns),
            masks={name: mask for name, mask in before.masks.items() if name in left.columns},
            row_filter=before.row_filter,
            begins=before.begins, until=left.until, quota=left.quota, rate=before.rate, reason=why,
        )  # fmt: skip
        Grant.objects.filter(pk=grant.pk).update(until=left.until)
        _tell(act, grant, msg("Your grant %(number)s was narrowed: %(reason)s"), why)
        enter_grant(act, "share.grant.narrowed", grant)
        events.announce(act, "share.grant.narrowed", {"grant": grant.id})
    return grant


def revoke_grant(actor: Actor, grant_id: str, *, reason: str) -> Grant:
    """End a grant at once. 撤销授权。 Holders of `share.grant.revoke` for the owner; a reason is needed."""
    grant = get_grant(actor, grant_id)
    actor.require(REVOKE, organization=grant.resource.owner)
    why = require_reason(reason)
    with ledger.acting(actor, "share.grant.revoke", on=ref_of(grant), reason=why) as act:
        grant = _lock(grant_id)
        grant.revoked_at, grant.revoked_by, grant.revoke_reason = act.at, actor.id, why
        grant.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
        if grant.mask_key:
            files.destroy_key(act, grant.mask_key)
        _tell(act, grant, msg("Your grant %(number)s was revoked: %(reason)s"), why)
        enter_grant(act, "share.grant.revoked", grant)
        events.announce(act, "share.grant.revoked", {"grant": grant.id})
    return grant


def require_reason(text: str) -> str:
    """A reason of a few words. 必填理由。"""
    found = " ".join(text.split())[:REASON]
    if len(found) < SHORT:
        raise InvalidInput("exchange.reason.missing", "Give a reason in a few words")
    return found


def _make_key(request: Request) -> str:
    """A key of its own for each grant, so that what two of them mask cannot be joined. 授权密钥。"""
    keyed = any(standards.needs_key(mask) for mask in request.masks.values())
    return files.create_key() if keyed else ""


def _lock(grant_id: str) -> Grant:
    grant = Grant.objects.select_for_update(of=("self",)).select_related("resource", "request").get(
        pk=grant_id
    )  # fmt: skip
    if grant.revoked_at:
        raise Conflict("exchange.grant.over", "It was revoked already")
    return grant


def _refuse_wider(before: Terms, left: Narrower) -> None:
    wider = (
        not left.columns
        or not set(left.columns) <= set(before.columns)
        or left.until > before.until
        or not 1 <= left.quota <= before.quota
    )
    if wider:
        raise InvalidInput(
            "exchange.terms.wider",
            "A grant can only be narrowed: some of its columns, an earlier end, fewer rows",
        )


def _in_order(columns: Sequence[str], wanted: Sequence[str]) -> list[str]:
    return [name for name in columns if name in wanted]


def _add_terms(act: Act, grant: Grant, number: int, **said: object) -> None:
    Terms.objects.create(
        grant=grant, number=number, account=act.actor.id, act_id=act.id, created_at=act.at,
        **said,
    )  # fmt: skip


def _tell(act: Act, grant: Grant, title: str, why: str) -> None:
    notices.notify(
        act, [grant.request.account], title, f"/exchange/grants/{grant.id}/",
        number=grant.request.number, reason=why,
    )  # fmt: skip
