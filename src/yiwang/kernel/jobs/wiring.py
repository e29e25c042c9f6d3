"""What background work registers at start. 任务登记项。"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.permissions import declare_permission
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ui.menu import add_menu

from .services.reading import count_dead
from .types import MANAGE

declare_permission(
    MANAGE, msg("See and steer all background work"), {"sysadmin": "all"},
    touches_business_data=False,
)  # fmt: skip

add_menu("jobs:list", msg("My background work"), section=msg("Mine"), order=900, icon="clock")
add_menu(
    "jobs:all",
    msg("All background work"),
    section=msg("Administration"),
    permission=MANAGE,
    order=910,
    icon="settings",
)


def find_dead_letters(actor: Actor) -> Sequence[Todo]:
    """Work that used up its attempts, for those who look after it. 死信待办。"""
    if not actor.may(MANAGE):
        return []
    url = f"{reverse('jobs:all')}?state=dead"
    return [Todo(msg("%(count)s pieces of work failed for good"), count_dead(), url, "red")]


TODO_SOURCES.register("jobs.dead_letters", find_dead_letters)
