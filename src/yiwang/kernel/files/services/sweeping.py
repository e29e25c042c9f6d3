"""What a crash or a rollback leaves on disk. 文件清扫。"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from yiwang.kernel.base.blocks import in_blocks
from yiwang.kernel.files.models import FileRow

from .content import content_path, file_id_of, list_contents, list_drafts

# A content is written before the row that names it is committed. What is younger than this may
# belong to a transaction that still runs, so it is never touched; no act runs for a day.
SPARED = timedelta(hours=24)
BATCH = 500


@dataclass(slots=True)
class Sweep:
    """What a sweep found: how many contents it removed, which rows have lost theirs. 清扫结果。"""

    removed: int = 0
    missing: list[str] = field(default_factory=list)


def sweep_files(check: Callable[[], None] = lambda: None) -> Sweep:
    """Remove contents that no row names and drafts left by a crash; name rows without content. 清扫。

    A content younger than a day is spared. Rows are never removed here: a lost content is for
    people to look at. `check` is called between batches and may raise to stop.
    """
    found = Sweep()
    for paths in in_blocks(_old(list_contents()), BATCH):
        check()
        named = set(
            FileRow.objects.filter(pk__in=[file_id_of(path) for path in paths]).values_list(
                "pk", flat=True
            )
        )
        for path in paths:
            if file_id_of(path) not in named:
                path.unlink(missing_ok=True)
                found.removed += 1
    for path in _old(list_drafts()):
        path.unlink(missing_ok=True)
        found.removed += 1
    found.missing = find_missing(check)
    return found


def find_missing(check: Callable[[], None] = lambda: None) -> list[str]:
    """The ids of files whose content is gone. 缺失内容的文件。"""
    missing: list[str] = []
    last = ""
    while True:
        check()
        rows = FileRow.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        ids = list(rows[:BATCH])
        if not ids:
            return missing
        missing += [file_id for file_id in ids if not content_path(file_id).exists()]
        last = ids[-1]


def _old(paths: Iterable[Path]) -> Iterator[Path]:
    before = time.time() - SPARED.total_seconds()
    for path in paths:
        try:
            if path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue  # removed by its owner meanwhile
