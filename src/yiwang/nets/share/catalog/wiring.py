"""What the catalogue registers at start. 登记。"""

from __future__ import annotations

from collections.abc import Sequence

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ui.frame import set_search
from yiwang.kernel.ui.menu import add_menu

from .services import count_drafts
from .services.permissions import EDIT, PUBLISH, READ

SHARE = msg("Data sharing")

add_menu(
    "catalog:list", msg("Catalogue"), section=SHARE, permission=READ, order=210, icon="catalog"
)
set_search("catalog:list", permission=READ)


def drafts_to_complete(actor: Actor) -> Sequence[Todo]:
    """Entries with data that no other department can see yet. 待发布目录。"""
    if not (actor.may(EDIT) or actor.may(PUBLISH)):
        return []
    title = msg("%(count)s resources have data but are not published")
    return [Todo(title, count_drafts(actor), "/catalog/?state=draft", "yellow")]


TODO_SOURCES.register("catalog.drafts", drafts_to_complete)
