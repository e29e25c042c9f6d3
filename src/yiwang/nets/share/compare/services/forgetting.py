"""Destroying what was copied from a version that is destroyed. 随清除而清除。"""

from __future__ import annotations

from django.db.models import Q

from yiwang.kernel.base.act import SYSTEM
from yiwang.kernel.ledger import services as ledger
from yiwang.kernel.pool import services as pool
from yiwang.nets.share.compare.models import Comparison

from .running import ref_of


def forget_version(version_id: str) -> int:
    """Purge the listed rows of every comparison with this version; its counts stay. 清除比对明细。"""
    sides = Q(left_version=version_id) | Q(right_version=version_id)
    found = list(Comparison.objects.filter(sides).exclude(rows_version=""))
    for comparison in found:
        with ledger.acting(SYSTEM, "share.compare.forget", on=ref_of(comparison)) as act:
            pool.purge(act, comparison.rows_version)
            comparison.rows_version = ""
            comparison.save(update_fields=["rows_version"])
    return len(found)
