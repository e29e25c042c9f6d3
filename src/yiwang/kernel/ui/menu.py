"""The side bar, declared by modules. 菜单。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import slugify

from yiwang.kernel.base.registry import Registry

from .addresses import find_plain


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One line of the side bar. 菜单项。 `section` and `label` are message ids, `route` a URL name."""

    section: str
    label: str
    route: str
    permission: str = ""
    order: int = 100
    icon: str = "page"

    @property
    def url(self) -> str:
        """Where it leads. 地址。"""
        return find_plain(self.route)


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A heading of the side bar and the lines below it. 菜单分组。"""

    label: str
    entries: list[MenuEntry]
    is_open: bool = True

    @property
    def key(self) -> str:
        """What the reader's choice is remembered by. 分组标识。"""
        return slugify(self.label)


FEW = 12
"""Lines that stand open before a reader chose; a longer menu is folded from there. 默认展开行数。"""
MENU_COOKIE = "yiwang_menu"
"""Keys of the open sections with dots between; written by the page, absent before. 菜单展开状态。"""
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


def group_menu(
    entries: Iterable[MenuEntry], *, path: str = "", chosen: str | None = None
) -> list[MenuSection]:
    """Entries under headings that fold; a section stands where its first entry stands. 菜单分组。

    Open are those of `chosen`, or the first few lines; always the section that `path` belongs to.
    """
    sections = _by_section(entries)
    here = _find_section(sections, path)
    keys = None if chosen is None else set(chosen.split("."))
    found, lines = [], 0
    for label, lot in sections.items():
        lines += len(lot)
        wanted = lines <= FEW if keys is None else slugify(label) in keys
        found.append(MenuSection(label, lot, is_open=wanted or label == here))
    return found


def _by_section(entries: Iterable[MenuEntry]) -> dict[str, list[MenuEntry]]:
    sections: dict[str, list[MenuEntry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.order):
        sections.setdefault(entry.section, []).append(entry)
    return sections


def _find_section(sections: dict[str, list[MenuEntry]], path: str) -> str:
    """The section of the entry whose address begins `path` longest: pages below it count too."""
    urls = {one.url: label for label, lot in sections.items() for one in lot}
    around = [url for url in urls if path.startswith(url)]
    return urls[max(around, key=len)] if around else ""
