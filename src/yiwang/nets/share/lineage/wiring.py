"""What lineage registers at start. 登记。"""

from __future__ import annotations

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.nets.share.catalog.types import COLUMN_DEPENDENTS, RESOURCE_TABS

from . import services


def lineage_tab(actor: Actor, resource_id: str) -> list[tuple[str, str]]:
    """Where an entry comes from and where it goes, for those who may see lineage. 血缘标签页。"""
    if not actor.may(services.SEE):
        return []
    return [(reverse("lineage:of_resource", args=[resource_id]), msg("Lineage"))]


COLUMN_DEPENDENTS.register("lineage.grants", services.list_granted)
RESOURCE_TABS.register("lineage.lineage", lineage_tab)
