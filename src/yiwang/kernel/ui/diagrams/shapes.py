"""What goes into a layout, and what comes out of it. 布局类型。"""

from __future__ import annotations

from dataclasses import dataclass

from yiwang.kernel.base.errors import InvalidInput

Point = tuple[int, int]


class TooLarge(InvalidInput):
    """Nobody could read such a drawing, and making it would take long. 图过大。"""

    def __init__(self) -> None:
        super().__init__("ui.diagram.large", "There are too many steps and ways to draw")


@dataclass(frozen=True, slots=True)
class Box:
    """A box to be placed. 方框。"""

    key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Link:
    """A way from one box to another, or to itself; with the size of its label, if it has one. 连线。"""

    tail: str
    head: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """Where a box stands: its upper left corner and its size. 已定位方框。"""

    key: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """Where a line runs, from its tail to its head, and the middle of its label. 已定位连线。"""

    tail: str
    head: str
    points: tuple[Point, ...]
    label: Point | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything in its place; links stand in the order in which they were given. 布局结果。"""

    width: int
    height: int
    boxes: tuple[PlacedBox, ...]
    links: tuple[PlacedLink, ...]
