"""Two registers side by side. 比对引擎。

Three ways lead to the same counts, the quickest first. Each proves on the way that it may be
trusted, and where it cannot, the next is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yiwang.kernel.pool import services as pool
from yiwang.nets.share.compare.types import Compared, Request

from .listing import list_differences
from .pairing import Pairing
from .sides import EXACT, HASHED, Mark, Sides, read_sides
from .steps import Unproven, Work

HASH = HASHED
WAYS: tuple[type[Work], ...] = (Pairing, Work)


def compare_versions(
    left_version: str,
    right_version: str,
    request: Request,
    *,
    with_rows: bool = True,
    progress: Callable[[int, int], None] | None = None,
    stopping: Callable[[], bool] | None = None,
) -> Compared:
    """Compare two versions of the pool. 比对两个版本。

    Counts are exact whatever the keys; with `with_rows` the differences are staged for the pool,
    one row each.
    """
    sides = read_sides(left_version, right_version, request)
    told: dict[str, Any] = {"with_rows": with_rows, "progress": progress, "stopping": stopping}
    for way in (one for one in WAYS if one.alternates or not sides.alternate):
        try:
            return _compare(way, sides, HASH, **told)
        except Unproven:
            continue
    return _compare(Work, sides, EXACT, **told)


def _compare(
    way: type[Work],
    sides: Sides,
    mark: Mark,
    *,
    with_rows: bool,
    progress: Callable[[int, int], None] | None,
    stopping: Callable[[], bool] | None,
) -> Compared:
    with pool.engine(stopping=stopping) as connection:
        work = way(connection, sides, with_rows=with_rows)
        work.hold(mark)
        steps = [work.group_keys, work.join_values, work.group_repeated]
        if sides.alternate:
            steps += [work.group_alternates, work.find_moved]
        for done, step in enumerate(steps, 1):
            step()
            if progress is not None:
                progress(done, len(steps) + 1)
        counts = work.counts()
        rows = list_differences(connection, work.sides, counts) if with_rows else None
    return Compared(counts, rows)
