"""What live sources register at start. 登记。"""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.clock import now
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ui.menu import add_menu
from yiwang.nets.share.connect.types import DELIVERY_FOLLOWERS

from .services import MANAGE, SEE, follow_delivery, is_late, visible_tables
from .types import Cycle, RunState

add_menu(
    "sources:list",
    msg("Live sources"),
    section=msg("Data sharing"),
    permission=SEE,
    order=235,
    icon="data",
)


def sources_to_mend(actor: Actor) -> Sequence[Todo]:
    """Readings that failed or are late. 待处置数据源。"""
    if not actor.may(MANAGE):
        return []
    tables = visible_tables(actor).filter(paused=False, source__paused=False)
    failed = tables.filter(last_state=RunState.FAILED).count()
    moment = now()
    late = sum(is_late(table, moment) for table in tables.exclude(cycle=Cycle.MANUAL))
    return [
        Todo(
            msg("%(count)s tables of live sources are late by their own cycle"),
            late,
            "/sources/tables/?late=1",
            "red",
        ),
        Todo(
            msg("The last reading of %(count)s tables failed; see why"),
            failed,
            "/sources/tables/?state=failed",
            "red",
        ),
    ]


TODO_SOURCES.register("sources.mend", sources_to_mend)
DELIVERY_FOLLOWERS.register("sources.run", follow_delivery)
