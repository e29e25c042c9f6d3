"""What data quality registers at start. 登记。"""

from __future__ import annotations

from django.urls import reverse

from yiwang.kernel.apps.types import RULE_KEEPERS
from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu
from yiwang.kernel.workflow.types import SHIPPED_TYPES, ShippedType
from yiwang.nets.share.catalog.types import RESOURCE_TABS

from . import services
from .services import app_files, deciding
from .services.casework import FINDINGS, catch_up, register_page

SHARE = msg("Data sharing")

add_menu(
    "quality:home", msg("Data quality"), section=SHARE, permission=services.READ, order=250,
    icon="check",
)  # fmt: skip
add_menu(
    "quality:notices",
    msg("Rectification notices"),
    section=SHARE,
    permission=services.READ,
    order=260,
    icon="list",
)


def quality_tab(actor: Actor, resource_id: str) -> list[tuple[str, str]]:
    """The quality of an entry, for those who may read it. 质量标签页。"""
    if not actor.may(services.READ) or not services.may_read_quality(actor, resource_id):
        return []
    return [(reverse("quality:of_resource", args=[resource_id]), msg("Quality"))]


RULE_KEEPERS.register("share.quality", app_files)
RESOURCE_TABS.register("quality.quality", quality_tab)
SHIPPED_TYPES.register(
    FINDINGS,
    ShippedType(
        FINDINGS,
        __package__,
        "rectifying.yaml",
        url=register_page,
        effects={
            "sending": deciding.send_findings,
            "excusing": deciding.excuse_findings,
            "explaining": deciding.excuse_findings,
            "asking": deciding.check_findings,
            "accepting": deciding.accept_explanations,
            "declining": deciding.decline_explanations,
        },
        catch_up=catch_up,
    ),
)
