"""Long streams in pieces. 分块。"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def in_blocks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most `size`, none of them empty. 分块。"""
    stream = iter(things)
    while block := list(islice(stream, size)):
        yield block
