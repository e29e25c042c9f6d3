"""Filters that are texts: those of views, those that somebody types. 文本筛选。"""

from __future__ import annotations

from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Node
from yiwang.kernel.records.types import View, Wanted

from .desk import Desk
from .plans.access import facts_of
from .plans.trees import read_filter


def filter_of_view(desk: Desk, view: View) -> Node | None:
    """The fixed filter of a view, for this reader on this day; None where it has none. 视图固定筛选。"""
    if not view.where:
        return None
    schema = desk.snapshot.schema(desk.entity(view.entity))
    return read_filter(view.where, facts_of(desk), schema)


def read_wanted(desk: Desk, code: str, where: str) -> Wanted:
    """What a filter in the query language asks for; InvalidInput says where it is wrong. 读取筛选。"""
    schema = desk.snapshot.schema(desk.entity(code))
    return Wanted(query.parse_filter(where, schema) if where.strip() else None)
