"""Addresses of files that hold for minutes, and no longer than the grant. 限时文件地址。"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from django.core import signing

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import NotFound, NotPermitted
from yiwang.kernel.identity import services as identity
from yiwang.nets.share.delta.models import Copy
from yiwang.nets.share.delta.types import Kind
from yiwang.nets.share.exchange import services as exchange
from yiwang.nets.share.exchange.services import Plan

from .copying import list_copies, path_of, shape_of

SALT = "yiwang.delta.file"
SECONDS = 600
"""How long an address holds. 地址有效秒数。"""


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who may fetch which file until when. 取件凭证。"""

    actor: Actor
    plan: Plan
    copy: Copy
    path: Path


def make_ticket(actor: Actor, copy: Copy, kind: Kind, *, token_id: str = "") -> str:
    """The signature of an address: whose it is, through which token. 签名。"""
    told = signing.TimestampSigner(salt=SALT).sign(f"{copy.id} {kind} {actor.id} {token_id}")
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def open_ticket(copy_id: str, kind: str, ticket: str) -> Ticket:
    """The file behind an address, with all that was asked when it was given asked again. 校验凭证。

    NotPermitted for an address that is forged, altered or over; what `exchange.make_plan` raises
    where the grant, the account or its token ended meanwhile.
    """
    account, token_id = _read(copy_id, kind, ticket)
    if token_id:
        identity.require_token(token_id)
    actor = identity.get_actor(account)
    copy = Copy.objects.filter(pk=copy_id, removed_at=None).first()
    if copy is None:
        raise NotFound("delta.file.gone", "This file is not kept any more; ask for the table anew")
    plan = exchange.make_use_plan(actor, copy.grant_id)
    if copy.shape != shape_of(plan) or not list_copies(plan, copy.shape).filter(pk=copy.pk):
        raise NotPermitted("delta.file.narrowed", "The grant changed; ask for the table anew")
    return Ticket(actor, plan, copy, path_of(copy, cast("Kind", kind)))


def _read(copy_id: str, kind: str, ticket: str) -> tuple[str, str]:
    try:
        padded = ticket + "=" * (-len(ticket) % 4)
        told = base64.urlsafe_b64decode(padded.encode()).decode()
        said = signing.TimestampSigner(salt=SALT).unsign(told, max_age=SECONDS)
        signed_copy, signed_kind, account, token_id = said.split(" ")
    except (ValueError, signing.BadSignature):
        signed_copy, signed_kind, account, token_id = "", "", "", ""
    if (signed_copy, signed_kind) != (copy_id, kind):
        raise NotPermitted(
            "delta.file.signature",
            "This address is not valid, or not any more; ask for the table anew",
        )
    return account, token_id
