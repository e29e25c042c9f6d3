"""What is kept for how long. 血缘保留期限。"""

from __future__ import annotations

from datetime import timedelta

from yiwang.kernel.base.clock import now
from yiwang.nets.share.lineage.models import Edge, OutsideRun, ToldEvent

KEPT = timedelta(days=400)
"""So long stay ended edges, runs and told events: a year and a month to look back. 保留期。"""


def forget_old() -> dict[str, int]:
    """Remove what ended longer ago than is kept; what holds stays whatever its age. 清理历史血缘。"""
    before = now() - KEPT
    return {
        "edges": Edge.objects.filter(ended_at__lt=before).delete()[0],
        "runs": OutsideRun.objects.filter(last_at__lt=before).delete()[0],
        "events": ToldEvent.objects.filter(at__lt=before).delete()[0],
    }
