"""The one clock. 平台时钟。

Services ask here for the time so that a test can set it; nothing else calls `datetime.now`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
PLAIN_TIME_SINCE = 1992
"""Since then without summer time; before it a wall clock may mean two moments. 固定时差起始年。"""
CITY_OFFSET = datetime(PLAIN_TIME_SINCE, 1, 1, tzinfo=CITY_ZONE).utcoffset() or timedelta()
CITY_HOURS = CITY_OFFSET // timedelta(hours=1)
"""For databases that know no zones. 城市时差小时数。"""

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
