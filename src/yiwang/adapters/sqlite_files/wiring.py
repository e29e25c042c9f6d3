"""SQLite files join the live sources. 登记 SQLite 数据源。"""

from __future__ import annotations

from yiwang.kernel.live.types import LIVE_KINDS

from .source import SQLITE

LIVE_KINDS.register("sqlite", SQLITE)
