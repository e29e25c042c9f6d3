"""What records register at start. 登记项。"""

from __future__ import annotations

from django.urls import reverse

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.text import msg
from yiwang.kernel.base.todo import TODO_SOURCES, Todo
from yiwang.kernel.ledger.services import guard_table
from yiwang.kernel.ui.menu import add_menu

from .services import USE, count_drafts

guard_table("records_bundleversion", unique=("app", "version"))

APPS = msg("Apps")

add_menu(
    "records:front", msg("Records of apps"), section=APPS, permission=USE, order=58, icon="data"
)


def waiting_drafts(actor: Actor) -> list[Todo]:
    """Forms that the actor began. 未提交的草稿。"""
    if not actor.may(USE):
        return []
    title = msg("%(count)s forms that you began are not handed in")
    return [Todo(title, count_drafts(actor), reverse("records:drafts"))]


TODO_SOURCES.register("records.drafts", waiting_drafts)
