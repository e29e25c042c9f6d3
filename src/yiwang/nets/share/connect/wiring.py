"""What deliveries register at start. 登记。"""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ui.menu import add_menu

from .services import count_states, visible_deliveries
from .services.permissions import LAND, SEE
from .types import DeliveryState

SHARE = msg("Data sharing")

add_menu("connect:send", msg("Send in files"), section=SHARE, permission=LAND, order=220)
add_menu("connect:list", msg("Deliveries"), section=SHARE, permission=SEE, order=230)


def deliveries_to_decide(actor: Actor) -> Sequence[Todo]:
    """Deliveries that wait for a person. 待处置报送。"""
    if not actor.may(LAND):
        return []
    counts = count_states(visible_deliveries(actor))
    return [
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


TODO_SOURCES.register("connect.decide", deliveries_to_decide)
