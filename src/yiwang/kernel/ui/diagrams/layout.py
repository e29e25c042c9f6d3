"""Boxes and the ways between them, laid out in rows from top to bottom. 分层布局。

A pure function from sizes to places: the same graph always gives the same drawing. No box covers
another box or a label, and no line runs through a box. Each line leaves and enters a box at a
place of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from .grid import LOOP, Grid
from .shapes import Box, Drawing, Link, PlacedBox, PlacedLink, Point

PORTS = 0.7
"""The share of a box's edge at which lines may leave or enter. 端口区间。"""
STRAIGHT = 7
"""How far a line runs straight at its ends, so that an arrow stands upright. 端部直线。"""


def lay_out(boxes: Sequence[Box], links: Sequence[Link]) -> Drawing:
    """Place everything; `TooLarge` where there is more than anybody could read. 布局。

    From one box to another there is at most one link each way.
    """
    grid = Grid(boxes, links)
    leaving, entering = _spread(grid, boxes, 0), _spread(grid, boxes, -1)
    drawn = []
    for at, (link, chain) in enumerate(zip(links, grid.chains, strict=True)):
        if len(chain) == 1:
            drawn.append(_draw_loop(grid, boxes[chain[0]], link, chain[0]))
        else:
            points = _follow(grid, chain, leaving[at], entering[at])
            drawn.append(_draw_link(grid, link, chain, points, back=at in grid.back))
    return Drawing(
        grid.width,
        grid.height,
        tuple(_place_box(grid, at, box) for at, box in enumerate(boxes)),
        tuple(drawn),
    )


def _place_box(grid: Grid, cell: int, box: Box) -> PlacedBox:
    x = grid.middles[cell] - box.width // 2
    return PlacedBox(box.key, x, grid.top_of(cell), box.width, box.height)


def _spread(grid: Grid, boxes: Sequence[Box], end: int) -> dict[int, int]:
    """Where each link meets its upper (0) or lower (-1) box: side by side, in the order of its cells."""
    met: dict[int, list[int]] = {}
    for link, chain in enumerate(grid.chains):
        if len(chain) > 1:
            met.setdefault(chain[end], []).append(link)
    places: dict[int, int] = {}
    for box, links in met.items():
        links.sort(key=lambda link: (grid.middles[grid.chains[link][1 if end == 0 else -2]], link))
        wide = boxes[box].width * PORTS
        for at, link in enumerate(links):
            share = (2 * at + 1) / (2 * len(links)) - 0.5
            places[link] = grid.middles[box] + round(share * wide)
    return places


def _draw_link(
    grid: Grid, link: Link, chain: Sequence[int], points: Sequence[Point], *, back: bool
) -> PlacedLink:
    labelled = chain[-2] if back else chain[1]
    middle = (grid.middles[labelled], grid.top_of(labelled) + grid.heights[labelled] // 2)
    line = tuple(points[::-1] if back else points)
    return PlacedLink(link.tail, link.head, line, middle if link.width else None)


def _follow(grid: Grid, chain: Sequence[int], start: int, end: int) -> list[Point]:
    """Straight down past each row, bending only between rows, where no boxes are."""
    upper, lower = chain[0], chain[-1]
    row = grid.row_of[upper]
    foot = grid.tops[row] + grid.depths[row]
    points = [(start, grid.bottom_of(upper)), (start, foot + STRAIGHT)]
    for cell in chain[1:-1]:
        top = grid.tops[grid.row_of[cell]]
        points += [
            (grid.middles[cell], top),
            (grid.middles[cell], top + grid.depths[grid.row_of[cell]]),
        ]
    points += [(end, grid.tops[grid.row_of[lower]] - STRAIGHT), (end, grid.top_of(lower))]
    return [point for place, point in enumerate(points) if not place or point != points[place - 1]]


def _draw_loop(grid: Grid, box: Box, link: Link, cell: int) -> PlacedLink:
    """Out of the right side and back into it."""
    side = grid.middles[cell] - box.width // 2 + box.width
    top, out = grid.top_of(cell), side + LOOP - 10
    upper, lower = top + box.height // 4, top + box.height - box.height // 4
    points = ((side, upper), (out, upper), (out, lower), (side, lower))
    label = (out + 4 + link.width // 2, top + box.height // 2) if link.width else None
    return PlacedLink(link.tail, link.head, points, label)
