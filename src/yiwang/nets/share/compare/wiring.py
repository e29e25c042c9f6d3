"""What comparisons register at start. 登记。"""

from __future__ import annotations

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu
from yiwang.nets.share.catalog.types import RESOURCE_TABS

from .services import READ

add_menu(
    "compare:list",
    msg("Comparisons"),
    section=msg("Data sharing"),
    permission=READ,
    order=240,
    icon="compare",
)


def comparisons_tab(actor: Actor, resource_id: str) -> list[tuple[str, str]]:
    """The comparisons of an entry, for those who may read them. 比对标签页。"""
    if not actor.may(READ):
        return []
    return [(reverse("compare:of_resource", args=[resource_id]), msg("Comparisons"))]


RESOURCE_TABS.register("compare.comparisons", comparisons_tab)
