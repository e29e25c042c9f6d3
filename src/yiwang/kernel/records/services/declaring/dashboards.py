"""What the file of a dashboard declares. 构造看板。"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiwang.kernel.records.types import Block, By, Dashboard, Measure

MOST = 20
"""Groups and records that a block tells unless it says otherwise. 默认行数。"""


def build_dashboard(app: str, told: Mapping[str, Any]) -> Dashboard:
    """A dashboard as its file tells it. 构造看板。"""
    return Dashboard(
        code=f"{app}.{told['dashboard']}",
        title=told["title"],
        blocks=tuple(_block(app, one) for one in told["blocks"]),
        help=told.get("help", {}),
    )


def _block(app: str, told: Mapping[str, Any]) -> Block:
    entity = told.get("entity", "")
    return Block(
        kind=told["kind"],
        title=told.get("title", {}),
        entity=f"{app}.{entity}" if entity else "",
        cases=tuple(f"{app}.{one}" for one in told.get("cases", ())),
        where=told.get("where", ""),
        by=tuple(_by(one) for one in told.get("by", ())),
        measures=tuple(_measure(one) for one in told.get("measures", ())),
        columns=tuple(told.get("columns", ())),
        order=told.get("order", ""),
        most=told.get("most", MOST),
        text=told.get("text", {}),
    )


def _by(told: str | Mapping[str, Any]) -> By:
    return By(told) if isinstance(told, str) else By(told["field"], told["each"])


def _measure(told: Mapping[str, Any]) -> Measure:
    return Measure(
        told["label"], told.get("of", "count"), told.get("field", ""), told.get("when", "")
    )
