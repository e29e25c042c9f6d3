"""Rows that lie staged already when their delivery lands. 已暂存的数据。

A live source is staged while it is read; its delivery keeps the same rows as a file. Landing them
from the file again would read everything a second time, so it lands what is staged; only a landing
that was cut short goes back to the kept bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from yiwang.kernel.pool.types import Staged
from yiwang.kernel.tabular.types import Batch, TableSource


class ReadyTable(TableSource):
    """A table whose rows are at rest in the pool's staging folder. 已暂存的表。"""

    format = "parquet"

    def __init__(self, staged: Staged) -> None:
        self.staged = staged
        self.columns = list(staged.columns)
        self.notes = []

    def batches(self) -> Iterator[Batch]:
        """Nothing is left to read. 无需再读。"""
        return iter(())
