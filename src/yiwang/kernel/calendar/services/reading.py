"""Limits, lights and office hours as people write them. 读取期限与办公时间。"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.translation import ngettext

from yiwang.kernel.base.errors import InvalidInput
from yiwang.kernel.calendar.types import Limit, OfficeHours, Unit, Yellow

WRITTEN = re.compile(r"(\d{1,5}(?:\.\d{1,2})?)\s*个?\s*([^\W\d][^\d]{0,20})")
UNITS: Mapping[str, Unit] = {
    "工作日": "workday", "working day": "workday", "working days": "workday",
    "workday": "workday", "workdays": "workday",
    "日": "day", "天": "day", "自然日": "day", "日历日": "day", "day": "day", "days": "day",
    "natural day": "day", "natural days": "day", "calendar day": "day", "calendar days": "day",
    "小时": "hour", "hour": "hour", "hours": "hour",
    "工作小时": "workhour", "working hour": "workhour", "working hours": "workhour",
    "workhour": "workhour", "workhours": "workhour",
}  # fmt: skip
KEYED: Mapping[tuple[str, Any], Unit] = {
    ("days", "working"): "workday", ("days", "natural"): "day",
    ("hours", "working"): "workhour", ("hours", "natural"): "hour", ("hours", None): "hour",
}  # fmt: skip
SHARE = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)\s*%")
HOURS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)[\s,]+(\d\d:\d\d)-(\d\d:\d\d)")


def read_limit(written: str | Mapping[str, Any]) -> Limit:
    """A limit as it stands in a file or a form. 读取期限。

    Takes `5 working days`, `5工作日`, `0.5个工作日`, `3日`, `48小时`, `4工作小时`, or
    `{days: 5, kind: working}` (or `natural`), `{hours: 4}`. Days in a mapping say which kind,
    for laws differ. InvalidInput `calendar.limit.*` for anything else, zero too.
    """
    limit = _read_text(written) if isinstance(written, str) else _read_mapping(written)
    if not limit.amount:
        raise InvalidInput("calendar.limit.zero", "A limit is longer than zero")
    return limit


def describe_limit(limit: Limit) -> str:
    """The limit in the reader's language, hours to two places. 期限的文字。"""
    amount = limit.amount.quantize(Decimal("0.01"), ROUND_FLOOR).normalize()
    count = 1 if amount == 1 else 2
    words = {
        "workday": ngettext("%(amount)s working day", "%(amount)s working days", count),
        "day": ngettext("%(amount)s day", "%(amount)s days", count),
        "hour": ngettext("%(amount)s hour", "%(amount)s hours", count),
        "workhour": ngettext("%(amount)s working hour", "%(amount)s working hours", count),
    }
    return words[limit.unit] % {"amount": f"{amount:f}"}


def read_yellow(written: str | float | Decimal | Mapping[str, Any]) -> Yellow:
    """When a clock turns yellow: what is left (as a limit), or what share is used. 读取黄灯条件。

    A share is `80%` or 0.8, between zero and one. InvalidInput `calendar.limit.*`.
    """
    if isinstance(written, str):
        found = SHARE.fullmatch(unicodedata.normalize("NFKC", written).strip())
        return _check_share(Decimal(found[1]) / 100) if found else read_limit(written)
    if isinstance(written, Mapping):
        return read_limit(written)
    return _check_share(_read_number(written))


def read_office_hours(written: str | Mapping[str, str]) -> tuple[tuple[date, OfficeHours], ...]:
    """Office hours, as one text or as texts by the first day they count. 读取办公时间。

    `09:00-12:00 13:30-17:30`. InvalidInput `calendar.office_hours.*`.
    """
    texts = {"0001-01-01": written} if isinstance(written, str) else written
    return _read_hours(tuple(sorted(texts.items())))


@lru_cache(maxsize=16)
def _read_hours(texts: tuple[tuple[str, str], ...]) -> tuple[tuple[date, OfficeHours], ...]:
    try:
        found = [(date.fromisoformat(since), HOURS.fullmatch(text)) for since, text in texts]
        if not texts or not all(match for _, match in found):
            raise ValueError
        return tuple(
            (since, OfficeHours(*map(time.fromisoformat, match.groups())))
            for since, match in found
            if match
        )
    except (ValueError, TypeError) as problem:
        raise InvalidInput(
            "calendar.office_hours.text",
            "Office hours are written as 09:00-12:00 13:30-17:30, after the day they begin",
        ) from problem


def _read_text(written: str) -> Limit:
    text = unicodedata.normalize("NFKC", written).strip().casefold()
    found = WRITTEN.fullmatch(text)
    unit = UNITS.get(" ".join(found[2].split())) if found else None
    if not found or not unit:
        raise _refuse(written)
    return Limit(Decimal(found[1]), unit)


def _read_mapping(written: Mapping[str, Any]) -> Limit:
    if not isinstance(written, Mapping) or not written.keys() <= {"days", "hours", "kind"}:
        raise _refuse(written)
    amounts = [key for key in ("days", "hours") if key in written]
    kind = written.get("kind")
    if len(amounts) != 1 or not isinstance(kind, str | None) or (amounts[0], kind) not in KEYED:
        raise _refuse(written)
    return Limit(_read_number(written[amounts[0]]), KEYED[amounts[0], kind])


def _read_number(written: Any) -> Decimal:
    try:
        if isinstance(written, bool) or not isinstance(written, int | float | str | Decimal):
            raise TypeError
        return Decimal(str(written))
    except (TypeError, InvalidOperation) as problem:
        raise _refuse(written) from problem


def _check_share(share: Decimal) -> Decimal:
    if not share.is_finite() or not 0 < share < 1:
        raise InvalidInput(
            "calendar.limit.share", "The share that turns a light yellow lies between 0 and 1"
        )
    return share


def _refuse(written: Any) -> InvalidInput:
    return InvalidInput(
        "calendar.limit.text",
        "“%(found)s” is no limit; write 5 working days, 3 days, 48 hours or 4 working hours",
        found=str(written)[:60],
    )
