"""Numbers of cases, without gaps and never twice. 流程编号。"""

from __future__ import annotations

from django.db.models import F

from yiwang.kernel.base.clock import today
from yiwang.kernel.workflow.models import CaseNumber


def next_number(prefix: str) -> str:
    """The next number of its series, such as QJ-2026-000012. 取号。

    The row of the series is held until the act ends, so a number is never given twice.
    """
    series = f"{prefix or 'AN'}-{today().year}"
    if not CaseNumber.objects.filter(pk=series).update(last=F("last") + 1):
        CaseNumber.objects.bulk_create([CaseNumber(series=series)], ignore_conflicts=True)
        CaseNumber.objects.filter(pk=series).update(last=F("last") + 1)
    last = CaseNumber.objects.values_list("last", flat=True).get(pk=series)
    return f"{series}-{last:06d}"
