"""The side bar, declared by modules. 菜单。"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.base.registry import Registry


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the side bar. 菜单项。 `section` and `label` are message ids, `route` a URL name."""

    section: str
    label: str
    route: str
    permission: str = ""
    order: int = 100


MENU: Registry[MenuEntry] = Registry("menu entry")


def add_menu(
    route: str, label: str, *, section: str, permission: str = "", order: int = 100
) -> None:
    """Add a line to the side bar for those who hold the permission. 添加菜单。"""
    MENU.register(route, MenuEntry(section, label, route, permission, order))
