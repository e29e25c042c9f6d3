"""The one clock. 平台时钟。

Services ask here for the time so that a test can set it; nothing else calls `datetime.now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")

_source: ContextVar[Callable[[], datetime] | None] = ContextVar("clock_source", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC. 当前时刻。"""
    source = _source.get()
    return source() if source else datetime.now(UTC)


def today() -> date:
    """The present date in the city. 当地日期。"""
    return now().astimezone(CITY_ZONE).date()


@contextmanager
def use_time(moment: datetime | Callable[[], datetime]) -> Iterator[None]:
    """Set the clock inside the block, for tests and replays. 设定时钟。"""
    source = moment if callable(moment) else lambda: moment
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)
