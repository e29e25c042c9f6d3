"""The side bar, declared by modules. 菜单。"""

from __future__ import annotations

from collections.abc import Iterable
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
    icon: str = "page"


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A heading of the side bar and the lines below it. 菜单分组。"""

    label: str
    entries: list[MenuEntry]


MENU: Registry[MenuEntry] = Registry("menu entry")


def add_menu(
    route: str,
    label: str,
    *,
    section: str,
    permission: str = "",
    order: int = 100,
    icon: str = "page",
) -> None:
    """Add a line to the side bar for those who hold the permission. 添加菜单。

    `icon` is a symbol of `static/ui/icons.svg`.
    """
    MENU.register(route, MenuEntry(section, label, route, permission, order, icon))


def group_menu(entries: Iterable[MenuEntry]) -> list[MenuSection]:
    """Entries under their headings; a section stands where its first entry stands. 菜单分组。"""
    sections: dict[str, list[MenuEntry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.order):
        sections.setdefault(entry.section, []).append(entry)
    return [MenuSection(label, found) for label, found in sections.items()]
