"""Boxes and lines as cells in rows. 网格。

Boxes stand in every second row. A line has a cell of its own in each row that it passes, so that
nothing else is put there; the label of a line is such a cell, as wide as its text.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from .layering import Pair, assign_layers, find_back_links
from .ordering import order_rows
from .placing import Sizes, place_rows
from .shapes import Box, Link, TooLarge

GAP, ROW_GAP, MARGIN = 16, 18, 6
THREAD = 8
"""How much room a line without a label takes beside others. 连线宽度。"""
LOOP = 30
"""How far a line from a box to itself reaches out. 自环宽度。"""
CELLS_AT_MOST = 3000
BOX_WEIGHT, LINE_WEIGHT = 1.0, 2.0


class Grid:
    """Cells by number, the boxes first. 单元网格。

    `chains` holds for each link its cells from the upper box to the lower; `back` the links that
    lead upwards. Once placed, `middles` says how far to the side each cell stands, `tops` and
    `depths` where each row begins and how high it is.
    """

    def __init__(self, boxes: Sequence[Box], links: Sequence[Link]) -> None:
        self.sizes = Sizes([], [], [], GAP)
        self.heights: list[int] = []
        self.row_of: list[int] = []
        self.above: list[list[int]] = []
        self.below: list[list[int]] = []
        numbers = {box.key: place for place, box in enumerate(boxes)}
        pairs = [(numbers[link.tail], numbers[link.head]) for link in links]
        self.back = find_back_links(len(boxes), pairs)
        down = [pair[::-1] if at in self.back else pair for at, pair in enumerate(pairs)]
        layers = assign_layers(len(boxes), [pair for pair in down if pair[0] != pair[1]])
        _require_room(len(boxes), down, layers)
        self.rows: list[list[int]] = [[] for _ in range(2 * max(layers, default=0) + 1)]
        for box, layer in zip(boxes, layers, strict=True):
            self._add(2 * layer, box.width, box.height, BOX_WEIGHT)
        self.chains = [
            self._chain(link, pair, back=at in self.back)
            for at, (link, pair) in enumerate(zip(links, down, strict=True))
        ]
        self._place()

    def _add(self, row: int, width: float, height: int, weight: float) -> int:
        cell = len(self.heights)
        self.sizes.left.append(width / 2)
        self.sizes.right.append(width / 2)
        self.sizes.weights.append(weight)
        self.heights.append(height)
        self.row_of.append(row)
        self.rows[row].append(cell)
        self.above.append([])
        self.below.append([])
        return cell

    def _chain(self, link: Link, pair: Pair, *, back: bool) -> list[int]:
        upper, lower = pair
        if upper == lower:
            reach = self.sizes.left[upper] + LOOP + link.width
            self.sizes.right[upper] = max(self.sizes.right[upper], reach)
            return [upper]
        first, last = self.row_of[upper] + 1, self.row_of[lower] - 1
        # The label stands beside the tail, which of a line that leads upwards is the lower box.
        labelled = last if back else first
        chain = [upper]
        for row in range(first, last + 1):
            size = (link.width, link.height) if row == labelled else (0, 0)
            chain.append(self._add(row, max(size[0], THREAD), size[1], LINE_WEIGHT))
        chain.append(lower)
        for one, other in pairwise(chain):
            self.below[one].append(other)
            self.above[other].append(one)
        return chain

    def _place(self) -> None:
        self.rows = order_rows(self.rows, self.above, self.below)
        left, right = self.sizes.left, self.sizes.right
        places = place_rows(self.rows, self.sizes, self.above, self.below)
        least = min((place - left[cell] for cell, place in enumerate(places)), default=0.0)
        self.middles = [round(place - least) + MARGIN for place in places]
        self.depths = [max((self.heights[cell] for cell in row), default=0) for row in self.rows]
        self.tops, at = [], MARGIN
        for depth in self.depths:
            self.tops.append(at)
            at += depth + ROW_GAP
        self.height = at - ROW_GAP + MARGIN
        ends = (middle + right[cell] for cell, middle in enumerate(self.middles))
        self.width = round(max(ends, default=0)) + MARGIN

    def top_of(self, cell: int) -> int:
        """Where a cell begins, in the middle of its row. 单元上沿。"""
        row = self.row_of[cell]
        return self.tops[row] + (self.depths[row] - self.heights[cell]) // 2

    def bottom_of(self, cell: int) -> int:
        """Where a cell ends. 单元下沿。"""
        return self.top_of(cell) + self.heights[cell]


def _require_room(boxes: int, down: Sequence[Pair], layers: Sequence[int]) -> None:
    passed = sum(2 * (layers[lower] - layers[upper]) for upper, lower in down)
    if boxes + passed > CELLS_AT_MOST:
        raise TooLarge
