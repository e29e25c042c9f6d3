"""What Delta Sharing registers at start. 登记。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.nets.share.exchange.models import Grant
from yiwang.nets.share.exchange.types import GRANT_PANELS, Method

from . import services
from .types import SCHEMA


def offer_profile(actor: Actor, grant: Grant) -> tuple[str, Mapping[str, Any]] | None:
    """How notebooks read this grant. 笔记本取数入口。"""
    mine = actor.organization == grant.organization and actor.may(services.USE)
    checks = grant.request.method == Method.CHECK
    if not mine or checks or not services.is_live(grant):
        return None
    table = services.describe_table(grant)
    return "delta/_offer.html", {
        "grant": grant,
        "address": f"{table.share}.{SCHEMA}.{table.name}",
    }


GRANT_PANELS.register("delta.profile", offer_profile)
