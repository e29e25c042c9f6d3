"""PostgreSQL joins the live sources, where its driver is installed. 登记 PostgreSQL 数据源。"""

from __future__ import annotations

from importlib.util import find_spec

from yiwang.kernel.live.types import LIVE_KINDS

if find_spec("psycopg"):
    from .source import POSTGRES

    LIVE_KINDS.register("postgres", POSTGRES)
