"""In which order the cells of each row stand, so that few lines cross. 层内排序。"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence
from itertools import pairwise

Rows = list[list[int]]
Near = Sequence[Sequence[int]]

ROUNDS = 12


def order_rows(rows: Rows, above: Near, below: Near) -> Rows:
    """The best order that sweeping down and up by barycentres finds. 重心法排序。"""
    best, fewest = rows, count_crossings(rows, below)
    for turn in range(ROUNDS):
        if not fewest:
            break
        rows = _sweep(rows, above) if turn % 2 == 0 else _sweep(rows[::-1], below)[::-1]
        found = count_crossings(rows, below)
        if found < fewest:
            best, fewest = rows, found
    return best


def _sweep(rows: Rows, near: Near) -> Rows:
    """Each row by the mean place of what it hangs on in the row before; others keep their place."""
    done, place = [], dict[int, int]()
    for row in rows:
        wanted = {
            cell: _mean([place[one] for one in near[cell]], at) for at, cell in enumerate(row)
        }
        sorted_row = sorted(row, key=wanted.__getitem__)
        place = {cell: at for at, cell in enumerate(sorted_row)}
        done.append(sorted_row)
    return done


def _mean(places: Sequence[int], at: int) -> float:
    return sum(places) / len(places) if places else float(at)


def count_crossings(rows: Rows, below: Near) -> int:
    """How many pairs of lines cross between neighbouring rows. 交叉数。"""
    return sum(_count_between(upper, lower, below) for upper, lower in pairwise(rows))


def _count_between(upper: Sequence[int], lower: Sequence[int], below: Near) -> int:
    place = {cell: at for at, cell in enumerate(lower)}
    seen: list[int] = []
    found = 0
    for cell in upper:
        ends = sorted(place[one] for one in below[cell])
        found += sum(len(seen) - bisect_right(seen, end) for end in ends)
        for end in ends:
            insort(seen, end)
    return found
