"""Named things that modules add at start. 注册表。

A registry is an ordinary object, so a test makes its own and touches nothing global.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Names to items; a name taken twice fails at once. 注册表。"""

    def __init__(self, what: str) -> None:
        self.what = what
        self._items: dict[str, T] = {}

    def register(self, name: str, item: T) -> T:
        """Add `item` under `name`; ValueError when the name is taken. 登记。"""
        if name in self._items:
            raise ValueError(f"{self.what} {name!r} is registered twice")
        self._items[name] = item
        return item

    def get(self, name: str) -> T:
        """The item of that name, or KeyError naming what there is. 按名取得。"""
        if name not in self._items:
            raise KeyError(f"no {self.what} {name!r}; there are: {', '.join(sorted(self._items))}")
        return self._items[name]

    def find(self, name: str) -> T | None:
        """The item of that name, or None. 按名查找。"""
        return self._items.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def values(self) -> list[T]:
        """All items in the order in which they came. 全部条目。"""
        return list(self._items.values())
