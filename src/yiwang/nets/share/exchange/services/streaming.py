"""Bytes under way: cut when their grant ends, and never so many at once that pages wait. 传输。"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import IO, Protocol

from django.conf import settings

from yiwang.kernel.base.act import Actor
from yiwang.kernel.base.errors import TooMany

from .deciding import Plan, find_standing
from .delivering import refuse_moved

BLOCK = 1 << 17
LOOK = 0.3
"""Seconds between two looks at the grant while bytes leave. 复核间隔。"""
PATIENCE = 2.0
"""Seconds that a download waits for a place. 等待名额。"""
_PLACES = threading.BoundedSemaphore(settings.YIWANG_DOWNLOADS)


class Source(Protocol):
    """Blocks of bytes, and an end that is always reached. 数据源。"""

    def __next__(self) -> bytes:
        """The next block. 下一块。"""

    def close(self) -> None:
        """Nothing more is wanted. 关闭。"""


class FileSource:
    """A part of an open file in blocks. 文件数据源。"""

    def __init__(self, file: IO[bytes], *, start: int = 0, size: int | None = None) -> None:
        self.file, self.left = file, size
        file.seek(start)

    def __next__(self) -> bytes:
        block = self.file.read(BLOCK if self.left is None else min(BLOCK, self.left))
        if not block:
            raise StopIteration
        if self.left is not None:
            self.left -= len(block)
        return block

    def close(self) -> None:
        """Close the file. 关闭文件。"""
        self.file.close()


class Sending:
    """Bytes in blocks, until their grant ends; then they break off. 受控传输。

    Made for one response, which closes it: that frees the place and closes the source. TooMany
    where all places for downloads are taken.
    """

    def __init__(self, actor: Actor, plan: Plan, source: Source) -> None:
        if not _PLACES.acquire(timeout=PATIENCE):
            source.close()
            raise TooMany(
                "exchange.downloads.full",
                "Too many downloads run at once; try again in %(seconds)s seconds",
                seconds=10,
            )
        self._open = True
        self.actor, self.plan, self.source = actor, plan, source
        self.looked = time.monotonic()

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if time.monotonic() - self.looked > LOOK:
            refuse_moved(self.plan, *find_standing(self.actor, self.plan.grant.id))
            self.looked = time.monotonic()
        return next(self.source)

    def close(self) -> None:
        """Free the place; again does nothing. 释放。"""
        if self._open:
            self._open = False
            self.source.close()
            _PLACES.release()

    def __del__(self) -> None:
        # A response that nobody closed must not keep its place for ever.
        if getattr(self, "_open", False):
            self.close()
