"""What live sources register at start. 登记。"""

from __future__ import annotations

from yiwang.kernel.base.text import msg
from yiwang.kernel.ui.menu import add_menu
from yiwang.kernel.workflow.types import SHIPPED_TYPES, ShippedType
from yiwang.nets.share.connect.types import DELIVERY_FOLLOWERS

from .services import SEE, follow_delivery
from .services.watching import LATE, catch_up, excuse_table, table_page

add_menu(
    "sources:list",
    msg("Live sources"),
    section=msg("Data sharing"),
    permission=SEE,
    order=235,
    icon="data",
)


SHIPPED_TYPES.register(
    LATE,
    ShippedType(
        LATE,
        __package__,
        "late.yaml",
        url=table_page,
        effects={"excused": excuse_table},
        catch_up=catch_up,
    ),
)
DELIVERY_FOLLOWERS.register("sources.run", follow_delivery)
