"""Nothing is served on acts that cannot be evidenced. 存证时效。"""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localtime

from yiwang.kernel.base.clock import now
from yiwang.kernel.base.errors import Unavailable
from yiwang.kernel.evidence.models import Entry, Log

from .policy import find_policy

_fresh_until: datetime | None = None


def require_fresh() -> None:
    """Raise Unavailable while an act has waited too long to be evidenced. 要求存证及时。

    `stale_hours` in the settings says how long. A yes holds for exactly that long from the oldest
    act that waits: what comes later is younger, so nobody has to ask again before.
    """
    global _fresh_until
    moment = now()
    if _fresh_until is not None and moment < _fresh_until:
        return
    oldest = find_oldest()
    limit = find_policy().stale
    if oldest is not None and oldest + limit <= moment:
        raise Unavailable(
            "evidence.stale",
            "Acts since %(since)s could not be entered in the evidence log; nothing is handed out "
            "until they are. Tell the operators of this node",
            since=f"{localtime(oldest):%Y-%m-%d %H:%M}",
        )
    _fresh_until = (oldest or moment) + limit


def forget() -> None:
    """Ask anew at the next question: another database, other settings. 清除记忆。"""
    global _fresh_until
    _fresh_until = None


def find_oldest() -> datetime | None:
    """When the oldest act was that no evidenced checkpoint covers. 最早未存证时刻。"""
    waiting = Entry.objects.filter(place=None).order_by("id").values_list("at", flat=True).first()
    log = Log.objects.filter(closed_at=None).order_by("-epoch").first()
    if log is None or log.shown_size == log.size:
        return waiting
    placed = Entry.objects.filter(log=log, place=log.shown_size).values_list("at", flat=True)
    return min([one for one in (waiting, placed.first()) if one], default=None)
