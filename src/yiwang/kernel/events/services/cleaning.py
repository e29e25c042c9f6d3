"""Events long delivered. 事件清理。"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef

from yiwang.kernel.base.clock import now
from yiwang.kernel.events.models import EventDelivery, EventRow

KEEP = timedelta(days=90)
BATCH = 500


def clean_events() -> int:
    """Remove events of three months ago that reached everybody; gives their number. 清理事件。

    One that still waits for a subscriber stays. What happened stands in the ledger for good.
    """
    waiting = EventDelivery.objects.filter(event=OuterRef("pk"), delivered_at=None)
    old = EventRow.objects.filter(~Exists(waiting), at__lt=now() - KEEP)
    removed = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        EventDelivery.objects.filter(event__in=ids).delete()
        removed += EventRow.objects.filter(pk__in=ids).delete()[0]
    return removed
