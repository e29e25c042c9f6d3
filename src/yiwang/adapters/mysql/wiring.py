"""MySQL joins the live sources, where its driver is installed. 登记 MySQL 数据源。"""

from __future__ import annotations

from importlib.util import find_spec

from yiwang.kernel.live.types import LIVE_KINDS

if find_spec("pymysql"):
    from .source import MYSQL

    LIVE_KINDS.register("mysql", MYSQL)
