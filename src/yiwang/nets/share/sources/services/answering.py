"""How often a source answered when it was asked. 数据源应答情况。"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q

from yiwang.nets.share.sources.models import Run
from yiwang.nets.share.sources.types import GOOD, RunState

OTHER_SIDE = "live."
"""Codes of failures that lie with the other side: it is not there, or does not let us read."""


def count_answers(
    owner: str, resource_name: str, *, since: datetime, until: datetime
) -> tuple[int, int]:
    """How many readings of a resource the source answered, of how many it was asked for. 应答次数。

    Readings that ended for reasons of this node (hours, limits, a stop) were no question. One whose
    rows came and were then held, refused or taken back was answered.
    """
    answered = Q(state__in=[*GOOD, RunState.HELD, RunState.TAKEN_BACK]) | ~Q(delivery="")
    silent = Q(state=RunState.FAILED, delivery="", error__code__startswith=OTHER_SIDE)
    ended = Run.objects.filter(
        table__source__owner=owner,
        table__resource_name=resource_name,
        finished_at__gt=since,
        finished_at__lte=until,
    )
    found = ended.aggregate(
        answered=Count("id", filter=answered), silent=Count("id", filter=silent)
    )
    return found["answered"], found["answered"] + found["silent"]
