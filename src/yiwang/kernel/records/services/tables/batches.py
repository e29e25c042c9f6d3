"""Walking over a large table in small steps, so that others hardly notice. 分批处理。"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.db import transaction

from yiwang.kernel.base.clock import now
from yiwang.kernel.records.models import RecordChange

from .running import fetch
from .statements import is_postgres

LEAST, MOST = 1_000, 5_000
PAUSE_AT_LEAST = 0.01


class Report(Protocol):
    """Hears how far the work is, and may end it by raising. 进度回报。"""

    def __call__(self, done: int, total: int) -> None:
        """So many rows of so many. 报告。"""


class Superseded(Exception):
    """The change was cancelled, or another worker has taken it over. 已被取代。"""


@dataclass(slots=True)
class Pace:
    """How many rows at a time: as many as keep a waiting writer within a moment. 步速。

    On SQLite every writer waits for a step, on PostgreSQL only those of the same rows.
    """

    size: int
    seconds: float = field(default_factory=lambda: 0.15 if is_postgres() else 0.06)

    def learn(self, took: float) -> None:
        """Go on larger or smaller, and let others in. 调整。"""
        if took > self.seconds:
            self.size = max(LEAST, self.size // 2)
        elif took < self.seconds / 2:
            self.size = min(MOST, self.size * 2)
        time.sleep(max(PAUSE_AT_LEAST, took / 2))


def walk(
    change: RecordChange,
    table: str,
    step: Callable[[str, str], int],
    report: Report,
    *,
    key: str = "id",
) -> int:
    """Take every row once, from the cursor of the change on, in transactions of their own. 遍历。

    `step` is given the id before the range and the last one in it, and gives how many rows it
    changed. The cursor is kept with what was done, so a killed worker's successor goes on there.
    """
    pace, changed = Pace(min(1_000, MOST)), 0
    while (found := _next_range(table, key, change.cursor, pace.size)) is not None:
        upto, count = found
        began = time.monotonic()
        with transaction.atomic():
            hold(change)
            changed += step(change.cursor, upto)
            change.cursor, change.done = upto, change.done + count
            change.changed_at = now()
            change.save(update_fields=["cursor", "done", "changed_at"])
        pace.learn(time.monotonic() - began)
        report(min(change.done, change.total), change.total)
    return changed


def hold(change: RecordChange) -> None:
    """Hold the row of the change in this transaction; Superseded unless it stands as we know it. 锁定变更。"""
    same = RecordChange.objects.select_for_update().filter(
        pk=change.pk, phase=change.phase, cursor=change.cursor
    )
    if not same.exists():
        raise Superseded


def move(change: RecordChange, **facts: Any) -> None:
    """Set facts of a change that still is ours. 更新变更。"""
    with transaction.atomic():
        hold(change)
        for name, value in facts.items():
            setattr(change, name, value)
        change.changed_at = now()
        change.save()


def _next_range(table: str, key: str, after: str, size: int) -> tuple[str, int] | None:
    """The last id of the next so many rows, and how many there are. 下一段。"""
    last, count = fetch(
        f"SELECT max({key}), count(*) FROM"
        f" (SELECT {key} FROM {table} WHERE {key} > %s ORDER BY {key} LIMIT {size}) AS n",
        [after],
    )[0]
    return (str(last), int(count)) if count else None
