"""What every page's frame needs. 页面框架上下文。"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yiwang.kernel.base.act import ANONYMOUS, Actor

from .access import actor_of
from .display import read_display
from .flash import take_flashes
from .frame import ACCOUNT_MENU, FRAME, AccountLabel
from .menu import MENU, MENU_COOKIE, group_menu


def page_frame(request: HttpRequest) -> dict[str, Any]:
    """The actor and the frame as this actor sees it. 行为人与页面框架。

    Sources are handed over uncalled: a template that draws no frame asks nothing of them, and one
    that names a thing three times asks once.
    """
    actor = actor_of(request)
    entries = [e for e in MENU.values() if not e.permission or actor.may(e.permission)]
    known = actor.id != ANONYMOUS.id
    return {
        "actor": actor,
        "is_signed_in": known,
        "menu": group_menu(entries, path=request.path, chosen=request.COOKIES.get(MENU_COOKIE)),
        "display": read_display(request),
        "city": settings.YIWANG_CITY,
        "search_route": _find_search(actor),
        "notices_route": FRAME.notices_route if known else "",
        "notices": cache(lambda: _count_notices(actor)),
        "account": cache(lambda: _label(actor)),
        "account_menu": ACCOUNT_MENU.values() if known else [],
        "messages": lambda: take_flashes(request),
    }


def _find_search(actor: Actor) -> str:
    asked = FRAME.search_permission
    return FRAME.search_route if not asked or actor.may(asked) else ""


def _count_notices(actor: Actor) -> int:
    return FRAME.count_notices(actor) if FRAME.count_notices else 0


def _label(actor: Actor) -> AccountLabel:
    return FRAME.account_label(actor) if FRAME.account_label else AccountLabel(name=actor.id)
