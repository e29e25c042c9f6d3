"""What modules hang into every page's frame. 页面框架挂接点。

The frame knows no module above it: identity says how an account is called, notify how many
notices wait, the catalogue where the search box leads. Each hook is set once at start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.registry import Registry


@dataclass(frozen=True, slots=True)
class AccountLabel:
    """How the frame calls who is signed in. 账号称呼。"""

    name: str
    organization: str = ""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One line of the account menu; `post` for what changes something, as signing out. 账号菜单项。"""

    route: str
    label: str
    post: bool = False


@dataclass(slots=True)
class Frame:
    """The hooks of the frame. 框架挂接点。"""

    account_label: Callable[[Actor], AccountLabel] | None = None
    count_notices: Callable[[Actor], int] | None = None
    notices_route: str = ""
    search_route: str = ""
    search_permission: str = ""


FRAME = Frame()
ACCOUNT_MENU: Registry[AccountEntry] = Registry("account menu entry")


def set_account_label(source: Callable[[Actor], AccountLabel]) -> None:
    """Say how an actor is called; asked once per page. 设定账号称呼。"""
    FRAME.account_label = source


def set_notices(count: Callable[[Actor], int], route: str) -> None:
    """Say how many notices wait for an actor, and where they are read. 设定消息计数。"""
    FRAME.count_notices, FRAME.notices_route = count, route


def set_search(route: str, *, permission: str = "") -> None:
    """Say where the search box leads, and who has it; the text goes along as `q`. 设定搜索页。"""
    FRAME.search_route, FRAME.search_permission = route, permission


def add_account_menu(route: str, label: str, *, post: bool = False) -> None:
    """Add a line to the account menu. 添加账号菜单。"""
    ACCOUNT_MENU.register(route, AccountEntry(route, label, post))
