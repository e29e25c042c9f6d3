"""Answers that found nothing are counted, so that nobody tries all keys one by one. 防枚举。

Called with the grant held (after `hand_out` in the same act), so that of several who ask at once
each sees what the others missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from yiwang.kernel.base.act import Act
from yiwang.kernel.base.clock import now, today
from yiwang.kernel.base.errors import TooMany
from yiwang.kernel.base.text import msg
from yiwang.kernel.identity import services as identity
from yiwang.kernel.notify import services as notices
from yiwang.nets.share.exchange.models import Grant, Miss

SALT = "share.exchange.miss"


def refuse_missed(grant: Grant, keys: Sequence[str]) -> None:
    """Raise TooMany until tomorrow where too much was missed today, at all or of a key. 当日超限拒绝。

    What is asked now counts for its key before it is answered: one call is no way around it.
    """
    rows = Miss.objects.filter(grant=grant, day=today())
    asked = Counter(_hash(grant, key) for key in keys)
    missed = dict(rows.filter(key__in=list(asked)).values_list("key", "count"))
    each = settings.YIWANG_MISSES_OF_KEY
    if _total(grant) >= settings.YIWANG_MISSES or any(
        missed.get(key, 0) + times > each for key, times in asked.items()
    ):
        raise TooMany(
            "exchange.grant.misses",
            "Too much was asked for that does not match; this grant answers again tomorrow",
            seconds=_until_tomorrow(),
        )


def count_misses(act: Act, grant: Grant, keys: Sequence[str]) -> None:
    """Count keys that were looked for in vain; the owner is told once the day is used up. 计未匹配。"""
    before = _total(grant)
    for key, times in Counter(_hash(grant, one) for one in keys).items():
        row, _ = Miss.objects.get_or_create(grant=grant, day=today(), key=key)
        Miss.objects.filter(pk=row.pk).update(count=F("count") + times)
    if before < settings.YIWANG_MISSES <= before + len(keys):
        notices.notify(
            act, identity.list_account_ids(role="steward", organization_codes=[grant.resource.owner]),
            msg("Under grant %(number)s too much was asked for that does not match; it rests until tomorrow"),
            f"/exchange/grants/{grant.id}/", number=grant.request.number,
        )  # fmt: skip


def forget_misses() -> int:
    """Remove the counts of days that are over; how many. 清理计数。"""
    return Miss.objects.filter(day__lt=today()).delete()[0]


def _total(grant: Grant) -> int:
    told = Miss.objects.filter(grant=grant, day=today()).aggregate(sum=Sum("count"))
    return int(told["sum"] or 0)


def _hash(grant: Grant, key: str) -> str:
    return salted_hmac(SALT, f"{grant.id} {key}", algorithm="sha256").hexdigest()


def _until_tomorrow() -> int:
    here = timezone.localtime(now())
    tomorrow = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((tomorrow - here).total_seconds()) + 1
