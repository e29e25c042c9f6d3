"""Steps and ways as an SVG: texts broken into lines, lines bent, marks set. 绘制状态图。

Everything here becomes numbers and texts; the template escapes the texts, and classes alone say
how things look, so that the page's colours, contrast and size hold for the drawing too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .layout import lay_out
from .measuring import LINE, SMALL_LINE, break_text, clip_text, measure
from .shapes import Box, Link, PlacedBox, PlacedLink, Point

NARROWEST, WIDEST, LINES = 72, 150, 3
PADDING_X, PADDING_Y = 12, 8
BAR = 6
DOT = 14
LABEL_WIDEST = 110
REM = 16


@dataclass(frozen=True, slots=True)
class Step:
    """A step to be drawn. 图中环节。

    `shape` is start, step, gate, parts or end, `state` a class: passed, now, ahead, off; `note` a
    few words beneath the title, `share` how far it has come, 0 to 1.
    """

    key: str
    title: str
    note: str = ""
    shape: str = "step"
    state: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A way between two steps; `state` is a class: came, ahead, off, jump. 图中路径。"""

    tail: str
    head: str
    label: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text, the middle of its foot. 一行文字。"""

    x: int
    y: int
    text: str


@dataclass(frozen=True, slots=True)
class DrawnStep:
    """A step in its place. 已绘环节。 `bar` is the filled width of its progress, `track` the whole."""

    box: PlacedBox
    step: Step
    lines: tuple[Text, ...]
    note: Text | None
    radius: int
    bar: tuple[int, int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class DrawnWay:
    """A way in its place: the line and its arrow as path data. 已绘路径。"""

    way: Way
    line: str
    arrow: str
    label: Text | None


@dataclass(frozen=True, slots=True)
class Diagram:
    """A whole drawing; `wide` and `high` are its size in rem. 状态图。"""

    width: int
    height: int
    steps: tuple[DrawnStep, ...]
    ways: tuple[DrawnWay, ...]

    @property
    def wide(self) -> str:
        """Its width in the size of the page's letters. 宽度。"""
        return f"{self.width / REM:g}rem"

    @property
    def high(self) -> str:
        """Its height in the size of the page's letters. 高度。"""
        return f"{self.height / REM:g}rem"


def draw_diagram(steps: Sequence[Step], ways: Sequence[Way]) -> Diagram:
    """Lay steps and ways out and draw them; `TooLarge` where nobody could read it. 绘制。"""
    texts = {step.key: break_text(step.title, WIDEST - 2 * PADDING_X, LINES) for step in steps}
    labels = [clip_text(way.label, LABEL_WIDEST, small=True) for way in ways]
    placed = lay_out(
        [_measure_step(step, texts[step.key]) for step in steps],
        [
            Link(way.tail, way.head, *(_measure_label(label) if label else (0, 0)))
            for way, label in zip(ways, labels, strict=True)
        ],
    )
    return Diagram(
        placed.width,
        placed.height,
        tuple(
            _draw_step(step, box, texts[step.key])
            for step, box in zip(steps, placed.boxes, strict=True)
        ),
        tuple(
            _draw_way(way, line, label)
            for way, line, label in zip(ways, placed.links, labels, strict=True)
        ),
    )


def _measure_step(step: Step, lines: Sequence[str]) -> Box:
    if step.shape == "start":
        return Box(step.key, DOT, DOT)
    wide = max([*map(measure, lines), measure(step.note, small=True)])
    width = min(max(NARROWEST, wide + 2 * PADDING_X), WIDEST)
    height = len(lines) * LINE + 2 * PADDING_Y
    height += SMALL_LINE if step.note else 0
    height += BAR + 4 if step.share is not None else 0
    return Box(step.key, width + width % 2, height)


def _measure_label(label: str) -> tuple[int, int]:
    return measure(label, small=True) + 8, SMALL_LINE + 2


def _draw_step(step: Step, box: PlacedBox, lines: Sequence[str]) -> DrawnStep:
    if step.shape == "start":
        return DrawnStep(box, step, (), None, DOT // 2)
    middle, foot = box.x + box.width // 2, box.y + PADDING_Y - 5
    texts = tuple(Text(middle, foot + (at + 1) * LINE, text) for at, text in enumerate(lines))
    foot += len(lines) * LINE
    note = None
    if step.note:
        foot += SMALL_LINE
        clipped = clip_text(step.note, box.width - PADDING_X, small=True)
        note = Text(middle, foot + 1, clipped)
    radius = box.height // 2 if step.shape == "end" else 5
    return DrawnStep(box, step, texts, note, radius, _draw_bar(step, box))


def _draw_bar(step: Step, box: PlacedBox) -> tuple[int, int, int, int] | None:
    """Left, top, whole width, filled width."""
    if step.share is None:
        return None
    whole = box.width - 2 * PADDING_X
    filled = round(whole * min(max(step.share, 0.0), 1.0))
    return box.x + PADDING_X, box.y + box.height - BAR - 5, whole, filled


def _draw_way(way: Way, placed: PlacedLink, label: str) -> DrawnWay:
    text = None
    if placed.label and label:
        x, y = placed.label
        text = Text(x, y + 4, label)
    return DrawnWay(way, bend(placed.points), point_arrow(placed.points), text)


def bend(points: Sequence[Point]) -> str:
    """A line through points as path data: straight up, down or sideways, else in a soft bow. 路径。"""
    found = [f"M{points[0][0]} {points[0][1]}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if x == to_x or y == to_y:
            found.append(f"L{to_x} {to_y}")
        else:
            half = (y + to_y) // 2
            found.append(f"C{x} {half} {to_x} {half} {to_x} {to_y}")
    return "".join(found)


def point_arrow(points: Sequence[Point]) -> str:
    """The head of an arrow at the last point: lines end straight down, up or to the left. 箭头。"""
    was_y, (x, y) = points[-2][1], points[-1]
    if was_y == y:
        return f"M{x + 7} {y - 4}L{x} {y}L{x + 7} {y + 4}Z"
    back = -7 if y > was_y else 7
    return f"M{x - 4} {y + back}L{x} {y}L{x + 4} {y + back}Z"
