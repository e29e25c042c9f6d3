"""What checks and the one-stop query register at start. 登记。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import today
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu
from yiwang.nets.share.exchange.models import Grant
from yiwang.nets.share.exchange.types import GRANT_PANELS, Method

from . import services

add_menu(
    "verify:about", msg("About a person or firm"), section=msg("Data sharing"),
    permission=services.USE, order=218, icon="search",
)  # fmt: skip


def offer_check(actor: Actor, grant: Grant) -> tuple[str, Mapping[str, Any]] | None:
    """The way from a grant for checks to checking. 核验入口。"""
    mine = actor.organization == grant.organization and actor.may(services.USE)
    checks = grant.request.method == Method.CHECK
    if not mine or not checks or grant.revoked_at or grant.until < today():
        return None
    return "verify/_offer.html", {"grant": grant}


GRANT_PANELS.register("verify.check", offer_check)
