"""From the headings of a file to the columns of the pool: one name for both. 表头与列名。

The pool tells no `ID` from `id` and keeps `_row` for itself. Items, masks, keys and listed
differences go by the pool's name, so that a column never shows under a name that nothing masks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.connect.types import Instructions

LONGEST = 300


def name_columns(headings: Sequence[str]) -> dict[str, str]:
    """The pool's name of each heading, in order. 列名对照。

    Raises InvalidInput for a heading that is a text rather than a name.
    """
    for place, heading in enumerate(headings, start=1):
        if len(heading) > LONGEST:
            raise InvalidInput(
                "connect.heading.long",
                "The heading of column %(column)s has %(length)s characters, at most %(limit)s are "
                "a name: %(start)s… Say which row holds the headings",
                column=place,
                length=len(heading),
                limit=LONGEST,
                start=heading[:40],
            )
    return dict(zip(headings, pool.make_distinct(headings), strict=True))


def rename(told: Instructions, columns: Mapping[str, str]) -> Instructions:
    """What the sender says about headings, said about columns. 改用列名。"""
    return replace(
        told,
        key=tuple(columns.get(name, name) for name in told.key),
        columns={columns.get(name, name): element for name, element in told.columns.items()},
    )
