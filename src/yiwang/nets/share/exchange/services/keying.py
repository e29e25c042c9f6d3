"""Which columns say whose a row is, and what is compared of a text. 主键与匹配键。"""

from __future__ import annotations

from yiwang.kernel.query import services as query
from yiwang.kernel.query.types import Node
from yiwang.kernel.standards import services as standards
from yiwang.nets.share.catalog import services as catalog
from yiwang.nets.share.catalog.models import Resource

from .masking import PERSONS

PLAIN = ("nfkc", "trim")
"""The steps for a column without an element. 无数据元时的匹配步骤。"""


def list_keys(resource: Resource) -> tuple[str, ...]:
    """The key columns of a resource, else the first that bears a person's or firm's number. 主键列。"""
    if resource.key:
        return tuple(resource.key)
    items = catalog.list_items(resource.id)
    found = [item.name for one in PERSONS for item in items if item.effective == one]
    return tuple(found[:1])


def match_node(name: str, element: str) -> Node:
    """What is compared of a column, by the match key of its element. 匹配键表达式。"""
    return query.parse_expression(write_match(name, element), query.Schema.open())


def write_match(name: str, element: str) -> str:
    """The same as text of the query language. 匹配键写法。"""
    known = standards.get_elements().get(element)
    text = query.write_name(name)
    for step in known.match_key if known else PLAIN:
        function, *arguments = step.split(":")
        text = f"{function}({', '.join([text, *arguments])})"
    return text


def match_text(name: str, element: str, text: str) -> str:
    """What is compared of a stated text; '' where nothing is left of it. 匹配键取值。"""
    return str(query.evaluate(match_node(name, element), {name: text}) or "")
