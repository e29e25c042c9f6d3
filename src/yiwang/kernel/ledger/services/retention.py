"""How long the ledger is kept. 台账留存。"""

from __future__ import annotations

from django.conf import settings

from yiwang.kernel.ledger.types import SHORTEST_RETENTION_DAYS


def check_retention(days: int | None = None) -> list[str]:
    """What is wrong with the retention set in `ledger_retention_days`; empty when it may stand. 检查留存期。

    The platform itself removes no row at any age; the setting is a promise to those who archive
    and prune the database, and it is never under 180 days.
    """
    days = settings.YIWANG_LEDGER_RETENTION_DAYS if days is None else days
    if days >= SHORTEST_RETENTION_DAYS:
        return []
    return [f"ledger_retention_days is {days}; it is never under {SHORTEST_RETENTION_DAYS}"]
