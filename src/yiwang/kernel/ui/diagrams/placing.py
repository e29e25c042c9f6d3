"""How far to the side each cell stands: near what it hangs on, never over its neighbour. 横向定位。"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Near = Sequence[Sequence[int]]

ROUNDS = 24


@dataclass(slots=True)
class Sizes:
    """How far each cell reaches from its middle, how much it resists being moved. 单元尺寸。"""

    left: list[float]
    right: list[float]
    weights: list[float]
    gap: float

    def offsets(self, row: Sequence[int]) -> list[float]:
        """Where the middles stand in a row without a space too much, the first at zero. 紧排位置。"""
        found, at = [], 0.0
        for place, cell in enumerate(row):
            at += self.right[row[place - 1]] + self.gap + self.left[cell] if place else 0.0
            found.append(at)
        return found


def place_rows(
    rows: Sequence[Sequence[int]], sizes: Sizes, above: Near, below: Near
) -> list[float]:
    """The middle of each cell. 各单元中心横坐标。

    Rows are moved in turn, downwards by what hangs above them and upwards by what hangs below; each
    time every cell goes as near to the mean of its neighbours as the order and the gaps allow.
    """
    middles = [0.0] * len(sizes.left)
    for row in rows:
        offsets = sizes.offsets(row)
        for cell, offset in zip(row, offsets, strict=True):
            middles[cell] = offset - offsets[-1] / 2
    for turn in range(ROUNDS):
        near = below if turn % 2 else above
        for row in rows[::-1] if turn % 2 else rows:
            wanted = [_mean(middles, near[cell], middles[cell]) for cell in row]
            for cell, place in zip(row, _settle(row, wanted, sizes), strict=True):
                middles[cell] = place
    return middles


def _mean(middles: Sequence[float], cells: Sequence[int], own: float) -> float:
    return sum(middles[cell] for cell in cells) / len(cells) if cells else own


def _settle(row: Sequence[int], wanted: Sequence[float], sizes: Sizes) -> list[float]:
    """The nearest places to those wanted, by least squares: cells that would overlap move as one.

    Measured from where each cell stands in a packed row, places must only never fall: that is
    isotonic regression, and pooling neighbours that fall solves it.
    """
    offsets = sizes.offsets(row)
    blocks: list[tuple[float, float, int]] = []  # mean, weight, how many cells
    for cell, want, offset in zip(row, wanted, offsets, strict=True):
        blocks.append((want - offset, sizes.weights[cell], 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (mean, weight, count), (other, more, last) = blocks.pop(), blocks.pop()
            total = weight + more
            blocks.append(((mean * weight + other * more) / total, total, count + last))
    means = [mean for mean, _, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
