"""What every page's frame needs. 页面框架上下文。"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .access import actor_of
from .menu import MENU


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """The actor and the side bar as this actor sees it. 行为人与菜单。"""
    actor = actor_of(request)
    entries = [e for e in MENU.values() if not e.permission or actor.may(e.permission)]
    return {"actor": actor, "menu": sorted(entries, key=lambda entry: entry.order)}
