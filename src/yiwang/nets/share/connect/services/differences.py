"""The list of cells that read otherwise than they were stored. 差异清单。

Differences can be as many as cells, so they are spooled to a file while the table streams by and
then land in a pool table of their own: row, column, kind, stored, read.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.pool import services as pool
from yiwang.kernel.pool.types import Staged
from yiwang.kernel.tabular.types import Batch, Difference

BLOCK = 5000
COLUMNS = ["row", "column", "kind", "stored", "read"]


class DifferenceList:
    """Counts differences by kind and spools each. 差异收集。"""

    def __init__(self, folder: Path, check: Callable[[], None] = lambda: None) -> None:
        self.columns: Mapping[str, str] = {}
        self._check = check
        self.counts: Counter[str] = Counter()
        self._spool = tempfile.NamedTemporaryFile(  # noqa: SIM115 - lives as long as the list
            "w+", encoding="utf-8", newline="", dir=folder, suffix=".differences"
        )
        self._writer = csv.writer(self._spool)

    def add(self, differences: Iterable[Difference]) -> None:
        """Count and spool. 记录差异。"""
        for one in differences:
            self.counts[one.kind] += 1
            column = self.columns.get(one.column, one.column)
            self._writer.writerow([one.row, column, one.kind, one.raw or "", one.shown or ""])

    def watch(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """Let batches pass, keeping what differs in them. 随读随记。"""
        for batch in batches:
            self._check()
            self.add(batch.differences)
            yield batch

    def blocks(self) -> Iterator[list[list[str]]]:
        """What was spooled, in blocks of rows for the pool. 分块输出。"""
        self._spool.seek(0)
        rows = csv.reader(self._spool)
        return in_blocks(rows, BLOCK)

    def close(self) -> None:
        """Let the spool go. 释放。"""
        self._spool.close()


def stage_differences(differences: DifferenceList) -> Staged | None:
    """The list as staged rows, None where nothing differs. 暂存差异。"""
    if not differences.counts:
        return None
    return pool.stage_rows(COLUMNS, differences.blocks(), profile=False)


def commit_differences(act: Act, delivery_id: str, staged: Staged | None) -> str:
    """Keep the list in a pool table of its own; gives its version. 保存差异清单。"""
    if staged is None:
        return ""
    table = pool.create_table(act, name=f"differences of {delivery_id}")
    return pool.commit(act, table, staged).id
