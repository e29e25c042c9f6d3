"""What deliveries register at start. 登记。"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ui.menu import add_menu
from yiwang.nets.share.catalog.types import RESOURCE_TABS, VERSION_ORIGINS

from .services import count_states, visible_deliveries
from .services.permissions import LAND, SEE
from .types import DeliveryState

SHARE = msg("Data sharing")

add_menu(
    "connect:send", msg("Send in files"), section=SHARE, permission=LAND, order=220, icon="upload"
)
add_menu("connect:list", msg("Deliveries"), section=SHARE, permission=SEE, order=230, icon="list")


def deliveries_to_decide(actor: Actor) -> Sequence[Todo]:
    """Deliveries that wait for a person. 待处置报送。"""
    if not actor.may(LAND):
        return []
    counts = count_states(visible_deliveries(actor))
    return [
        Todo(
            msg("%(count)s files wait at their preview for your word"),
            counts.get(DeliveryState.PREVIEW, 0),
            "/deliveries/?state=preview",
            "yellow",
        ),
        Todo(
            msg("%(count)s deliveries are held and need your decision"),
            counts.get(DeliveryState.HELD, 0),
            "/deliveries/?state=held",
            "red",
        ),
        Todo(
            msg("%(count)s deliveries were refused; see why and send them again"),
            counts.get(DeliveryState.FAILED, 0),
            "/deliveries/?state=failed",
            "yellow",
        ),
    ]


def deliveries_tab(actor: Actor, resource_id: str) -> list[tuple[str, str]]:
    """The deliveries of an entry, for those who may see them. 报送标签页。"""
    if not actor.may(SEE):
        return []
    return [
        (reverse("connect:of_resource", args=[resource_id]), msg("Deliveries")),
        (reverse("connect:mapping", args=[resource_id]), msg("How files are read")),
    ]


def origin_of_version(actor: Actor, version_id: str) -> tuple[str, str] | None:
    """The delivery that a pool version came with, for those who may see it. 版本来源。"""
    found = visible_deliveries(actor).filter(pool_version=version_id).first()
    if found is None:
        return None
    label = " / ".join(part for part in (found.file_name, found.member) if part)
    return reverse("connect:detail", args=[found.id]), label


VERSION_ORIGINS.register("connect.delivery", origin_of_version)
RESOURCE_TABS.register("connect.deliveries", deliveries_tab)
TODO_SOURCES.register("connect.decide", deliveries_to_decide)
