"""Rows on their way out of a source: counted, slowed down, limited, stopped. 读取计量。"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Conflict, InvalidInput
from yiwang.kernel.live.types import Row
from yiwang.nets.share.sources.models import Run, SourceTable

from .planning import is_open

TELL_SECONDS = 1.0


@dataclass
class Meter:
    """Counts what passes, and stops what may not. 计量器。

    `check` is called between blocks and may raise; `tell` hears of the count once a second.
    """

    table: SourceTable
    run: Run
    check: Callable[[], None]
    tell: Callable[[int, int | None], None]
    rows: int = 0
    bytes: int = 0
    _begun: float = field(default_factory=time.monotonic)
    _told: float = 0.0

    def watch(self, blocks: Iterator[list[Row]]) -> Iterator[list[Row]]:
        """Let blocks pass. 随读计量。"""
        self.say()
        for block in blocks:
            self.check()
            self.rows += len(block)
            self.bytes += sum(len(cell) for row in block for cell in row if cell)
            self._limit()
            yield block
            self._slow_down()
            if time.monotonic() - self._told >= TELL_SECONDS:
                self.say()
        self.say()

    def say(self) -> None:
        """Write on the reading how far it is. 记录进度。"""
        self._told = time.monotonic()
        Run.objects.filter(id=self.run.id).update(rows=self.rows, bytes=self.bytes)
        self.tell(self.rows, self.run.expected)

    def _limit(self) -> None:
        table = self.table
        if table.most_rows and self.rows > table.most_rows:
            raise InvalidInput(
                "sources.limit.rows",
                "%(table)s has more than the %(limit)s rows that one reading may bring",
                table=table.name,
                limit=table.most_rows,
            )
        if table.most_bytes and self.bytes > table.most_bytes:
            raise InvalidInput(
                "sources.limit.bytes",
                "%(table)s has more than the %(limit)s bytes that one reading may bring",
                table=table.name,
                limit=table.most_bytes,
            )
        if not is_open(table, now()):
            raise Conflict(
                "sources.window.closed",
                "The hours in which %(table)s may be read ended before the reading did; nothing "
                "of it was landed",
                table=table.name,
            )

    def _slow_down(self) -> None:
        """Wait until so many rows are no more than may come in a second. 限速。"""
        rate = self.table.rows_per_second
        while rate and (ahead := self.rows / rate - (time.monotonic() - self._begun)) > 0:
            self.check()
            time.sleep(min(ahead, 0.5))
