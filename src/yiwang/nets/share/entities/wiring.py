"""What entities in the catalogue register at start. 登记。"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.records.types import ENTITY_SINKS
from yiwang.kernel.ui.menu import add_menu
from yiwang.nets.share.catalog.types import RESOURCE_PANELS, RESOURCE_TABS
from yiwang.nets.share.connect.types import DELIVERY_FOLLOWERS
from yiwang.nets.share.sources.types import RunState

from .pages import show_panel
from .services import (
    LAY,
    SEE,
    entities_to_keep,
    find_of_resource,
    follow_delivery,
    list_late,
    take_entities,
)

add_menu(
    "entities:list",
    msg("Entities in the catalogue"),
    section=msg("Data sharing"),
    permission=SEE,
    order=237,
    icon="data",
)


def entity_tab(actor: Actor, resource_id: str) -> list[tuple[str, str]]:
    """Where the rows of an entry come from, where an entity keeps them. 业务对象标签页。"""
    if find_of_resource(actor, resource_id) is None:
        return []
    return [(reverse("entities:of_resource", args=[resource_id]), msg("Entity"))]


def snapshots_to_mend(actor: Actor) -> Sequence[Todo]:
    """Snapshots that failed or are late. 待处置快照。"""
    if not actor.may(LAY):
        return []
    rows = entities_to_keep(actor)
    return [
        Todo(
            msg("Snapshots of %(count)s entities are late by their own schedule"),
            len(list_late(rows)),
            "/entities/?late=1",
            "red",
        ),
        Todo(
            msg("The last snapshot of %(count)s entities failed; see why"),
            rows.filter(last_state=RunState.FAILED).count(),
            "/entities/?state=failed",
            "red",
        ),
    ]


ENTITY_SINKS.register("share.entities", take_entities)
DELIVERY_FOLLOWERS.register("entities.snapshot", follow_delivery)
RESOURCE_PANELS.register("entities.kept", show_panel)
RESOURCE_TABS.register("entities.entity", entity_tab)
TODO_SOURCES.register("entities.mend", snapshots_to_mend)
