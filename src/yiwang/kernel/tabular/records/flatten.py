"""Values of a document as cells. 记录值成单元格。"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .stream import Members, Number

Found = Iterator[tuple[str, Any]]


class TooDeep(Exception):
    """A value nested deeper than a table should hold. 嵌套过深。"""


def flatten(value: Any, depth: int, prefix: str = "") -> Found:
    """The members of an object; those of objects inside are called `outer.inner`. 展开对象。"""
    if depth < 0:
        raise TooDeep
    for key, inner in value:
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(inner, Members) and inner:
            yield from flatten(inner, depth - 1, name)
        else:
            yield name, inner


def as_cell(value: Any, depth: int) -> str | None:
    """A value as text: null is nothing, a list or an object its JSON. 值成文本。"""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "".join(_written(value, depth))


def _written(value: Any, depth: int) -> Iterator[str]:
    if depth < 0:
        raise TooDeep
    if isinstance(value, Members):
        yield "{"
        for at, (key, inner) in enumerate(value):
            yield f"{', ' if at else ''}{json.dumps(key, ensure_ascii=False)}: "
            yield from _written(inner, depth - 1)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for at, inner in enumerate(value):
            yield ", " if at else ""
            yield from _written(inner, depth - 1)
        yield "]"
    elif isinstance(value, Number):
        yield value
    else:
        yield json.dumps(value, ensure_ascii=False)


def descend(value: Any, steps: tuple[str, ...]) -> Any:
    """What stands under these keys or positions, or None. 按路径取值。"""
    for step in steps:
        if isinstance(value, Members):
            value = value.find(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value
