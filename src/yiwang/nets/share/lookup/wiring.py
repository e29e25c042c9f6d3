"""What row look-ups register at start. 登记。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.nets.share.exchange.models import Grant
from yiwang.nets.share.exchange.types import GRANT_PANELS, ROW_SOURCES, Method

from . import services


def offer_addresses(actor: Actor, grant: Grant) -> tuple[str, Mapping[str, Any]] | None:
    """Where programs ask for the rows of this grant, with an example. 授权查询入口。"""
    mine = actor.organization == grant.organization and actor.may(services.USE)
    checks = grant.request.method == Method.CHECK
    if not mine or checks or grant.revoked_at or grant.until < today():
        return None
    return "lookup/_addresses.html", {
        "grant": grant,
        "number": grant.request.number,
        "columns": services.list_columns(grant),
    }


ROW_SOURCES.register("lookup.keyed", services.find_keyed_rows)
GRANT_PANELS.register("lookup.addresses", offer_addresses)
